import type { FileValue } from "../../../kit/project/file-value";
import type { Problem } from "../../../kit/report";
import type { Include, Pipeline } from "../../../pipelines/pipeline";
import type { PipelineAspect } from "./aspect";

/** A full commit id. Source: GitHub Docs, "Security hardening for GitHub Actions", section "Using third-party actions". */
const COMMIT = /^[0-9a-f]{40}$/i;

const DIGEST = /@sha256:[0-9a-f]{64}$/i;

/** Whoever can exchange an action, a called workflow, an included file or an image under its name decides what the pipeline runs. */
export const pinnedActions: PipelineAspect = {
    id: "pinned-actions",
    description: "Actions, called workflows and included files are named by a full commit, images by a digest.",
    severity: "high",
    judge: unpinned,
};

function unpinned(pipeline: Pipeline): Problem[] {
    const used = pipeline.uses.flatMap(unpinnedUse);
    const images = pipeline.jobs.flatMap(({ images, scope }) =>
        images.flatMap(at => scope.expandWord(at.string() ?? "").flatMap(image => unpinnedImage(at, image))),
    );
    return [...used, ...images, ...pipeline.includes.flatMap(unpinnedInclude)];
}

function unpinnedUse(at: FileValue): Problem[] {
    const text = at.string()?.trim();
    if (text === undefined || text.startsWith("./")) return [];
    if (text.startsWith("docker://")) return unpinnedImage(at, text);
    const [name = "", version] = text.split("@");
    if (version !== undefined && COMMIT.test(version)) return [];
    const expected = `expected \`${name}@<commit>\` with all 40 digits of the commit and the version in a comment.`;
    if (version === undefined) return [{ at, message: `is \`${text}\`, which names no version; ${expected}` }];
    const kind = /^[0-9a-f]{7,39}$/i.test(version) ? "a shortened commit" : "a tag or branch, which can be moved";
    return [{ at, message: `is \`${text}\`: \`${version}\` is ${kind}; ${expected}` }];
}

function unpinnedInclude({ from, at, version, hasIntegrity }: Include): Problem[] {
    if (from === "address") {
        const message = "includes a file that can change; expected `integrity` with its SHA-256.";
        return hasIntegrity ? [] : [{ at, message }];
    }
    if (COMMIT.test(version)) return [];
    const observed = version === "" ? "no version" : `\`${version}\`, which can be moved`;
    return [{ at, message: `is included at ${observed}; expected a full commit SHA.` }];
}

/** What is wrong with an image's name; nothing where it has a digest or files do not tell it. */
function unpinnedImage(at: FileValue, name: string): Problem[] {
    const image = name.trim();
    if (image === "" || image.includes("${{") || image.includes("$") || DIGEST.test(image)) return [];
    const message = `is \`${image}\`, which is another image once its tag is moved; expected a digest, \`…@sha256:<64 digits>\`.`;
    return [{ at, message }];
}
