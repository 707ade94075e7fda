import { mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { describeEngine, type Outcome, PACK, Project, serveAws } from "./support/pulumi";

const PROJECT = "name: shop\nruntime: nodejs\n";
const FILES = { "package.json": '{ "private": true }', "index.js": "" };

const CONFIG = {
    all: "disabled",
    "kms-secrets-provider-required": "mandatory",
    "no-plaintext-config-secrets": "mandatory",
};

jest.setTimeout(180_000);

describeEngine("the project that is run", () => {
    const aws = serveAws();
    let project: Project;
    afterEach(() => project.remove());

    /** Previews with the pack, called in the project's folder; gives what is reported, in the order of the alphabet. */
    async function preview(...args: string[]): Promise<string[]> {
        project.write("policy-config.json", JSON.stringify(CONFIG));
        const config = join(project.folder, "policy-config.json");
        const { output }: Outcome = await project.pulumi([
            ...args,
            "preview",
            ...["--policy-pack", PACK],
            ...["--policy-pack-config", config],
        ]);
        return [...output.matchAll(/\[(?:mandatory|advisory)\][^\n]*\n\s+([^\n]*)/g)]
            .map(([, text = ""]) => text)
            .sort();
    }

    it("is the one in the folder that the command names, where another has its name", async () => {
        const of = (region: string) => ({
            [`accounts/${region}/Pulumi.yaml`]: PROJECT,
            [`accounts/${region}/package.json`]: FILES["package.json"],
            [`accounts/${region}/index.js`]: FILES["index.js"],
        });
        project = new Project({ ...of("eu"), ...of("us"), ".git/HEAD": "ref: refs/heads/main\n" }, aws());
        const init = await project.pulumi(["-C", "accounts/us", "stack", "init", "prod-us"]);
        expect(init.code).toBe(0);
        await project.pulumi(["-C", "accounts/us", "config", "set", "dbPassword", "correct-horse-battery-1"]);

        const found = await preview("-C", "accounts/us");
        expect(found).toHaveLength(2);
        for (const text of found) expect(text).toContain("accounts/us/Pulumi.prod-us.yaml:");
    });

    it("has settings that are not seen where a file elsewhere holds them, and this is said", async () => {
        project = new Project({ "Pulumi.yaml": PROJECT, ...FILES, ".git/HEAD": "ref: refs/heads/main\n" }, aws());
        expect((await project.pulumi(["stack", "init", "prod"])).code).toBe(0);
        await project.pulumi(["config", "set", "dbPassword", "correct-horse-battery-1"]);
        expect(project.read("Pulumi.prod.yaml")).toContain("dbPassword");
        mkdirSync(join(project.folder, "settings"));
        renameSync(join(project.folder, "Pulumi.prod.yaml"), join(project.folder, "settings/prod.yaml"));

        const found = await preview("--config-file", "settings/prod.yaml");
        expect(found).toHaveLength(2);
        for (const text of found) expect(text).toContain("settings come from another place than this file");
    });
});
