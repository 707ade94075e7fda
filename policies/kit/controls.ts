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
    readonly nist?: readonly string[];
    /** CIS AWS Foundations Benchmark, `version/id`. */
    readonly cis?: readonly string[];
    /** PCI DSS, `version/id`. */
    readonly pci?: readonly string[];
}

/**
 * Every control id of AWS that a rule may cite, with the requirements that AWS relates to it; of the NIST requirements those
 * that name the rule's subject.
 *
 * Source: AWS Security Hub User Guide, chapters "Security Hub CSPM controls for …" of each service, "Related requirements",
 * in the edition that knows CIS 5.0.0 and PCI DSS 4.0.1. S3.4 (bucket encryption) is left out: AWS has retired it.
 */
const SECURITY_HUB = {
    "DocumentDB.5": { nist: ["CM-3", "SC-5(2)"] },
    "DynamoDB.6": { nist: ["CM-3", "SC-5(2)"] },
    "EC2.13": {
        nist: ["AC-4", "CM-7", "SC-7"],
        cis: ["1.2.0/4.1"],
        pci: ["4.0.1/1.3.1", "3.2.1/1.2.1", "3.2.1/1.3.1", "3.2.1/2.2.2"],
    },
    "EC2.14": { cis: ["1.2.0/4.2"], pci: ["4.0.1/1.3.1"] },
    "EC2.18": { nist: ["AC-4", "SC-7", "SC-7(5)"] },
    "EC2.19": { nist: ["AC-4", "CM-7", "SC-7", "SC-7(5)"] },
    "EC2.53": { cis: ["5.0.0/5.3", "3.0.0/5.2"], pci: ["4.0.1/1.3.1"] },
    "EC2.54": { cis: ["5.0.0/5.4", "3.0.0/5.3"], pci: ["4.0.1/1.3.1"] },
    "ECS.8": { nist: ["CM-2"], pci: ["4.0.1/8.6.2"] },
    "ELB.6": { nist: ["CM-3", "SC-5(2)"] },
    "IAM.1": { nist: ["AC-2", "AC-3", "AC-5", "AC-6"], cis: ["1.4.0/1.16", "1.2.0/1.22"], pci: ["3.2.1/7.2.1"] },
    "IAM.21": { nist: ["AC-2", "AC-3", "AC-5", "AC-6"] },
    "KMS.1": { nist: ["AC-3", "AC-5", "AC-6"] },
    "KMS.2": { nist: ["AC-3", "AC-5", "AC-6"] },
    "KMS.4": {
        nist: ["SC-12", "SC-12(2)", "SC-28(3)"],
        cis: ["5.0.0/3.6", "3.0.0/3.6", "1.4.0/3.8", "1.2.0/2.8"],
        pci: ["4.0.1/3.7.4", "3.2.1/3.6.4"],
    },
    "KMS.5": {},
    "Lambda.1": {
        nist: ["AC-3", "AC-6", "AC-21", "SC-7"],
        pci: ["4.0.1/7.2.1", "3.2.1/1.2.1", "3.2.1/1.3.1", "3.2.1/1.3.2", "3.2.1/1.3.4", "3.2.1/7.2.1"],
    },
    "Neptune.4": { nist: ["CM-3", "SC-5(2)"] },
    "RDS.7": { nist: ["CM-3", "SC-5(2)"] },
    "RDS.8": { nist: ["CM-3", "SC-5(2)", "SI-13(5)"] },
    "S3.1": {
        nist: ["AC-3", "AC-6", "AC-21", "SC-7"],
        cis: ["5.0.0/2.1.4", "3.0.0/2.1.4", "1.4.0/2.1.5"],
        pci: ["4.0.1/1.4.4", "3.2.1/1.2.1", "3.2.1/1.3.1", "3.2.1/1.3.2", "3.2.1/1.3.4", "3.2.1/1.3.6"],
    },
    "S3.2": {
        nist: ["AC-3", "AC-6", "AC-21", "SC-7"],
        pci: ["3.2.1/1.2.1", "3.2.1/1.3.1", "3.2.1/1.3.2", "3.2.1/1.3.6", "3.2.1/7.2.1"],
    },
    "S3.3": {
        nist: ["AC-3", "AC-6", "AC-21", "SC-7"],
        pci: ["3.2.1/1.2.1", "3.2.1/1.3.1", "3.2.1/1.3.2", "3.2.1/1.3.4", "3.2.1/1.3.6", "3.2.1/7.2.1"],
    },
    "S3.5": {
        nist: ["AC-17(2)", "SC-8", "SC-8(1)"],
        cis: ["5.0.0/2.1.1", "3.0.0/2.1.1", "1.4.0/2.1.2"],
        pci: ["4.0.1/4.2.1", "3.2.1/4.1"],
    },
    "S3.8": {
        nist: ["AC-3", "AC-6", "AC-21", "SC-7"],
        cis: ["5.0.0/2.1.4", "3.0.0/2.1.4", "1.4.0/2.1.5"],
        pci: ["4.0.1/1.4.4"],
    },
    "S3.9": { nist: ["AC-6(9)", "AU-2", "AU-3", "AU-12"], pci: ["4.0.1/10.2.1"] },
    "S3.14": { nist: ["AU-9(2)", "CP-9", "CP-10"] },
    "S3.15": { nist: ["CP-6(2)"], pci: ["4.0.1/10.5.1"] },
    "S3.17": { nist: ["SC-12(2)", "SC-28", "SC-28(1)"], pci: ["4.0.1/3.5.1"] },
    "S3.22": { cis: ["5.0.0/3.8", "3.0.0/3.8"], pci: ["4.0.1/10.2.1"] },
    "S3.23": { cis: ["5.0.0/3.9", "3.0.0/3.9"], pci: ["4.0.1/10.2.1"] },
    "SNS.4": {},
    "SQS.3": {},
} as const satisfies Record<string, SecurityHubControl>;

export type SecurityHubId = keyof typeof SECURITY_HUB;

/**
 * Controls of NIST that a rule serves which no control of AWS is about, with their titles.
 *
 * Source: NIST SP 800-53 Revision 5, chapter 3, and its catalog in OSCAL.
 */
type NistId =
    /** Least Privilege. */
    | "AC-6"
    /** Access Restrictions for Change. */
    | "CM-5"
    /** Automated Management, Application, and Verification. */
    | "CM-6(1)"
    /** No Embedded Unencrypted Static Authenticators. */
    | "IA-5(7)"
    /** Service Identification and Authentication. */
    | "IA-9"
    /** Cryptographic Protection. */
    | "SC-28(1)"
    /** Validate as Genuine and Not Altered. */
    | "SR-4(3)";

const NIST_SOURCE = "https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final";

/** Controls of NIST SP 800-53 by their ids. */
export function nist(...ids: readonly NistId[]): Control[] {
    return ids.map(id => ({ framework: "NIST SP 800-53", version: "Rev. 5", id, source: NIST_SOURCE }));
}

/** Security Hub controls by their ids, each followed by the requirements of other frameworks that AWS relates to it. */
export function securityHub(...ids: readonly SecurityHubId[]): Control[] {
    const controls = ids.flatMap(id => {
        const related: SecurityHubControl = SECURITY_HUB[id];
        const anchor = id.toLowerCase().replace(".", "-");
        const source = `https://docs.aws.amazon.com/securityhub/latest/userguide/${anchor.split("-")[0]}-controls.html#${anchor}`;
        const versioned = (framework: string, entries: readonly string[] = []) =>
            entries.map(entry => {
                const [version = "", number = ""] = entry.split("/");
                return { framework, version, id: number, source };
            });
        return [
            { framework: "AWS Security Hub", version: "", id, source },
            ...versioned("CIS AWS Foundations Benchmark", related.cis),
            ...versioned(
                "NIST SP 800-53",
                related.nist?.map(number => `Rev. 5/${number}`),
            ),
            ...versioned("PCI DSS", related.pci),
        ];
    });
    const seen = new Set<string>();
    return controls.filter(({ framework, version, id }) => {
        const key = JSON.stringify([framework, version, id]);
        if (seen.has(key)) return false;
        seen.add(key);
        return true;
    });
}
