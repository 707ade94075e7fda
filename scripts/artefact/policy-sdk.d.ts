/**
 * What the declarations of this package need of @pulumi/policy's, so that neither that package nor the Pulumi SDK has to be
 * installed for them. See that package's documentation.
 */

export type EnforcementLevel = "advisory" | "mandatory" | "remediate" | "disabled";
export type Severity = "low" | "medium" | "high" | "critical";

export interface PolicyConfigSchema {
    properties: Record<string, { [key: string]: unknown; default?: unknown; description?: string }>;
    required?: string[];
}

export interface PolicyCustomTimeouts {
    createSeconds: number;
    updateSeconds: number;
    deleteSeconds: number;
}

export interface PolicyResourceOptions {
    protect: boolean;
    ignoreChanges: string[];
    deleteBeforeReplace?: boolean;
    aliases: string[];
    customTimeouts: PolicyCustomTimeouts;
    additionalSecretOutputs: string[];
    parent?: string;
}

export interface PolicyProviderResource {
    type: string;
    props: Record<string, unknown>;
    urn: string;
    name: string;
}

export interface PolicyResource {
    type: string;
    props: Record<string, unknown>;
    urn: string;
    name: string;
    opts: PolicyResourceOptions;
    provider?: PolicyProviderResource;
    parent?: PolicyResource;
    dependencies: PolicyResource[];
    propertyDependencies: Record<string, PolicyResource[]>;
}

export interface ResourceValidationArgs {
    type: string;
    props: Record<string, unknown>;
    urn: string;
    name: string;
    opts: PolicyResourceOptions;
    provider?: PolicyProviderResource;
    stackTags: ReadonlyMap<string, string>;
    notApplicable(reason?: string): never;
    getConfig<T extends object>(): T;
}

export interface StackValidationArgs {
    resources: PolicyResource[];
    stackTags: ReadonlyMap<string, string>;
    notApplicable(reason?: string): never;
    getConfig<T extends object>(): T;
}

export interface Policy {
    name: string;
    description: string;
    enforcementLevel?: EnforcementLevel;
    configSchema?: PolicyConfigSchema;
    displayName?: string;
    severity?: Severity;
    tags?: string[];
    remediationSteps?: string;
    url?: string;
}

type ReportViolation = (message: string, urn?: string) => void;

export interface ResourceValidationPolicy extends Policy {
    validateResource?: unknown;
    remediateResource?: unknown;
}

export interface StackValidationPolicy extends Policy {
    validateStack: (args: StackValidationArgs, reportViolation: ReportViolation) => Promise<void> | void;
}
