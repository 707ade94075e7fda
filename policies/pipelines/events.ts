import { type Operand, STRANGE } from "./expression";

/**
 * What expressions see in the runs that an event causes, as far as the event alone decides it.
 *
 * Source: GitHub Docs, "Contexts reference", "Events that trigger workflows", "Webhook events and payloads".
 */
export type Facts = (reference: string) => Operand | undefined;

/** A run of which nothing is known but the event that starts it. */
export function eventFacts(event: string): Facts {
    return reference => (reference === "github.event_name" ? event : undefined);
}

/** Parts of `github.event` that every event has. */
const IN_EVERY_EVENT = /^github\.event\.(repository|organization|enterprise|sender|workflow|installation)\b/;

/** A run that a schedule starts; `cron` is the one that did. */
export function scheduleFacts(cron: string | undefined): Facts {
    const known = new Map<string, Operand>([
        ["github.event_name", "schedule"],
        ["github.head_ref", ""],
        ["github.base_ref", ""],
    ]);
    return reference => {
        if (reference === "github.event.schedule") return cron;
        // Nothing else came with the event, and what does not exist is null.
        return reference.startsWith("github.event.") && !IN_EVERY_EVENT.test(reference) ? null : known.get(reference);
    };
}

/** What a pull request's head says of itself, whoever's it is. */
const HEAD_REPOSITORY =
    /^github\.event\.(pull_request\.head|workflow_run\.head)[._]repo(sitory)?\.(full_name|id|node_id|owner\.(login|id))$/;

/** Who opened or commented; `github.actor` is not among them, since an application can be made to act. */
const AUTHOR =
    /^github\.event\.(pull_request\.(user|head\.user)|comment\.user|issue\.user|review\.user|workflow_run\.actor|workflow_run\.triggering_actor)\.(login|id)$/;

/** How a stranger's account can be associated with the repository. Source: GitHub Docs, "Enums", CommentAuthorAssociation. */
const ASSOCIATIONS = ["NONE", "FIRST_TIMER", "FIRST_TIME_CONTRIBUTOR", "CONTRIBUTOR"];

/**
 * The runs that a stranger can cause by an event with a pull request from a fork, a comment on one, or a workflow that such a
 * pull request started. What a stranger cannot do, such as merging, did not happen in them.
 */
export function strangersFacts(event: string): Facts[] {
    const known = new Map<string, Operand>([
        ["github.event_name", event],
        ["github.event.pull_request.merged", false],
        ["github.event.pull_request.merged_at", null],
        ["github.event.pull_request.merged_by", null],
        ["github.event.pull_request.merged_by.login", null],
        ["github.event.pull_request.head.repo.fork", true],
        ["github.event.workflow_run.head_repository.fork", true],
        ["github.event.workflow_run.event", "pull_request"],
    ]);
    return ASSOCIATIONS.map(association => reference => {
        if (/\.author_association$/.test(reference)) return association;
        return HEAD_REPOSITORY.test(reference) || AUTHOR.test(reference) ? STRANGE : known.get(reference);
    });
}

/** The runs of a pull request of the repository's own or of a fork, or of a merge queue, by the event. */
export function proposalFacts(event: string): Facts {
    const [ref, name] =
        event === "pull_request"
            ? ["refs/pull/1/merge", "1/merge"]
            : event === "merge_group"
              ? ["refs/heads/gh-readonly-queue/x", "gh-readonly-queue/x"]
              : [];
    const known = new Map<string, Operand>([
        ["github.event_name", event],
        ["github.event.pull_request.merged", false],
        ...(ref === undefined || name === undefined
            ? []
            : ([
                  ["github.ref", ref],
                  ["github.ref_name", name],
                  ["github.ref_type", "branch"],
                  ["github.ref_protected", false],
              ] as const)),
    ]);
    return reference => known.get(reference);
}
