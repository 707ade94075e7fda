import { type StubProvider, startStubProvider } from "../../cli/engine/stub-provider";
import { describeEngine, PACK, Project } from "./support/pulumi";

const PROJECT = "name: shop\nruntime:\n    name: nodejs\n    options:\n        typescript: false\n";

const DATABASE = (args: string) => `
const aws = require("@pulumi/aws");
new aws.rds.Instance("orders", {
    instanceClass: "db.t4g.small", engine: "postgres", allocatedStorage: 20, ${args}
});
`;
const UNPROTECTED = DATABASE("skipFinalSnapshot: true");
const PROTECTED = DATABASE('deletionProtection: true, finalSnapshotIdentifier: "orders-final"');

jest.setTimeout(180_000);

describeEngine("the pack in the real engine", () => {
    let aws: StubProvider;
    let project: Project;
    beforeAll(async () => {
        aws = await startStubProvider();
    });
    afterAll(() => aws.close());
    afterEach(() => project.remove());

    async function projectWith(program: string): Promise<Project> {
        project = new Project(
            { "Pulumi.yaml": PROJECT, "index.js": program },
            { PULUMI_DEBUG_PROVIDERS: `aws:${aws.port}` },
        );
        const { code, output } = await project.pulumi(["stack", "init", "prod"]);
        if (code !== 0) throw new Error(output);
        return project;
    }

    it("blocks a preview by a mandatory rule", async () => {
        await projectWith(UNPROTECTED);
        const { code, output } = await project.pulumi(["preview", "--policy-pack", PACK]);
        console.log(output);
        expect(code).not.toBe(0);
    });
});
