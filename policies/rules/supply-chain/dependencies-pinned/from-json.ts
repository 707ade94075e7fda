/** A place in parsed JSON; reading is always safe. For what is too large for `FileValue`, which knows lines. */
export class FromJson {
    private constructor(private readonly raw: unknown) {}

    /** Undefined for what is no JSON. Throws nothing. */
    static parse(text: string): FromJson | undefined {
        try {
            return new FromJson(JSON.parse(text));
        } catch {
            return undefined;
        }
    }

    get isMap(): boolean {
        return typeof this.raw === "object" && this.raw !== null && !Array.isArray(this.raw);
    }

    get(name: string): FromJson {
        const isOwn = this.isMap && Object.hasOwn(this.raw as object, name);
        return new FromJson(isOwn ? (this.raw as Record<string, unknown>)[name] : undefined);
    }

    entries(): [string, FromJson][] {
        return this.isMap ? Object.entries(this.raw as object).map(([name, value]) => [name, new FromJson(value)]) : [];
    }

    text(): string | undefined {
        return typeof this.raw === "string" ? this.raw : undefined;
    }

    get isTrue(): boolean {
        return this.raw === true;
    }
}
