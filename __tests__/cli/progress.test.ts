import { Progress } from "../../cli/progress";

const CLEAR = "\r\u001b[2K";

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

function progressOn(stream: { isTTY?: boolean; columns?: number }) {
    const written: string[] = [];
    return { written, progress: new Progress({ ...stream, write: text => written.push(text) }) };
}

test("says after two seconds what is waited for, and takes that away at the end", () => {
    const { written, progress } = progressOn({ isTTY: true });
    progress.tell("shop/dev", "running the program");
    jest.advanceTimersByTime(1_999);
    expect(written).toEqual([]);
    jest.advanceTimersByTime(1);
    progress.tell("shop/prod", "judging 3 resources");
    jest.advanceTimersByTime(1_000);
    progress.tell("shop/dev", undefined);
    jest.advanceTimersByTime(1_000);
    progress.stop();
    jest.advanceTimersByTime(5_000);
    expect(written).toEqual([
        `${CLEAR}shop/dev: running the program (2 s)`,
        `${CLEAR}shop/dev: running the program; shop/prod: judging 3 resources (3 s)`,
        `${CLEAR}shop/prod: judging 3 resources (4 s)`,
        CLEAR,
    ]);
});

test("keeps to one line of the terminal", () => {
    const { written, progress } = progressOn({ isTTY: true, columns: 20 });
    progress.tell("shop/dev", "running the program");
    jest.advanceTimersByTime(2_000);
    expect(written).toEqual([`${CLEAR}shop/dev: running t`]);
});

test("says nothing of a short check, and nothing where there is no terminal", () => {
    const short = progressOn({ isTTY: true });
    short.progress.tell("shop/dev", "running the program");
    jest.advanceTimersByTime(1_500);
    short.progress.stop();
    const file = progressOn({});
    file.progress.tell("shop/dev", "running the program");
    jest.advanceTimersByTime(9_000);
    file.progress.stop();
    expect([...short.written, ...file.written]).toEqual([]);
});
