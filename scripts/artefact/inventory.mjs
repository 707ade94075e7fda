// What the package says of the code of others that it holds: notices with their licences, and a bill of materials.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Licences that let their code be shipped with this pack under the conditions that the notices meet. */
const ACCEPTED = new Set(["Apache-2.0", "MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "0BSD"]);

/**
 * @typedef {{ name: string, version: string, license: string, texts: readonly string[], integrity?: string }} Package
 */

/**
 * The packages that the given files belong to, by name and version, with their licences. Throws for a package whose licence
 * is not accepted or whose licence text is missing.
 *
 * @param {string} root
 * @param {readonly string[]} files
 * @returns {Package[]}
 */
export function inventory(root, files) {
    const folders = new Set(files.flatMap(file => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []));
    const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
    return [...folders]
        .map(folder => {
            const { name, version, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
            const unknown = String(license)
                .replace(/[()]/g, "")
                .split(/ AND /)
                .filter(id => !ACCEPTED.has(id));
            if (unknown.length > 0) throw new Error(`${name} has a licence that is not accepted: ${license}.`);
            const texts = readdirSync(join(root, folder))
                .filter(file => /^(licen[cs]e|notice|copying)/i.test(file))
                .sort()
                .map(file => readFileSync(join(root, folder, file), "utf8").trim());
            if (texts.length === 0) throw new Error(`${name} has no licence text.`);
            return { name, version: version.replace(/^v/, ""), license, texts, integrity: lock[folder]?.integrity };
        })
        .sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0));
}

/**
 * The notices as Markdown. A licence text that several packages share word by word is printed once.
 *
 * @param {readonly Package[]} packages
 * @param {readonly string[]} changed
 */
export function notices(packages, changed) {
    const byText = new Map();
    for (const { name, version, license, texts } of packages) {
        for (const text of texts) {
            byText.set(text, [...(byText.get(text) ?? []), `${name} ${version} (${license})`]);
        }
    }
    return [
        "# Third-party notices",
        "",
        "`lib/bundle.js` holds code of the packages below, under their own licences, beside our own.",
        "",
        "## Changes",
        "",
        "All of it is bundled into one file, without comments and spaces. Of each package only the modules that are used are",
        "there. Beyond that:",
        "",
        ...changed.map(sentence => `- ${sentence}`),
        "",
        "`node_modules/@pulumi/pulumi` holds no code of that package: it starts its policy runner in `lib/bundle.js`.",
        ...[...byText].flatMap(([text, users]) => ["", `## ${users.join(", ")}`, "", "```text", text, "```"]),
        "",
    ].join("\n");
}

/**
 * The bill of materials in CycloneDX's JSON. It holds no time and no random number: the same sources give the same.
 *
 * @param {Omit<Package, "texts"> & { description: string }} manifest
 * @param {readonly Package[]} packages
 * @param {readonly string[]} changed
 */
export function billOfMaterials(manifest, packages, changed) {
    /** @param {{ name: string, version: string }} package */
    const refOf = ({ name, version }) => `pkg:npm/${name.replace("@", "%40")}@${version}`;
    /** @param {Omit<Package, "texts">} package */
    const component = ({ name, version, license, integrity }) => {
        const [, group, own] = /^(@[^/]+)\/(.*)$/.exec(name) ?? [undefined, undefined, name];
        const notes = changed.filter(sentence => sentence.startsWith(`${name}/`) || sentence.startsWith(`${name} `));
        return {
            type: "library",
            "bom-ref": refOf({ name, version }),
            ...(group === undefined ? {} : { group }),
            name: own,
            version,
            licenses: [license.includes(" ") ? { expression: license } : { license: { id: license } }],
            purl: refOf({ name, version }),
            ...(integrity === undefined
                ? {}
                : { hashes: [{ alg: "SHA-512", content: Buffer.from(integrity.slice(7), "base64").toString("hex") }] }),
            ...(notes.length === 0 ? {} : { pedigree: { notes: notes.join(" ") } }),
        };
    };
    const bom = {
        bomFormat: "CycloneDX",
        specVersion: "1.6",
        version: 1,
        metadata: { component: { ...component(manifest), description: manifest.description } },
        components: packages.map(each => component(each)),
        dependencies: [
            { ref: refOf(manifest), dependsOn: packages.map(refOf) },
            ...packages.map(each => ({ ref: refOf(each) })),
        ],
    };
    return `${JSON.stringify(bom, undefined, 2)}\n`;
}
