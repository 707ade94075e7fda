import { PIPELINE_BUDGET } from "./pipeline-budget";

/** One command of a shell script, as far as a reader without a shell can tell it. */
export interface Command {
    /** The command and its arguments, quotes removed. Variables, substitutions and `${{ … }}` stay as they are written. */
    readonly words: readonly string[];
    /** True when the script goes on whatever the command's result: `… || true`, `… | tee` without `pipefail`, `set +e`. */
    readonly isFailureIgnored: boolean;
    /** True when it reads what the command before it writes: `… | sh`. */
    readonly readsPipe: boolean;
    /** Where in the script it begins, counted in characters; what `sh -c` runs begins where that does. */
    readonly offset: number;
    /** True where it has more words than are read. */
    readonly isCut?: boolean;
}

/** Commands that succeed and do nothing else. */
const ALWAYS_SUCCEEDS = /^(?:true|:|echo|printf|exit 0)(?:\s|$)/;

/** How deep `bash -c`, `$(…)` and backticks are followed. */
const MAX_DEPTH = 5;

/** How a script is run, as far as it decides which failures end it. */
export interface ShellOptions {
    /** `set -e`: a command that fails ends the script. */
    readonly errexit: boolean;
    /** `set -o pipefail`: a pipe fails when any of its commands does. */
    readonly pipefail: boolean;
}

/** Both on, as nothing is lost where it is not known how a script is run. */
const STRICT: ShellOptions = { errexit: true, pipefail: true };

const SHELL = /(^|\/)(ba|da|z|k)?sh$/;

const QUOTED_IN_DOUBLE = new Set(['"', "\\", "$", "`"]);

/**
 * The commands of a script in POSIX shell, Bash or, near enough, PowerShell, in their order. Continued lines are joined;
 * comments and here-documents are left out; what `$(…)`, backticks, `sh -c` and a here-document for a shell run is listed
 * before what they are part of. Functions, loops and conditions are read as the commands they hold.
 *
 * Source: POSIX.1-2017, Shell Command Language, sections 2.2 and 2.3.
 */
export function commandsOf(script: string, options: ShellOptions = STRICT, depth = 0): Command[] {
    const commands: Command[] = [];
    let words: string[] = [];
    let word: string | undefined;
    const endings: string[] = [];
    /** Whether the next command reads what this one writes. */
    let readsPipe = false;
    let at = 0;
    let start = 0;
    /** Here-documents of this line, whose text begins on the next, with the command that each is for. */
    let documents: { readonly mark: string; readonly command: number }[] = [];

    let isCut = false;

    const endWord = () => {
        if (word !== undefined && words.length < PIPELINE_BUDGET.words) words.push(word);
        else if (word !== undefined) isCut = true;
        word = undefined;
    };
    const endCommand = (operator: string) => {
        endWord();
        if (words.length === 0) return;
        const inner = depth < MAX_DEPTH ? scriptOf(words) : undefined;
        if (inner !== undefined) {
            for (const command of commandsOf(inner, STRICT, depth + 1)) commands.push({ ...command, offset: start });
        }
        commands.push({ words, isFailureIgnored: false, readsPipe, offset: start, ...(isCut ? { isCut } : {}) });
        isCut = false;
        readsPipe = operator === "|";
        while (endings.length < commands.length - 1) endings.push(";");
        endings.push(operator);
        words = [];
    };
    const substitute = (open: number, close: number, end: number) => {
        word = (word ?? "") + script.slice(open, end);
        if (depth >= MAX_DEPTH) return;
        const inner = commandsOf(script.slice(close, end - 1), STRICT, depth + 1);
        for (const command of inner) {
            commands.push({ ...command, offset: close + command.offset });
            endings.push(";");
        }
    };
    const substituteDocument = (text: string, offset: number) => {
        for (const command of commandsOf(text, STRICT, depth + 1)) {
            commands.push({ ...command, offset: offset + command.offset });
            endings.push(";");
        }
    };

    while (at < script.length) {
        const char = script.charAt(at);
        const next = script.charAt(at + 1);
        if (words.length === 0 && word === undefined) start = at;
        if (script.startsWith("${{", at) || script.startsWith("$[[", at)) {
            const end = closing(script, at, script.startsWith("${{", at) ? "}}" : "]]");
            word = (word ?? "") + script.slice(at, end);
            at = end;
        } else if ((char === "\\" || char === "`") && (next === "\n" || script.startsWith("\r\n", at + 1))) {
            at += next === "\n" ? 2 : 3;
        } else if (char === "\\") {
            word = (word ?? "") + next;
            at += 2;
        } else if (char === "'") {
            const end = closing(script, at + 1, "'");
            word = (word ?? "") + script.slice(at + 1, end - 1);
            at = end;
        } else if (char === '"') {
            word ??= "";
            at += 1;
            while (at < script.length && script.charAt(at) !== '"') {
                if (script.startsWith("${{", at)) {
                    const end = closing(script, at, "}}");
                    word += script.slice(at, end);
                    at = end;
                } else if (script.startsWith("$(", at)) {
                    const end = closingParenthesis(script, at + 2);
                    substitute(at, at + 2, end);
                    at = end;
                } else if (script.charAt(at) === "\\" && script.charAt(at + 1) === "\n") {
                    at += 2;
                } else if (script.charAt(at) === "\\" && QUOTED_IN_DOUBLE.has(script.charAt(at + 1))) {
                    word += script.charAt(at + 1);
                    at += 2;
                } else {
                    word += script.charAt(at);
                    at += 1;
                }
            }
            at += 1;
        } else if (script.startsWith("$(", at)) {
            const end = closingParenthesis(script, at + 2);
            substitute(at, at + 2, end);
            at = end;
        } else if (char === "`" && script.includes("`", at + 1)) {
            const end = closing(script, at + 1, "`");
            substitute(at, at + 1, end);
            at = end;
        } else if (char === "#" && word === undefined) {
            const end = script.indexOf("\n", at);
            at = end === -1 ? script.length : end;
        } else if (script.startsWith("<<<", at)) {
            endWord();
            at += 3;
        } else if (script.startsWith("<<", at)) {
            endWord();
            const [whole = "<<", , , mark] =
                /^<<-?\s*(["']?)(\\?)([A-Za-z_]\w*)\1/.exec(script.slice(at, at + 200)) ?? [];
            if (mark !== undefined) documents.push({ mark, command: commands.length });
            at += whole.length;
        } else if (script.startsWith("<(", at)) {
            const end = closingParenthesis(script, at + 2);
            substitute(at, at + 2, end);
            at = end;
        } else if (char === ">" || char === "<") {
            endWord();
            at += /^[<>]+(&\d?-?)?\|?/.exec(script.slice(at, at + 8))?.[0].length ?? 1;
        } else if (char === "&" && next === ">") {
            endWord();
            at += 1;
        } else if (script.startsWith("&&", at) || script.startsWith("||", at)) {
            endCommand(script.slice(at, at + 2));
            at += 2;
        } else if (char === "\n" && documents.length > 0) {
            endCommand(char);
            at += 1;
            for (const { mark, command } of documents) {
                const body = at;
                const end = endOfHereDocument(script, at, mark);
                at = script.indexOf("\n", end) === -1 ? script.length : script.indexOf("\n", end);
                const isForShell =
                    depth < MAX_DEPTH &&
                    readsScript(commands.slice(command, command + 2), endings.slice(command, command + 1));
                if (isForShell) substituteDocument(script.slice(body, end), body);
            }
            documents = [];
        } else if (/[\n;|&()]/.test(char)) {
            endCommand(char);
            at += 1;
        } else if (/\s/.test(char)) {
            endWord();
            at += 1;
        } else {
            word = (word ?? "") + char;
            at += 1;
        }
    }
    endCommand("\n");
    return withLostFailures(commands, endings, options);
}

/** Marks the commands whose failure the script does not end with. */
function withLostFailures(commands: readonly Command[], endings: readonly string[], options: ShellOptions): Command[] {
    let { errexit, pipefail } = options;
    return commands.map((command, index) => {
        const { words } = command;
        if (words[0] === "set") ({ errexit, pipefail } = optionsAfter(words, { errexit, pipefail }));
        const ending = endings[index];
        const next = commands[index + 1];
        const isReplaced = ending === "||" && ALWAYS_SUCCEEDS.test(next?.words.slice(0, 2).join(" ") ?? "");
        const isLostInPipe = ending === "|" && !pipefail;
        const last = commands.at(-1);
        // What asks for `$?` next knows of the failure.
        const isAskedFor = next?.words.some(word => /\$(\?|\{?PIPESTATUS)/.test(word)) === true;
        const isPassedOver = !errexit && ending !== "&&" && ending !== "||" && command !== last && !isAskedFor;
        return isReplaced || isLostInPipe || isPassedOver ? { ...command, isFailureIgnored: true } : command;
    });
}

/** The options after `set -e`, `set +e`, `set -euo pipefail` and their like. */
function optionsAfter(words: readonly string[], { errexit, pipefail }: ShellOptions): ShellOptions {
    let after = { errexit, pipefail };
    for (const [index, word] of words.entries()) {
        const isOn = word.startsWith("-");
        if (!isOn && !word.startsWith("+")) continue;
        const named = /^[-+][a-z]*o$/.test(word) ? words[index + 1] : undefined;
        if (/^[-+][a-z]*e/.test(word) || named === "errexit") after = { ...after, errexit: isOn };
        if (named === "pipefail") after = { ...after, pipefail: isOn };
    }
    return after;
}

/** Whether a here-document for the first of some commands is run: it is a shell without a script, or pipes into one. */
function readsScript(commands: readonly Command[], endings: readonly string[]): boolean {
    const [first] = commands;
    if (first === undefined) return false;
    const isShell = ({ words }: Command) => {
        const remote = remoteWords(words);
        // Without a command the shell of the other machine reads.
        if (remote?.length === 0) return true;
        const [name = "", ...rest] = (remote ?? words).filter((word, index) => index > 0 || word !== "sudo");
        return (
            SHELL.test(name) &&
            rest.every((word, index) => /^[-+]/.test(word) || /^[-+]\w*o$/.test(rest[index - 1] ?? ""))
        );
    };
    return (
        isShell(first) ||
        (first.words[0] === "cat" && endings[0] === "|" && commands[1] !== undefined && isShell(commands[1]))
    );
}

/** What `bash -c '…'` and its kin, `eval` and `ssh` run. */
function scriptOf(words: readonly string[]): string | undefined {
    const [name, ...rest] = words;
    if (name === "eval") return rest.join(" ");
    const remote = remoteWords(words);
    if (remote !== undefined) return remote.join(" ");
    const shell = words.findIndex(word => SHELL.test(word) || word === "pwsh" || word === "powershell");
    const flag = words.findIndex((word, index) => index > shell && /^-[a-z]*c$|^-command$/i.test(word));
    return shell === -1 || flag === -1 ? undefined : words[flag + 1];
}

/** Flags of `ssh` that take a value. Source: ssh(1), OpenSSH 9. */
const SSH_FLAGS = /^-[1246AaCfGgKkMNnqsTtVvXxYy]*[BbcDEeFIiJLlmOoPpQRSWw]$/;

/** The words after the host that `ssh` runs there, as one script; undefined for another command. */
function remoteWords([name, ...rest]: readonly string[]): readonly string[] | undefined {
    if (name === undefined || !/^(?:.*\/)?ssh$/.test(name)) return undefined;
    let host = 0;
    while (rest[host]?.startsWith("-") === true) host += SSH_FLAGS.test(rest[host] ?? "") ? 2 : 1;
    return rest.slice(host + 1);
}

/** The place after a mark; where it is missing, that after one behind the script. */
function closing(script: string, from: number, mark: string): number {
    const end = script.indexOf(mark, from);
    return (end === -1 ? script.length : end) + mark.length;
}

/** The place after the parenthesis that closes the one before `from`. */
function closingParenthesis(script: string, from: number): number {
    let open = 1;
    for (let at = from; at < script.length; at += 1) {
        const char = script.charAt(at);
        if (char === "'") at = closing(script, at + 1, "'") - 1;
        else if (char === "(") open += 1;
        else if (char === ")") {
            open -= 1;
            if (open === 0) return at + 1;
        }
    }
    return script.length;
}

/** The place of the line that ends a here-document whose text begins at `from`. */
function endOfHereDocument(script: string, from: number, mark: string): number {
    for (let at = from; at < script.length; ) {
        const end = script.indexOf("\n", at);
        const stop = end === -1 ? script.length : end;
        // No line that is longer can be the mark alone.
        if (stop - at < mark.length + 100 && script.slice(at, stop).trim() === mark) return at;
        at = stop + 1;
    }
    return script.length;
}
