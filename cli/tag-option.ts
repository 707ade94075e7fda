import { InvalidArgumentError, Option } from "commander";

/** `--tag name=value`, which may be repeated and gives the tags by name. */
export function tagOption(): Option {
    return new Option("--tag <name=value>", "a tag of the stack; may be repeated")
        .default({}, "none")
        .argParser(addTag);
}

function addTag(text: string, tags: Readonly<Record<string, string>>): Record<string, string> {
    const [name = "", ...value] = text.split("=");
    if (name === "" || value.length === 0) throw new InvalidArgumentError("Expected name=value.");
    return { ...tags, [name]: value.join("=") };
}
