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
])("says where what is no JSON begins and shows nothing of it: %s", (_, text, line, column) => {
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
    expect(() => parseJson(text)).toThrow(new SyntaxError(`no JSON from line ${line}, column ${column} on`));
});

test("texts of megabytes", () => {
    expect(() => parseJson(`{"a": "${"x".repeat(10_000_000)}", b}`)).toThrow("column 10000011 on");
});
