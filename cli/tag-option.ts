import { InvalidArgumentError, Option } from "commander";

/** `--tag name=value`, which may be repeated and gives the tags by name. */
export function tagOption(): Option {
    return pairsOption("--tag <name=value>", "a tag of the stack; may be repeated");
}

/** An option that may be repeated and gives values by name. */
export function pairsOption(flags: string, description: string): Option {
    return new Option(flags, description).default({}, "none").argParser(addPair);
}

function addPair(text: string, pairs: Readonly<Record<string, string>>): Record<string, string> {
    const [name = "", ...value] = text.split("=");
    if (name === "" || value.length === 0) throw new InvalidArgumentError("Expected name=value.");
    return { ...pairs, [name]: value.join("=") };
}
