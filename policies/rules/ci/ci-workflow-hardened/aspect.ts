import type { Workspace } from "../../../kit/project/workspace";
import type { Aspect, Problem } from "../../../kit/report";
import type { Pipeline } from "../../../pipelines/pipeline";

/** One requirement of the pipelines that run Pulumi. */
export interface PipelineAspect extends Aspect {
    /** What is wrong with a pipeline; the same place may come up in several that share a file. */
    judge(pipeline: Pipeline, settings: AspectSettings, repository: Repository): readonly Problem[];
}

/** The rule's settings that aspects go by. */
export interface AspectSettings {
    readonly allowedWrites: readonly string[];
    readonly stacksWithoutEnvironment: readonly string[];
    readonly hasOrganizationPolicies: boolean;
}

/** What a pipeline is part of. */
export interface Repository {
    readonly workspace: Workspace;
    /** All pipelines of the repository that run Pulumi. */
    readonly pipelines: readonly Pipeline[];
}
