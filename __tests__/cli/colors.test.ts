import { isColored } from "../../cli/colors";

test.each([
    ["a terminal", {}, true, true],
    ["a file", {}, undefined, false],
    ["a file in CI", { CI: "true" }, undefined, false],
    ["a terminal whose user wants none", { NO_COLOR: "1" }, true, false],
    ["a terminal with an empty NO_COLOR", { NO_COLOR: "" }, true, true],
    ["a terminal that can none", { TERM: "dumb" }, true, false],
    ["a file, if that is forced", { FORCE_COLOR: "1" }, false, true],
    ["a terminal, if that is forbidden", { FORCE_COLOR: "0" }, true, false],
    ["both set", { FORCE_COLOR: "1", NO_COLOR: "1" }, true, false],
])("%s is coloured or not", (_, env, isTTY, expected) => expect(isColored({ env, isTTY })).toBe(expected));
