import { commandsOf } from "../../policies/pipelines/shell";

const words = (script: string) => commandsOf(script).map(command => command.words.join(" "));

describe("commandsOf", () => {
    test.each([
        ["one command", "pulumi up --yes", ["pulumi up --yes"]],
        ["a continued line", "pulumi \\\n  up \\\r\n --yes", ["pulumi up --yes"]],
        ["a line continued in PowerShell", "pulumi `\n up", ["pulumi up"]],
        ["a list", "cd infra && npm ci; pulumi up || true", ["cd infra", "npm ci", "pulumi up", "true"]],
        [
            "a pipe and redirections",
            "pulumi preview 2>&1 | tee out.txt > /dev/null",
            ["pulumi preview 2", "tee out.txt /dev/null"],
        ],
        ["comments", "# pulumi up\necho a#b # pulumi up", ["echo a#b"]],
        ["quotes", `echo "pulumi up" 'it''s' "a \\"b\\""`, ['echo pulumi up its a "b"']],
        [
            "a substitution before what it is part of",
            'X="$(pulumi stack output x)" make',
            ["pulumi stack output x", "X=$(pulumi stack output x) make"],
        ],
        ["backticks", "echo `pulumi up`", ["pulumi up", "echo `pulumi up`"]],
        ["a shell in a shell", "bash -ec 'pulumi up'", ["pulumi up", "bash -ec pulumi up"]],
        ...["sh", "bash", "dash", "zsh", "ksh", "/bin/sh", "/usr/bin/bash"].map((shell): [string, string, string[]] => [
            `${shell} in a shell`,
            `${shell} -c 'pulumi up'`,
            ["pulumi up", `${shell} -c pulumi up`],
        ]),
        ...["fish-sh", "shx", "xsh"].map((name): [string, string, string[]] => [
            `${name}, which is no shell`,
            `${name} -c 'pulumi up'`,
            [`${name} -c pulumi up`],
        ]),
        ["what is quoted in double quotes", 'echo "\\\\ \\$a \\`b\\` \\n"', ["echo \\ $a `b` \\n"]],
        ["a here-document", "cat <<'EOF' > x\npulumi up\nEOF\npulumi preview", ["cat x", "pulumi preview"]],
        ["a here-document for a shell", "bash -eu <<'EOF'\npulumi up\nEOF\nb", ["bash -eu", "pulumi up", "b"]],
        ["a here-document piped into a shell", "cat <<EOF | sh\npulumi up\nEOF", ["cat", "sh", "pulumi up"]],
        ["what eval runs", 'eval "pulumi up" --yes', ["pulumi up --yes", "eval pulumi up --yes"]],
        [
            "what ssh runs on another machine",
            "ssh -tt -p 22 -o X=y -oA=b me@host 'cd infra && pulumi up'",
            ["cd infra", "pulumi up", "ssh -tt -p 22 -o X=y -oA=b me@host cd infra && pulumi up"],
        ],
        ["nothing that ssh runs", "ssh -N -L 1:pulumi:2 host", ["ssh -N -L 1:pulumi:2 host"]],
        [
            "a here-document for a shell by ssh",
            "ssh host bash -s <<E\npulumi up\nE",
            ["bash -s", "ssh host bash -s", "pulumi up"],
        ],
        ["a here-document for ssh alone", "ssh -T host <<E\npulumi up\nE", ["ssh -T host", "pulumi up"]],
        ["a here-document for what ssh runs", "ssh host tee x <<E\npulumi up\nE", ["tee x", "ssh host tee x"]],
        ["a here-document for a script", "bash run.sh <<EOF\npulumi up\nEOF", ["bash run.sh"]],
        [
            "an expression with operators and quotes",
            "pulumi ${{ a && 'b c' || \"d\" }} x",
            ["pulumi ${{ a && 'b c' || \"d\" }} x"],
        ],
        ["a process substitution", "bash <(curl x)", ["curl x", "bash <(curl x)"]],
        ["a subshell", "(cd infra; pulumi up)", ["cd infra", "pulumi up"]],
        ["nothing that ends", "echo 'a $(b", ["echo a $(b"]],
        ["nothing", " \n# only a comment", []],
    ])("reads %s", (_, script, expected) => expect(words(script)).toEqual(expected));

    test.each([
        ["npm audit || true", true],
        ["npm audit || echo 'oh'", true],
        ["npm audit || exit 0", true],
        ["npm audit || printf x", true],
        ["npm audit || :", true],
        ["npm audit || : ignored", true],
        ["npm audit || truely", false],
        ["npm audit || not true", false],
        ["npm audit &>audit.txt || true", true],
        ["npm audit &>> audit.txt", false],
        ["npm audit || exit 1", false],
        ["npm audit && true", false],
        ["npm audit", false],
        ["npm audit\ntrue", false],
    ])("%s goes on after a failure: %s", (script, expected) => {
        expect(commandsOf(script)[0]?.isFailureIgnored).toBe(expected);
    });

    test.each([
        ["npm audit | tee x", false, true],
        ["npm audit | tee x", true, false],
        ["set -o pipefail\nnpm audit | tee x", false, false],
        ["set +e\nnpm audit\necho done", true, true],
        ["set +e\nnpm audit", true, false],
        ["set +e\nnpm audit\ncode=$?\nexit $code", true, false],
        ["set +e\nset -e\nnpm audit\necho done", true, false],
    ])("%j with pipefail %s loses the result: %s", (script, pipefail, expected) => {
        const audit = commandsOf(script, { errexit: true, pipefail }).find(({ words: [first] }) => first === "npm");
        expect(audit?.isFailureIgnored).toBe(expected);
    });

    test("takes blank lines of a here-document in linear time", () => {
        const started = performance.now();
        expect(words(`cat <<EOF\n${"\n".repeat(500_000)}`)).toEqual(["cat"]);
        expect(performance.now() - started).toBeLessThan(3_000);
    });

    test("ends for deep nesting", () => {
        expect(words(`${"$(".repeat(2_000)}pulumi up${")".repeat(2_000)}`).length).toBeLessThan(20);
    });
});

describe("offsets", () => {
    test.each([
        ["lists and blanks", "  cd a &&\n npm ci", [2, 11]],
        ["comments", "# one\n# two\npulumi up", [12]],
        ["quotes and substitutions", `"a" $(b c) 'd'\ne`, [6, 0, 15]],
        ["a substitution inside of quotes", 'x "$(\n y)"', [7, 0]],
        ["a shell in a shell begins where that does", "a; sh -c 'b\nc'", [0, 3, 3, 3]],
        ["an expression", "${{ a }} b; c", [0, 12]],
        ["a here-document", "cat <<EOF\nx\nEOF\ny", [0, 16]],
    ])("%s", (_, script, offsets) => {
        expect(commandsOf(script).map(({ offset }) => offset)).toEqual(offsets);
    });
});

test("tells the command that reads what the one before it writes", () =>
    expect(commandsOf("a | b; c | d $(e) || f | g").map(({ words, readsPipe }) => [words[0], readsPipe])).toEqual([
        ["a", false],
        ["b", true],
        ["c", false],
        ["e", false],
        ["d", true],
        ["f", false],
        ["g", true],
    ]));

test.each([
    ["a single quote in a word", "a'b c'd", ["ab cd"]],
    ["an escaped blank", "a\\ b c", ["a b c"]],
    ["an escaped quote", "a \\' b", ["a ' b"]],
    ["a continued line in double quotes", 'a "b\\\nc"', ["a bc"]],
    ["an expression in double quotes", 'a "${{ b && "c" }}d"', ['a ${{ b && "c" }}d']],
    ["GitLab's inputs", "a $[[ inputs.b | c ]] d", ["a $[[ inputs.b | c ]] d"]],
    ["an expression that does not end", "a ${{ b && c", ["a ${{ b && c"]],
    ["a sign for comments in a word", "a b#c #d", ["a b#c"]],
    ["a here-string", "a <<< b", ["a b"]],
    ["a here-string that follows at once", "a <<<b", ["a b"]],
    ["a here-document with tabs", "cat <<-EOF\n\tx\n\tEOF\nb", ["cat", "b"]],
    ["a here-document with double quotes", 'cat <<"EOF"\nx\nEOF\nb', ["cat", "b"]],
    ["a here-document with a backslash", "cat <<\\EOF\nx\nEOF\nb", ["cat", "b"]],
    ["a here-document after blanks", "cat << EOF\nx\nEOF\nb", ["cat", "b"]],
    ["two here-documents", "a <<X; b <<Y\n1\nX\n2\nY\nc", ["a", "b", "c"]],
    ["a here-document with a mark of digits and lines", "a <<_E1\n1\n_E1\nb", ["a", "b"]],
    ["a here-document whose mark is within a line", "a <<EOF\nx EOF\nEOF x\nEOF\nb", ["a", "b"]],
    ["a here-document that does not end", "a <<EOF\nb", ["a"]],
    ["a shift, which is no here-document", "a << 1\nb", ["a 1", "b"]],
    ["a here-document for a shell behind sudo", "sudo bash <<EOF\nb\nEOF", ["sudo bash", "b"]],
    ["a here-document for a shell with an option", "bash -o pipefail <<EOF\nb\nEOF", ["bash -o pipefail", "b"]],
    ["a here-document for a shell that turns an option off", "bash +e <<EOF\nb\nEOF", ["bash +e", "b"]],
    ["a here-document that a shell is not given", "cat <<EOF && sh\nb\nEOF", ["cat", "sh"]],
    ["a here-document piped into no shell", "cat <<EOF | tee x\nb\nEOF", ["cat", "tee x"]],
    ["a here-document of what is no cat", "sed x <<EOF | sh\nb\nEOF", ["sed x", "sh"]],
    ["redirections of every kind", "a >b 2>&1 >>c <d >|e &>f", ["a b 2 c d e f"]],
    ["closed and duplicated descriptors", "a >&- >&2- b", ["a b"]],
    ["a command in the background", "a & b", ["a", "b"]],
    ["both outputs in a pipe", "a |& b", ["a", "b"]],
    ["a substitution with parentheses", "a $(b $(c) d) e", ["c", "b $(c) d", "a $(b $(c) d) e"]],
    ["a substitution with a quoted parenthesis", "a $(b ')' c) d", ["b ) c", "a $(b ')' c) d"]],
    ["a backtick alone", "a ` b", ["a ` b"]],
    ["PowerShell in a shell", "pwsh -Command 'a b'", ["a b", "pwsh -Command a b"]],
    ["PowerShell by its old name", "powershell -command 'a b'", ["a b", "powershell -command a b"]],
    ["a shell with other options before", "bash -o pipefail -xc 'a b'", ["a b", "bash -o pipefail -xc a b"]],
    ["a shell that is given a file", "bash -x a.sh", ["bash -x a.sh"]],
    ["a flag -c before the shell", "tool -c 'a b' bash", ["tool -c a b bash"]],
    ["a flag that only looks like -c", "bash -config 'a b'", ["bash -config a b"]],
    ["a flag behind dashes", "bash --rcfile-c 'a b'", ["bash --rcfile-c a b"]],
])("commandsOf reads %s", (_, script, expected) => expect(words(script)).toEqual(expected));

test.each([
    ["npm audit || exit 0", true],
    ["npm audit || exit 00", false],
    ["npm audit || exit", false],
    ["npm audit || echo", true],
    ["npm audit || echoes", false],
    ["npm audit || printf", true],
    ["npm audit || ::", false],
    ["npm audit || run true", false],
    ["npm audit; true", false],
    ["npm audit | true", false],
])("commandsOf knows what %s ends with: %s", (script, expected) =>
    expect(commandsOf(script)[0]?.isFailureIgnored).toBe(expected),
);

test.each([
    ["set -e", true, true],
    ["set -eu", true, true],
    ["set -ue", true, true],
    ["set -o errexit", true, true],
    ["set -eo pipefail", true, false],
    ["set -euo pipefail", true, false],
    ["set -o pipefail", false, false],
    ["set -u", false, true],
    ["set -x -e", true, true],
    ["set -E", false, true],
    ["set errexit pipefail", false, true],
    ["set -o nounset", false, true],
    ["set -- -e", true, true],
    ["reset -e", false, true],
])("after `%s` a failure ends the script: %s, and is lost in a pipe: %s", (set, ends, isLost) => {
    const audit = (line: string) =>
        commandsOf(`${set}\n${line}`, { errexit: false, pipefail: false }).find(({ words: [first] }) => first === "npm")
            ?.isFailureIgnored;
    expect(audit("npm audit\nb")).toBe(!ends);
    expect(audit("npm audit | b\nc")).toBe(isLost || !ends);
});

test.each([
    ["set +e", false, false],
    ["set +o errexit", false, false],
    ["set +o pipefail", true, true],
    ["set +eu", false, false],
    ["set +u", true, false],
])("after `%s` a failure still ends the script: %s, and is lost in a pipe: %s", (set, ends, isLost) => {
    const audit = (line: string) =>
        commandsOf(`${set}\n${line}`).find(({ words: [first] }) => first === "npm")?.isFailureIgnored;
    expect(audit("npm audit\nb")).toBe(!ends);
    expect(audit("npm audit | b\nc")).toBe(isLost || !ends);
});

test.each([
    ["npm audit\ncode=$?", false],
    ["npm audit\necho ${PIPESTATUS[0]}", false],
    ["npm audit\necho $PIPESTATUS", false],
    ["npm audit\necho ?", true],
    ["npm audit && b", false],
    ["npm audit || b", false],
    ["npm audit; b", true],
    ["npm audit", false],
])("without errexit %j loses the result: %s", (script, expected) =>
    expect(commandsOf(script, { errexit: false, pipefail: true })[0]?.isFailureIgnored).toBe(expected),
);

test("commandsOf follows shells in shells five deep", () => {
    const deep = (depth: number): string => (depth === 0 ? "a" : `x $(${deep(depth - 1)})`);
    expect(words(deep(5))).toHaveLength(6);
    expect(words(deep(6))).toHaveLength(6);
    expect(words(deep(5))[0]).toBe("a");
    expect(words(deep(6))[0]).toBe("x $(a)");
});

test("commandsOf reads a thousand words of a command and says what it cut", () => {
    const [whole] = commandsOf("a ".repeat(1_000));
    expect(whole).toMatchObject({ words: { length: 1_000 } });
    expect(whole?.isCut).toBeUndefined();
    const [cut, after] = commandsOf(`${"a ".repeat(1_001)}; b`);
    expect(cut).toMatchObject({ words: { length: 1_000 }, isCut: true });
    expect(after?.isCut).toBeUndefined();
});
