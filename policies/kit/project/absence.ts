import type { Report } from "../report";
import type { Workspace } from "./workspace";

/**
 * Whether there is a project to judge. Otherwise says why: a rule about the project's surroundings does not apply where the
 * engine names no stack, and cannot judge a project that was not found.
 */
export function hasProject({ absence, unseen }: Workspace, report: Report): boolean {
    if (unseen !== undefined) report.undetermined({ file: "Pulumi.yaml" }, unseen);
    if (absence === undefined) return true;
    if (absence.kind === "no-stack") report.notApplicable(absence.message);
    report.undetermined({ file: "Pulumi.yaml" }, `the project's files cannot be seen: ${absence.message}`);
    return false;
}

/** What is said of a stack whose `isElsewhere` holds. */
export const ELSEWHERE =
    "the stack's settings come from another place than this file, such as `--config-file` or Pulumi Cloud";
