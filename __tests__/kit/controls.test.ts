import { nist, type SecurityHubId, securityHub } from "../../policies/kit/controls";

const named = (controls: ReturnType<typeof securityHub>) =>
    controls.map(({ framework, version, id }) => [framework, version, id].join(" | "));

describe("controls of Security Hub", () => {
    test("are followed by the requirements that AWS relates to them, the newest edition first", () => {
        expect(named(securityHub("S3.5"))).toEqual([
            "AWS Security Hub |  | S3.5",
            "CIS AWS Foundations Benchmark | 5.0.0 | 2.1.1",
            "CIS AWS Foundations Benchmark | 3.0.0 | 2.1.1",
            "CIS AWS Foundations Benchmark | 1.4.0 | 2.1.2",
            "NIST SP 800-53 | Rev. 5 | AC-17(2)",
            "NIST SP 800-53 | Rev. 5 | SC-8",
            "NIST SP 800-53 | Rev. 5 | SC-8(1)",
            "PCI DSS | 4.0.1 | 4.2.1",
            "PCI DSS | 3.2.1 | 4.1",
        ]);
    });

    const short = (name: string) =>
        name
            .replace("CIS AWS Foundations Benchmark", "CIS")
            .replace("NIST SP 800-53 | Rev. 5", "NIST")
            .replace("PCI DSS", "PCI")
            .replaceAll(" | ", " ");

    /** As the tables "Related requirements" of the AWS Security Hub User Guide have it. */
    test.each<[SecurityHubId, string]>([
        ["DocumentDB.5", "NIST CM-3, NIST SC-5(2)"],
        ["DynamoDB.6", "NIST CM-3, NIST SC-5(2)"],
        [
            "EC2.13",
            "CIS 1.2.0 4.1, NIST AC-4, NIST CM-7, NIST SC-7, PCI 4.0.1 1.3.1, PCI 3.2.1 1.2.1, PCI 3.2.1 1.3.1, PCI 3.2.1 2.2.2",
        ],
        ["EC2.14", "CIS 1.2.0 4.2, PCI 4.0.1 1.3.1"],
        ["EC2.18", "NIST AC-4, NIST SC-7, NIST SC-7(5)"],
        ["EC2.19", "NIST AC-4, NIST CM-7, NIST SC-7, NIST SC-7(5)"],
        ["EC2.53", "CIS 5.0.0 5.3, CIS 3.0.0 5.2, PCI 4.0.1 1.3.1"],
        ["EC2.54", "CIS 5.0.0 5.4, CIS 3.0.0 5.3, PCI 4.0.1 1.3.1"],
        ["ECS.8", "NIST CM-2, PCI 4.0.1 8.6.2"],
        ["ELB.6", "NIST CM-3, NIST SC-5(2)"],
        ["IAM.1", "CIS 1.4.0 1.16, CIS 1.2.0 1.22, NIST AC-2, NIST AC-3, NIST AC-5, NIST AC-6, PCI 3.2.1 7.2.1"],
        ["IAM.21", "NIST AC-2, NIST AC-3, NIST AC-5, NIST AC-6"],
        ["KMS.1", "NIST AC-3, NIST AC-5, NIST AC-6"],
        ["KMS.2", "NIST AC-3, NIST AC-5, NIST AC-6"],
        [
            "KMS.4",
            "CIS 5.0.0 3.6, CIS 3.0.0 3.6, CIS 1.4.0 3.8, CIS 1.2.0 2.8, NIST SC-12, NIST SC-12(2), NIST SC-28(3), PCI 4.0.1 3.7.4, PCI 3.2.1 3.6.4",
        ],
        ["KMS.5", ""],
        [
            "Lambda.1",
            "NIST AC-3, NIST AC-6, NIST AC-21, NIST SC-7, PCI 4.0.1 7.2.1, PCI 3.2.1 1.2.1, PCI 3.2.1 1.3.1, PCI 3.2.1 1.3.2, PCI 3.2.1 1.3.4, PCI 3.2.1 7.2.1",
        ],
        ["Neptune.4", "NIST CM-3, NIST SC-5(2)"],
        ["RDS.7", "NIST CM-3, NIST SC-5(2)"],
        ["RDS.8", "NIST CM-3, NIST SC-5(2), NIST SI-13(5)"],
        [
            "S3.1",
            "CIS 5.0.0 2.1.4, CIS 3.0.0 2.1.4, CIS 1.4.0 2.1.5, NIST AC-3, NIST AC-6, NIST AC-21, NIST SC-7, PCI 4.0.1 1.4.4, PCI 3.2.1 1.2.1, PCI 3.2.1 1.3.1, PCI 3.2.1 1.3.2, PCI 3.2.1 1.3.4, PCI 3.2.1 1.3.6",
        ],
        [
            "S3.2",
            "NIST AC-3, NIST AC-6, NIST AC-21, NIST SC-7, PCI 3.2.1 1.2.1, PCI 3.2.1 1.3.1, PCI 3.2.1 1.3.2, PCI 3.2.1 1.3.6, PCI 3.2.1 7.2.1",
        ],
        [
            "S3.3",
            "NIST AC-3, NIST AC-6, NIST AC-21, NIST SC-7, PCI 3.2.1 1.2.1, PCI 3.2.1 1.3.1, PCI 3.2.1 1.3.2, PCI 3.2.1 1.3.4, PCI 3.2.1 1.3.6, PCI 3.2.1 7.2.1",
        ],
        [
            "S3.5",
            "CIS 5.0.0 2.1.1, CIS 3.0.0 2.1.1, CIS 1.4.0 2.1.2, NIST AC-17(2), NIST SC-8, NIST SC-8(1), PCI 4.0.1 4.2.1, PCI 3.2.1 4.1",
        ],
        [
            "S3.8",
            "CIS 5.0.0 2.1.4, CIS 3.0.0 2.1.4, CIS 1.4.0 2.1.5, NIST AC-3, NIST AC-6, NIST AC-21, NIST SC-7, PCI 4.0.1 1.4.4",
        ],
        ["S3.9", "NIST AC-6(9), NIST AU-2, NIST AU-3, NIST AU-12, PCI 4.0.1 10.2.1"],
        ["S3.14", "NIST AU-9(2), NIST CP-9, NIST CP-10"],
        ["S3.15", "NIST CP-6(2), PCI 4.0.1 10.5.1"],
        ["S3.17", "NIST SC-12(2), NIST SC-28, NIST SC-28(1), PCI 4.0.1 3.5.1"],
        ["S3.22", "CIS 5.0.0 3.8, CIS 3.0.0 3.8, PCI 4.0.1 10.2.1"],
        ["S3.23", "CIS 5.0.0 3.9, CIS 3.0.0 3.9, PCI 4.0.1 10.2.1"],
        ["SNS.4", ""],
        ["SQS.3", ""],
    ])("%s goes with %s", (id, related) => {
        const [own, ...others] = named(securityHub(id));
        expect(own).toBe(`AWS Security Hub |  | ${id}`);
        expect(others.map(short).join(", ")).toBe(related);
    });

    test("name a requirement once that several of them share, and both editions that number it alike", () => {
        expect(named(securityHub("EC2.53", "EC2.54")).filter(name => name.includes("PCI"))).toEqual([
            "PCI DSS | 4.0.1 | 1.3.1",
        ]);
        expect(named(securityHub("S3.22")).filter(name => name.endsWith("3.8"))).toHaveLength(2);
    });

    test("lead to their place in the user guide", () => {
        expect(securityHub("Lambda.1")[0]?.source).toBe(
            "https://docs.aws.amazon.com/securityhub/latest/userguide/lambda-controls.html#lambda-1",
        );
    });
});

test("controls of NIST lead to the publication", () => {
    expect(nist("AC-6").map(({ source }) => source)).toEqual(["https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final"]);
});

test("controls of NIST are told apart by revision and id", () => {
    expect(named(nist("IA-9", "SR-4(3)"))).toEqual([
        "NIST SP 800-53 | Rev. 5 | IA-9",
        "NIST SP 800-53 | Rev. 5 | SR-4(3)",
    ]);
});
