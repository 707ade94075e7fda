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
