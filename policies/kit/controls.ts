/** A control of a public framework. */
export interface Control {
    /** Framework, such as `AWS Security Hub`. */
    readonly framework: string;
    /** Version of the framework that numbers the control so; empty for a framework that has no versions. */
    readonly version: string;
    /** The control's id, such as `S3.8`. */
    readonly id: string;
    /** The page that gives the id, and for other frameworks' ids the mapping to it. */
    readonly source: string;
}

interface SecurityHubControl {
    /** NIST SP 800-53 Revision 5. */
    readonly nist: readonly string[];
    /** CIS AWS Foundations Benchmark, `version/id`. */
    readonly cis?: readonly string[];
    /** PCI DSS 3.2.1. */
    readonly pci?: readonly string[];
}

/**
 * Every control id that a rule may cite stands here and nowhere else, with the requirements that AWS relates to it; of the
 * NIST requirements those that name the rule's subject.
 *
 * Source: AWS Security Hub User Guide, chapter "Security Hub controls reference", as of commit bda5bf7 of
 * github.com/awsdocs/aws-security-hub-user-guide. S3.4 (bucket encryption) is left out: AWS has retired it since.
 */
const SECURITY_HUB = {
    "EC2.13": { nist: ["AC-4", "CM-7", "SC-7"], cis: ["1.2.0/4.1"], pci: ["1.2.1", "1.3.1", "2.2.2"] },
    "EC2.14": { nist: [], cis: ["1.2.0/4.2"] },
    "EC2.18": { nist: ["AC-4", "SC-7", "SC-7(5)"] },
    "EC2.19": { nist: ["AC-4", "CM-7", "SC-7", "SC-7(5)"] },
    "EC2.21": { nist: ["CM-7", "SC-7", "SC-7(5)"], cis: ["1.4.0/5.1"] },
    "ECS.8": { nist: ["CM-2"] },
    "IAM.1": { nist: ["AC-2", "AC-3", "AC-5", "AC-6"], cis: ["1.2.0/1.22", "1.4.0/1.16"], pci: ["7.2.1"] },
    "IAM.21": { nist: ["AC-2", "AC-3", "AC-5", "AC-6"] },
    "KMS.1": { nist: ["AC-3", "AC-5", "AC-6"] },
    "KMS.2": { nist: ["AC-3", "AC-5", "AC-6"] },
    "KMS.3": { nist: ["SC-12", "SC-12(2)"] },
    "KMS.4": { nist: ["SC-12", "SC-12(2)", "SC-28(3)"], cis: ["1.2.0/2.8", "1.4.0/3.8"], pci: ["3.6.4"] },
    "RDS.7": { nist: ["CM-3", "SC-5(2)"] },
    "RDS.8": { nist: ["CM-3", "SC-5(2)", "SI-13(5)"] },
    "S3.2": { nist: ["AC-3", "AC-6", "AC-21", "SC-7"], pci: ["1.2.1", "1.3.1", "1.3.2", "1.3.6", "7.2.1"] },
    "S3.3": { nist: ["AC-3", "AC-6", "AC-21", "SC-7"], pci: ["1.2.1", "1.3.1", "1.3.2", "1.3.4", "1.3.6", "7.2.1"] },
    "S3.5": { nist: ["AC-17(2)", "SC-8", "SC-8(1)"], cis: ["1.4.0/2.1.2"], pci: ["4.1"] },
    "S3.8": { nist: ["AC-3", "AC-6", "AC-21", "SC-7"], cis: ["1.4.0/2.1.5"] },
    "S3.9": { nist: ["AC-6(9)", "AU-2", "AU-3", "AU-12"] },
    "S3.14": { nist: ["AU-9(2)", "CP-9", "CP-10"] },
} as const satisfies Record<string, SecurityHubControl>;

export type SecurityHubId = keyof typeof SECURITY_HUB;

/** Security Hub controls by their ids, each followed by the requirements of other frameworks that AWS relates to it. */
export function securityHub(...ids: readonly SecurityHubId[]): Control[] {
    const controls = ids.flatMap(id => {
        const { nist, cis = [], pci = [] }: SecurityHubControl = SECURITY_HUB[id];
        const anchor = id.toLowerCase().replace(".", "-");
        const source = `https://docs.aws.amazon.com/securityhub/latest/userguide/${anchor.split("-")[0]}-controls.html#${anchor}`;
        return [
            { framework: "AWS Security Hub", version: "", id, source },
            ...cis.map(entry => {
                const [version = "", number = ""] = entry.split("/");
                return { framework: "CIS AWS Foundations Benchmark", version, id: number, source };
            }),
            ...nist.map(number => ({ framework: "NIST SP 800-53", version: "Rev. 5", id: number, source })),
            ...pci.map(number => ({ framework: "PCI DSS", version: "3.2.1", id: number, source })),
        ];
    });
    const seen = new Set<string>();
    return controls.filter(({ framework, version, id }) => {
        const key = `${framework}/${version}/${id}`;
        return seen.has(key) ? false : seen.add(key) && true;
    });
}
