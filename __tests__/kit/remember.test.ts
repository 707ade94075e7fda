import { remembering } from "../../policies/kit/remember";

test("answers once for each text, also where the answer is nothing", () => {
    const asked: string[] = [];
    const answer = remembering(text => {
        asked.push(text);
        return text === "" ? undefined : text.length;
    });
    expect([answer("ab"), answer(""), answer("ab"), answer("")]).toEqual([2, undefined, 2, undefined]);
    expect(asked).toEqual(["ab", ""]);
});

test("keeps no more than a thousand answers, and answers all the same", () => {
    let asked = 0;
    const answer = remembering(text => {
        asked += 1;
        return text.length;
    });
    const texts = Array.from({ length: 1_001 }, (_, index) => "a".repeat(index));
    for (let round = 0; round < 2; round += 1) for (const text of texts) expect(answer(text)).toBe(text.length);
    expect(asked).toBe(1_002);
});
