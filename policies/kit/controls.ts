/** A control of a public framework. */
export interface Control {
    /** Framework, such as `AWS Security Hub`. */
    readonly framework: string;
    /** Version of the framework that numbers the control so; empty for a framework that has no versions. */
    readonly version: string;
    /** The control's id, such as `S3.4`. */
    readonly id: string;
    /** The document in which the id was checked. */
    readonly source: string;
}
