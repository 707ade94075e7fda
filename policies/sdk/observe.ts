/**
 * Lets `see` look at each request of a method before the SDK acts on it. An error that it throws becomes the answer.
 *
 * Must be called before the pack is served; of several observers the first is told first.
 */
export function observe<Request extends object>(
    method: { requestDeserialize(bytes: Buffer): Request },
    see: (request: Request) => void,
): void {
    const { requestDeserialize } = method;
    method.requestDeserialize = bytes => {
        const request = requestDeserialize(bytes);
        try {
            see(request);
            return request;
        } catch (error) {
            return unreadable(request, error);
        }
    };
}

/**
 * A request that throws as soon as it is read. gRPC hides why a request could not be deserialised; what the SDK's handler
 * throws it hands on.
 */
function unreadable<Request extends object>(request: Request, error: unknown): Request {
    return new Proxy(request, {
        get(target, property) {
            if (property === "then" || typeof property === "symbol") return Reflect.get(target, property);
            throw error;
        },
    });
}
