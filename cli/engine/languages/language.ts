import type { FileValue } from "../../../policies/kit/project/file-value";
import type { Deployment } from "../providers";

/** A program that is to be run. */
export interface Program {
    /** Absolute path of the project's folder. */
    readonly folder: string;
    /** Absolute path of the program: a file or a folder. */
    readonly path: string;
    /** Absolute path of the folder that it runs in: the program itself, or what the file lies in. */
    readonly cwd: string;
    /** `runtime.options` of the project. */
    readonly options: FileValue;
    readonly deployment: Deployment;
    /** Address of monitor and engine. */
    readonly address: string;
    /** File that holds the settings as one JSON object. */
    readonly settingsFile: string;
}

/** A process that runs a program. */
export interface Launch {
    readonly command: string;
    readonly args: readonly string[];
    /** Working folder. */
    readonly folder: string;
    readonly env: Readonly<Record<string, string>>;
    /** What has to be run before, in the same folder; its time does not count as the program's. */
    readonly build?: { readonly command: string; readonly args: readonly string[] };
}

/** Why a program cannot be run here, and what to do about it. */
export interface Missing {
    readonly missing: string;
}

/** How many operations programs may have under way at once; what the engine's default is on a machine of four processors. */
export const PARALLEL = "16";

/** How programs of a language are started. */
export type Launcher = (program: Program) => Launch | Missing;

/**
 * What the SDKs for compiled languages read from the environment.
 *
 * Source: pulumi/pulumi, sdk/go/pulumi/run.go; pulumi/pulumi-java, DeploymentImpl.
 */
export function environmentOf({ folder, deployment, address }: Program): Record<string, string> {
    const { organization, project, stack, settings, secretKeys } = deployment;
    return {
        PULUMI_ORGANIZATION: organization,
        PULUMI_PROJECT: project,
        PULUMI_STACK: stack,
        PULUMI_CONFIG: JSON.stringify(settings),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(secretKeys),
        PULUMI_DRY_RUN: "true",
        PULUMI_PARALLEL: PARALLEL,
        PULUMI_MONITOR: address,
        PULUMI_ENGINE: address,
        PULUMI_ROOT_DIRECTORY: folder,
    };
}
