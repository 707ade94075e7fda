import { nist, securityHub } from "../../policies/kit/controls";

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

test("controls of NIST are told apart by revision and id", () => {
    expect(named(nist("IA-9", "SR-4(3)"))).toEqual([
        "NIST SP 800-53 | Rev. 5 | IA-9",
        "NIST SP 800-53 | Rev. 5 | SR-4(3)",
    ]);
});
