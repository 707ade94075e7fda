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
