import { existsSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** What a program does that a check keeps from it. */
export const STARTS_ENGINE =
    "The program runs `pulumi` itself, as those of the Automation API do, and was kept from it, so what it makes was not seen; give its `preview` and `up` the option `policyPacks` with the folder that `npx security-baseline path` prints, or judge an export with --state.";

/** Written where the program tried. */
const MARK = "engine-was-started";

/** Hands on what only reads or sets up, such as `pulumi version` and `pulumi config get`, where there is a `pulumi`. */
const script = (path: string) => `#!/bin/sh
kept=
for argument in "$@"; do
    case "$argument" in
        up | update | preview | pre | destroy | down | dn | refresh | import | watch | init | select | rm)
            kept="pulumi $argument is not run in a check"
            break
            ;;
        -* | stack) ;;
        *) break ;;
    esac
done
own="$(dirname "$0")"
PATH='${path.replaceAll("'", "'\\''")}'
command -v pulumi > /dev/null || kept="there is no pulumi on PATH"
if [ -n "$kept" ]; then
    echo "$kept" >&2
    : > "$own/${MARK}"
    exit 1
fi
exec pulumi "$@"
`;

/**
 * Keeps a program from running the engine on a stack, in whatever language it is written: puts a command named `pulumi` into a
 * folder. Gives the PATH for the program.
 */
export function guardEngine(folder: string, path = ""): string {
    writeFileSync(join(folder, "pulumi"), script(path), { mode: 0o755 });
    return [folder, path].join(delimiter);
}

/** Whether a program that was guarded so tried. */
export function startedEngine(folder: string): boolean {
    return existsSync(join(folder, MARK));
}
