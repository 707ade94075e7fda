import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Answers } from "../../cli/engine/answers";
import { readEnvironment } from "../../cli/engine/environment";
import { SECRET, SIGNATURE } from "../../policies/kit/wire";

let folder: string;
let file: string;
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "answers-"));
    file = join(folder, "answers.yaml");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (text: string) => writeFileSync(file, text);
const VPC = "aws:ec2/getVpc:getVpc";

describe("recorded answers", () => {
    test("are found by stack, function and arguments, in whatever order these are written", () => {
        const recorded = Answers.read(file, true);
        expect(recorded.add("prod", VPC, { b: [{ d: 1, c: null }], a: true }, { id: "vpc-1" })).toBe(true);
        recorded.write();
        const read = Answers.read(file, false);
        expect(read.find("prod", VPC, { a: true, b: [{ c: null, d: 1 }] })).toEqual({ id: "vpc-1" });
        expect(read.find("dev", VPC, { a: true, b: [{ c: null, d: 1 }] })).toBeUndefined();
        expect(read.find("prod", VPC, { a: true })).toBeUndefined();
        expect(read.find("prod", "aws:ec2/getVpcs:getVpcs", { a: true, b: [{ c: null, d: 1 }] })).toBeUndefined();
    });

    test("are written alike in whatever order they came, and kept beside new ones", () => {
        const one = Answers.read(file, true);
        one.add("prod", VPC, { id: "b" }, { name: "b", arn: "x", cidrBlock: "10.0.0.0/16" });
        one.add("prod", VPC, { id: "a" }, { name: "a" });
        one.write();
        const text = readFileSync(file, "utf8");
        expect(text.indexOf("id: a")).toBeLessThan(text.indexOf("id: b"));
        expect(text).toMatch(/version: 1\nanswers:\n {2}- stack: prod\n {4}function: \S+\n {4}arguments:\n {6}id: a\n/);
        expect(text).toMatch(/ {6}arn: x\n {6}cidrBlock: 10.0.0.0\/16\n {6}name: b\n/);
        rmSync(file);
        const other = Answers.read(file, true);
        other.add("prod", VPC, { id: "a" }, { name: "a" });
        other.write();
        const later = Answers.read(file, true);
        later.add("prod", VPC, { id: "b" }, { cidrBlock: "10.0.0.0/16", arn: "x", name: "b" });
        later.write();
        expect(readFileSync(file, "utf8")).toBe(text);
    });

    test("of one run without news leave the file as it is", () => {
        write("version: 1\nanswers: [] # nothing yet\n");
        Answers.read(file, true).write();
        expect(readFileSync(file, "utf8")).toContain("# nothing yet");
    });

    test.each<[string, string, Parameters<Answers["add"]>[2], Parameters<Answers["add"]>[3]]>([
        ["a function of secrets", "aws:secretsmanager/getSecretVersion:getSecretVersion", {}, { id: "a" }],
        ["a password in a list", VPC, {}, { users: [{ masterPassword: "x" }] }],
        ["a value that is marked", VPC, {}, { value: { [SIGNATURE]: SECRET, value: "x" } }],
        ["a secure parameter", "aws:ssm/getParameter:getParameter", {}, { type: "SecureString", value: "x" }],
        ["an access key under a plain name", VPC, {}, { tags: { a: `AKIA${"Q7WTRNXEG4DPKZ2B"}` } }],
        ["a token among the arguments", VPC, { authToken: "x" }, { id: "a" }],
    ])("with %s are refused", (_, token, args, result) => {
        const answers = Answers.read(file, true);
        expect(answers.add("prod", token, args, result)).toBe(false);
        expect(answers.find("prod", token, args)).toBeUndefined();
    });

    test("with an empty password, as providers report a missing one, are kept", () => {
        expect(Answers.read(file, true).add("prod", VPC, {}, { masterPassword: "" })).toBe(true);
    });

    test.each([
        ["that is not there", undefined, /answers\.yaml: cannot be read \(ENOENT/],
        [
            "that is no YAML",
            "a: [",
            /answers\.yaml is not what --record writes:\n {2}\S+answers\.yaml:1: is no valid YAML: /,
        ],
        ["of a later form", "version: 2\nanswers: []\n", /answers\.yaml:1: version: Invalid input: expected 1\.$/],
        [
            "with a name that nobody knows",
            "version: 1\nanswers:\n  - { stack: a, function: b, result: {}, extra: 1 }\n  - { stack: 7, function: b, result: {} }\n",
            /answers\.yaml:3: answers\.0: Unrecognized key: "extra"\.\n {2}\S+answers\.yaml:4: answers\.1\.stack: Invalid input: /,
        ],
        [
            "with more aliases than anybody needs",
            `a: &a [x]\nb: &b [${"*a, ".repeat(99)}]\nc: &c [${"*b, ".repeat(99)}]\nversion: [${"*c, ".repeat(99)}]\n`,
            /answers\.yaml is not what --record writes:/,
        ],
    ])("in a file %s are refused by its name", (_, text, message) => {
        if (text !== undefined) write(text);
        expect(() => Answers.read(file, false)).toThrow(message);
    });
});

describe("an opened environment", () => {
    test("gives settings, objects as JSON, and variables", () => {
        write(
            '{"pulumiConfig": {"aws:region": "eu-west-1", "size": 3, "rule": {"port": 22}}, "environmentVariables": {"A": "b", "N": 1}, "other": 1}',
        );
        expect(readEnvironment(file)).toEqual({
            config: { "aws:region": "eu-west-1", size: "3", rule: '{"port":22}' },
            variables: { A: "b", N: "1" },
        });
    });

    test.each([
        ["is no YAML", "hidden: [", ":1: is no valid YAML: "],
        [
            "holds a map for a variable",
            "environmentVariables:\n  A: {b: hidden}",
            ":2: environmentVariables.A: Invalid input.",
        ],
        [
            "holds a list for variables",
            "environmentVariables: [hidden]",
            ":1: environmentVariables: Invalid input: expected record, received array.",
        ],
    ])("that %s is refused without a word of what it holds", (_, text, message) => {
        write(text);
        expect(() => readEnvironment(file)).toThrow(message);
        try {
            readEnvironment(file);
        } catch (error) {
            expect((error as Error).message).not.toContain("hidden");
        }
    });
});
