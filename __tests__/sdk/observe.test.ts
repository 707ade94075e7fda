import { observe } from "../../policies/sdk/observe";

interface Request {
    getUrn(): string;
}

function methodWith(...observers: ((request: Request) => void)[]): { requestDeserialize(bytes: Buffer): Request } {
    const method = { requestDeserialize: (bytes: Buffer): Request => ({ getUrn: () => bytes.toString() }) };
    for (const see of observers) observe(method, see);
    return method;
}

test("each observer is told of a request, the first one first", () => {
    const told: string[] = [];
    const method = methodWith(
        request => told.push(`first ${request.getUrn()}`),
        request => told.push(`second ${request.getUrn()}`),
    );
    expect(method.requestDeserialize(Buffer.from("a")).getUrn()).toBe("a");
    expect(told).toEqual(["first a", "second a"]);
});

test("the error of one is the answer to whoever reads the request, another observer among them", () => {
    const method = methodWith(
        () => {
            throw new Error("two profiles for one stack");
        },
        request => request.getUrn(),
    );
    const request = method.requestDeserialize(Buffer.from("a"));
    expect(() => request.getUrn()).toThrow("two profiles for one stack");
});
