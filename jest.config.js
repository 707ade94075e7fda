/** @type {import("jest").Config} */
module.exports = {
    testEnvironment: "node",
    globalSetup: "<rootDir>/__tests__/support/global-setup.cjs",
    testMatch: ["<rootDir>/__tests__/**/*.test.ts"],
    modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/artefact/", "<rootDir>/.cache/"],
    // Types are checked once, by `npm run types`; here each file is only translated.
    transform: {
        "\\.ts$": [
            "ts-jest",
            {
                tsconfig: {
                    module: "commonjs",
                    moduleResolution: "node10",
                    target: "es2022",
                    esModuleInterop: true,
                    isolatedModules: true,
                    ignoreDeprecations: "5.0",
                },
                diagnostics: false,
            },
        ],
    },
    cacheDirectory: "<rootDir>/.cache/jest",
};
