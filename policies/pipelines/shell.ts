/** One command of a shell script, as far as a reader without a shell can tell it. */
export interface Command {
    /** The command and its arguments, quotes removed. Variables, substitutions and `${{ … }}` stay as they are written. */
    readonly words: readonly string[];
    /** True when the script goes on whatever the command's result: `… || true`. */
    readonly isFailureIgnored: boolean;
    /** Where in the script it begins, counted in characters; what `sh -c` runs begins where that does. */
    readonly offset: number;
}

/** Commands that succeed and do nothing else. */
const ALWAYS_SUCCEEDS = /^(true|:|echo|printf|exit 0)\b/;

/** How deep `bash -c`, `$(…)` and backticks are followed. */
const MAX_DEPTH = 5;

const QUOTED_IN_DOUBLE = new Set(['"', "\\", "$", "`"]);

/**
 * The commands of a script in POSIX shell, Bash or, near enough, PowerShell, in their order. Continued lines are joined;
 * comments and here-documents are left out; what `$(…)`, backticks and `sh -c` run is listed before what they are part
 * of. Functions, loops and conditions are read as the commands they hold.
 *
 * Source: POSIX.1-2017, Shell Command Language, sections 2.2 and 2.3.
 */
export function commandsOf(script: string, depth = 0): Command[] {
    const commands: Command[] = [];
    let words: string[] = [];
    let word: string | undefined;
    let endings: string[] = [];
    let at = 0;
    let start = 0;

    const endWord = () => {
        if (word !== undefined) words.push(word);
        word = undefined;
    };
    const endCommand = (operator: string) => {
        endWord();
        if (words.length === 0) return;
        const inner = depth < MAX_DEPTH ? scriptOf(words) : undefined;
        if (inner !== undefined) {
            commands.push(...commandsOf(inner, depth + 1).map(command => ({ ...command, offset: start })));
        }
        commands.push({ words, isFailureIgnored: false, offset: start });
        endings.push(...Array<string>(commands.length - endings.length - 1).fill(";"), operator);
        words = [];
    };
    const substitute = (open: number, close: number, end: number) => {
        word = (word ?? "") + script.slice(open, end);
        if (depth >= MAX_DEPTH) return;
        const inner = commandsOf(script.slice(close, end - 1), depth + 1);
        commands.push(...inner.map(command => ({ ...command, offset: close + command.offset })));
        endings.push(...inner.map(() => ";"));
    };

    while (at < script.length) {
        const char = script.charAt(at);
        const next = script.charAt(at + 1);
        if (words.length === 0 && word === undefined) start = at;
        if (script.startsWith("${{", at)) {
            const end = closing(script, at, "}}");
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
            at = afterHereDocument(script, at);
        } else if (char === ">" || char === "<") {
            endWord();
            at += /^[<>]+(&\d?-?)?\|?/.exec(script.slice(at, at + 8))?.[0].length ?? 1;
        } else if (char === "&" && next === ">") {
            endWord();
            at += 1;
        } else if (script.startsWith("&&", at) || script.startsWith("||", at)) {
            endCommand(script.slice(at, at + 2));
            at += 2;
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
    endings = endings.slice(0, commands.length);
    return commands.map((command, index) => {
        const alternative = commands[index + 1]?.words.join(" ") ?? "";
        return endings[index] === "||" && ALWAYS_SUCCEEDS.test(alternative)
            ? { ...command, isFailureIgnored: true }
            : command;
    });
}

/** What `bash -c '…'` and its kin run. */
function scriptOf(words: readonly string[]): string | undefined {
    const shell = words.findIndex(word => /(^|\/)(ba|da|z|k)?sh$|^(pwsh|powershell)$/.test(word));
    const flag = words.findIndex((word, index) => index > shell && /^-[a-z]*c$|^-command$/i.test(word));
    return shell === -1 || flag === -1 ? undefined : words[flag + 1];
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

/** The place where reading goes on after `<<EOF`: behind the document. The rest of the line with the mark is not read. */
function afterHereDocument(script: string, at: number): number {
    const [mark = "<<", , , name] = /^<<-?\s*(["']?)(\\?)([A-Za-z_]\w*)\1/.exec(script.slice(at, at + 200)) ?? [];
    if (name === undefined) return at + 2;
    const body = script.indexOf("\n", at + mark.length);
    if (body === -1) return script.length;
    const end = new RegExp(`^\\s*${name}\\s*$`, "m").exec(script.slice(body + 1));
    return end === null ? script.length : body + 1 + end.index + end[0].length;
}
