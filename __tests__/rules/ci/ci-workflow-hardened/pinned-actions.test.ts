import { violationsOf } from "../../../support/judge-aspect";

const DIGEST = `sha256:${"0a".repeat(32)}`;
const moved = (at: string, image: string) =>
    `${at}: is \`${image}\`, which is another image once its tag is moved; expected a digest, \`…@sha256:<64 digits>\`.`;

const judged = (workflow: string, files: Record<string, string> = {}) =>
    violationsOf("pinned-actions", workflow, files);

describe("the image of a local action", () => {
    const workflow = "on: push\njobs:\n  a: { steps: [{ uses: ./lint }, { run: pulumi preview }] }\n";
    const action = (image: string) => ({ "lint/action.yml": `runs:\n  using: docker\n  image: ${image}\n` });
    test("is named by a tag", () =>
        expect(judged(workflow, action("docker://ghcr.io/acme/lint:3.2"))).toEqual([
            moved("lint/action.yml:3: runs.image", "docker://ghcr.io/acme/lint:3.2"),
        ]));
    test.each([`docker://ghcr.io/acme/lint@${DIGEST}`, "Dockerfile", "./Dockerfile"])("is %s", image =>
        expect(judged(workflow, action(image))).toEqual([]),
    );
});

describe("the image of a container", () => {
    const job = (image: string, more: string) =>
        `on: push\njobs:\n  a:\n    container: ${image}\n    ${more}\n    steps: [{ run: pulumi preview }]\n`;
    const at = ".github/workflows/w.yml:4: jobs.a.container";
    test.each([
        ["one of a matrix", "${{ matrix.image }}", 'strategy: { matrix: { image: ["node:22"] } }', ["node:22"]],
        [
            "several of a matrix",
            "${{ matrix.image }}",
            `strategy: { matrix: { image: ["node:22", "node@${DIGEST}", "node:24"] } }`,
            ["node:22", "node:24"],
        ],
        ["a matrix of tags", "node:${{ matrix.tag }}", "strategy: { matrix: { tag: [22] } }", ["node:22"]],
        [
            "one that is added",
            "${{ matrix.image }}",
            'strategy: { matrix: { include: [{ image: "node:22" }] } }',
            ["node:22"],
        ],
        ["a digest of a matrix", "${{ matrix.image }}", `strategy: { matrix: { image: ["node@${DIGEST}"] } }`, []],
        ["one that only the run knows", "${{ vars.IMAGE }}", "runs-on: x", []],
        [
            "a matrix that only the run knows",
            "${{ matrix.image }}",
            'strategy: { matrix: "${{ fromJSON(vars.M) }}" }',
            [],
        ],
    ])("%s", (_, image, more, found) => expect(judged(job(image, more))).toEqual(found.map(one => moved(at, one))));
});

test("the image of a service, and of GitLab by a variable that the file sets", () => {
    const service = `on: push\njobs:\n  a:\n    strategy: { matrix: { image: ["redis:7"] } }\n    services: { db: { image: "\${{ matrix.image }}" } }\n    steps: [{ run: pulumi preview }]\n`;
    expect(judged(service)).toEqual([moved(".github/workflows/w.yml:5: jobs.a.services.db.image", "redis:7")]);
    const gitlab =
        "variables: { TAG: '22' }\na:\n  image: node:$TAG\n  script: pulumi preview\nb:\n  image: $CI_REGISTRY_IMAGE/x\n  script: pulumi preview\n";
    expect(judged("on: push\njobs: {}\n", { ".gitlab-ci.yml": gitlab })).toEqual([
        moved(".gitlab-ci.yml:3: a.image", "node:22"),
    ]);
});

test("the file of another project that a GitLab job triggers", () => {
    const trigger = (ref: string) =>
        judged("on: push\njobs: {}\n", {
            ".gitlab-ci.yml": `a: { script: pulumi preview }\nb: { trigger: { include: [{ project: acme/ci, file: x.yml, ref: ${ref} }] } }\n`,
        });
    expect(trigger("main")).toEqual([
        ".gitlab-ci.yml:2: b.trigger.include[0].project: is included at `main`, which can be moved; expected a full commit SHA.",
    ]);
    expect(trigger("b4ffde65f46336ab88eb53be808477a3936bae11")).toEqual([]);
});

describe("what is used", () => {
    const COMMIT = "b4ffde65f46336ab88eb53be808477a3936bae11";
    const at = ".github/workflows/w.yml:1: jobs.a.steps[0].uses: ";
    const uses = (text: string) =>
        judged(`{ on: push, jobs: { a: { steps: [{ uses: ${JSON.stringify(text)} }, { run: pulumi up }] } } }\n`);
    const expected = (name: string) =>
        `expected \`${name}@<commit>\` with all 40 digits of the commit and the version in a comment.`;
    test.each([
        `acme/x@${COMMIT}`,
        `acme/x@${COMMIT.toUpperCase()}`,
        ` acme/x@${COMMIT} `,
        "./x",
        `docker://a@${DIGEST}`,
    ])("pinned: %s", text => expect(uses(text)).toEqual([]));
    test.each(["v4", "main", `${COMMIT}0`, `x${COMMIT}`, COMMIT.slice(0, 6), "v4.1.0", "g".repeat(40), "g".repeat(8)])(
        "a tag or branch: %s",
        version =>
            expect(uses(`acme/x@${version}`)).toEqual([
                `${at}is \`acme/x@${version}\`: \`${version}\` is a tag or branch, which can be moved; ${expected("acme/x")}`,
            ]),
    );
    test.each([COMMIT.slice(0, 7), COMMIT.slice(0, 39), "ABCDEF0"])("a shortened commit: %s", version =>
        expect(uses(`acme/x@${version}`)).toEqual([
            `${at}is \`acme/x@${version}\`: \`${version}\` is a shortened commit; ${expected("acme/x")}`,
        ]),
    );
    test("no version", () =>
        expect(uses("acme/x")).toEqual([`${at}is \`acme/x\`, which names no version; ${expected("acme/x")}`]));
    test.each([
        "docker://a",
        "docker://a:1",
        `docker://a@${DIGEST}0`,
        `docker://a@${DIGEST.slice(0, -1)}`,
        `docker://a${DIGEST}`,
    ])("an image: %s", text => expect(uses(text)).toEqual([moved(at.slice(0, -2), text)]));
    test("an image with a digest in capitals", () => expect(uses(`docker://a@sha256:${"0A".repeat(32)}`)).toEqual([]));

    const include = (entry: string) =>
        judged("on: push\njobs: {}\n", {
            ".gitlab-ci.yml": `include:\n  - ${entry}\na: { script: pulumi preview }\n`,
        });
    test.each([
        `{ project: acme/ci, file: x.yml, ref: ${COMMIT} }`,
        `{ component: gitlab.com/acme/ci/x@${COMMIT} }`,
        "{ remote: https://example.com/x.yml, integrity: sha256-x }",
        "{ template: x.yml }",
    ])("GitLab: pinned: %s", entry => expect(include(entry)).toEqual([]));
    test.each([
        ["{ project: acme/ci, file: x.yml }", "project: is included at no version; expected a full commit SHA."],
        [
            "{ project: acme/ci, file: x.yml, ref: main }",
            "project: is included at `main`, which can be moved; expected a full commit SHA.",
        ],
        ["{ component: gitlab.com/acme/ci/x }", "component: is included at no version; expected a full commit SHA."],
        [
            "{ component: gitlab.com/acme/ci/x@1.0 }",
            "component: is included at `1.0`, which can be moved; expected a full commit SHA.",
        ],
        [
            "{ remote: https://example.com/x.yml }",
            "remote: includes a file that can change; expected `integrity` with its SHA-256.",
        ],
    ])("GitLab: %s", (entry, message) => expect(include(entry)).toEqual([`.gitlab-ci.yml:2: include[0].${message}`]));
    test("GitLab: an address alone", () =>
        expect(include("https://example.com/x.yml")).toEqual([
            ".gitlab-ci.yml:2: include[0]: includes a file that can change; expected `integrity` with its SHA-256.",
        ]));
});
