// @ts-check
const { resourceRule, z } = require("pulumi-security-baseline");

/** An example to replace: functions run on the runtimes that the platform team looks after. */
exports.rule = resourceRule({
    name: "functions-supported-runtime",
    title: "Functions run on supported runtimes",
    description: "Lambda functions must run on a runtime that the platform team looks after.",
    severity: "medium",
    enforcementLevel: "advisory",
    tags: ["aws", "lambda"],
    controls: [],
    remediationSteps: ["Set `runtime` to a supported one."],
    url: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
    settings: z.strictObject({
        runtimes: z.array(z.string()).default(["nodejs22.x", "python3.13"]).describe("The supported runtimes."),
    }),
    types: ["aws:lambda/function:Function"],
    judge(resource, { runtimes }, report) {
        const runtime = resource.props.get("runtime");
        if (runtime.isUnknown) {
            report.undetermined(runtime, "is not known before the update.");
            return;
        }
        const name = runtime.string();
        // A function in a container image has no runtime.
        if (name === undefined || runtimes.includes(name)) return;
        report.violation(runtime, `is ${name}; expected one of ${runtimes.join(", ")}.`);
    },
});
