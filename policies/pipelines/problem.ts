import type { FileLocation } from "../kit/report";

/** Something that is wrong at a place of a pipeline. `message` is what a report puts behind the place. */
export interface Problem {
    readonly at: FileLocation;
    readonly message: string;
}
