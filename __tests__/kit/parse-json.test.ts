import { parseJson } from "../../policies/kit/parse-json";

test("gives the value of what is JSON", () => {
    const text = ' {"a": [1, -2.5e3, "\\u00e4\\n", true, false, null, {}, []], "b": ""}\n';
    expect(parseJson(text)).toEqual(JSON.parse(text));
});

test.each([
    ["nothing", "", 1, 1],
    ["white space", " \n ", 2, 2],
    ["a text without quotes", '{"password": hunter2}', 1, 14],
    ["a text without its end", '{"password": "hunter2', 1, 14],
    ["a line break in a text", '{"password": "hunter2\n"}', 1, 14],
    ["an escape that there is not", '{"password": "hunter\\2"}', 1, 14],
    ["an end of a number", "[12hunter2]", 1, 2],
    ["two values", '{"a": 1}\n{"password": "hunter2"}', 2, 1],
    ["a key without a value", '{"hunter2"}', 1, 11],
    ["a value without a comma before it", '["a" "hunter2"]', 1, 6],
    ["no key before a colon", '{: "hunter2"}', 1, 2],
    ["a number as a key", '{"a": 1, 2: "hunter2"}', 1, 10],
    ["a comma at the end of a list", '["hunter2",]', 1, 12],
    ["a comma at the end of a map", '{\n"a": "hunter2",\n}', 3, 1],
    ["another bracket than was opened", '[[{"a": "hunter2"}}', 1, 19],
    ["no end", '[{"a": [{}, []]', 1, 16],
    ["one end too many", '[["hunter2"]]]', 1, 14],
    ["another program's text", "%hunter2", 1, 1],
    // What is read over before the fault.
    ["a fault behind a map with a value", '[{"a": 1}, hunter2]', 1, 12],
    ["a fault behind a list with a value", '[["a", 2], hunter2]', 1, 12],
    ["a fault behind an empty map", "[{}, hunter2]", 1, 6],
    ["a fault behind an empty list", "[[], hunter2]", 1, 6],
    ["a fault behind a text with a blank", '["a b", hunter2]', 1, 9],
    ["a fault behind tabs and returns", "[1,\t\r\n  hunter2]", 2, 3],
    ...["0", "-0", "10", "-1.25", "1e9", "1E+9", "2.5e-10", "true", "false", "null"].map(
        (token): [string, string, number, number] => [
            `a fault behind ${token}`,
            `[${token}, hunter2]`,
            1,
            token.length + 4,
        ],
    ),
    ...['\\"', "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u00e4", "\\uABCD"].map(
        (sequence): [string, string, number, number] => [
            `a fault behind ${sequence}`,
            `["${sequence}", hunter2]`,
            1,
            sequence.length + 6,
        ],
    ),
    ["a number with a zero before it", "[012]", 1, 2],
    ["a number with a point and nothing behind", "[1.]", 1, 2],
    ["a name that goes on", "[nullable]", 1, 2],
    ["an escape that is too short", '["\\u00g0"]', 1, 2],
])("says where what is no JSON begins and shows nothing of it: %s", (_, text, line, column) => {
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
    expect(() => parseJson(text)).toThrow(new SyntaxError(`no JSON from line ${line}, column ${column} on`));
});

test("texts of megabytes", () => {
    expect(() => parseJson(`{"a": "${"x".repeat(10_000_000)}", b}`)).toThrow("column 10000011 on");
});
