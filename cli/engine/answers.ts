import { existsSync, writeFileSync } from "node:fs";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { stringify } from "yaml";
import { z } from "zod";
import { secretIn } from "../../policies/kit/secret-patterns";
import { isFields, SIGNATURE } from "../../policies/kit/wire";
import { readDataFile } from "./data-file";

type Fields = Readonly<Record<string, JavaScriptValue>>;

/** By this name the outputs of another stack are kept; its argument is `name`, its result has `outputs`. */
export const STACK_REFERENCE = "pulumi:pulumi:StackReference";

const Recorded = z.strictObject({
    version: z.literal(1),
    answers: z.array(
        z.strictObject({
            /** The stack whose program asks. */
            stack: z.string(),
            function: z.string(),
            arguments: z.record(z.string(), z.json()).default({}),
            result: z.record(z.string(), z.json()),
        }),
    ),
});

type Answer = z.output<typeof Recorded>["answers"][number];

const HEAD = `# What providers' functions answered, for \`security-baseline check --answers\`. Written by --record; keep it with the program.
# Outputs of another stack stand here as \`${STACK_REFERENCE}\`: its argument is \`name\`, its result has \`outputs\`.
`;

/** Names of properties that hold secrets, whatever they are. */
const SECRET_NAME = /secret|passw|token|credential|private_?key/i;

/** What providers' functions and other stacks answer to the programs of stacks, kept in a file as a lockfile keeps versions. */
export class Answers {
    private readonly byQuestion = new Map<string, Answer>();
    private hasNews = false;

    private constructor(
        private readonly file: string,
        /** Whether providers are to be asked what the file does not hold. */
        readonly isRecording: boolean,
    ) {}

    /** Reads a file; while recording it need not be there. Throws `FileError`. */
    static read(file: string, isRecording: boolean): Answers {
        const answers = new Answers(file, isRecording);
        if (isRecording && !existsSync(file)) return answers;
        for (const answer of readDataFile(file, Recorded, "what --record writes").answers) {
            answers.byQuestion.set(questionOf(answer.stack, answer.function, answer.arguments as Fields), answer);
        }
        return answers;
    }

    find(stack: string, token: string, args: Fields): Fields | undefined {
        return this.byQuestion.get(questionOf(stack, token, args))?.result as Fields | undefined;
    }

    /** Keeps an answer. Refuses one that holds a secret: gives false, and keeps nothing. */
    add(stack: string, token: string, args: Fields, result: Fields): boolean {
        if (/secret|password|token|credential/i.test(token) || holdsSecret(args) || holdsSecret(result)) return false;
        const answer = { stack, function: token, arguments: args, result } as Answer;
        this.byQuestion.set(questionOf(stack, token, args), answer);
        this.hasNews = true;
        return true;
    }

    /** Writes the file anew, in an order that does not depend on the run, if anything was added. */
    write(): void {
        if (!this.hasNews) return;
        const questions = [...this.byQuestion].sort(([a], [b]) => (a < b ? -1 : 1));
        const answers = questions.map(([, answer]) => answer);
        const text = stringify({ version: 1, answers }, { sortMapEntries: inOrder, aliasDuplicateObjects: false });
        writeFileSync(this.file, HEAD + text);
    }
}

/** The order of an answer's own keys; all other names are in that of the alphabet. */
const KEYS = ["version", "answers", "stack", "function", "arguments", "result"];

function inOrder({ key: a }: { key: unknown }, { key: b }: { key: unknown }): number {
    const [first, second] = [String(a), String(b)].map(key => `${KEYS.includes(key) ? KEYS.indexOf(key) : ""}${key}`);
    return (first ?? "") < (second ?? "") ? -1 : 1;
}

function questionOf(stack: string, token: string, args: Fields): string {
    return JSON.stringify([stack, token, sorted(args)]);
}

function sorted(value: JavaScriptValue): JavaScriptValue {
    if (Array.isArray(value)) return value.map(sorted);
    if (!isFields(value)) return value;
    const entries = Object.entries(value as Fields).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

/** Whether a value is marked as secret, stands under the name of one, or has the form of one. */
function holdsSecret(value: JavaScriptValue, name = ""): boolean {
    if (typeof value === "string") return value !== "" && (SECRET_NAME.test(name) || secretIn(value) !== undefined);
    if (Array.isArray(value)) return value.some(item => holdsSecret(item, name));
    if (!isFields(value)) return false;
    const fields = value as Fields;
    // AWS Systems Manager keeps secrets among parameters, whose value bears no name of its own.
    if (SIGNATURE in fields || fields.type === "SecureString") return true;
    return Object.entries(fields).some(([key, item]) => holdsSecret(item, key));
}
