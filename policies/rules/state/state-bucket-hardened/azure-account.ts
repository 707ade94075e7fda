import type { Aspect, Report } from "../../../kit/report";
import type { Resource } from "../../../kit/resource";
import type { Stack } from "../../../kit/stack";
import type { Value } from "../../../kit/value";
import { ASPECTS } from "./aspects";
import { ask, isOn } from "./requirement";

const SERVICE = /^azure-native:storage(\/v\w+)?:BlobServiceProperties$/;

/** Judges an Azure storage account that holds state. Source: Azure REST API, Storage Accounts - Create, and Blob Services. */
export function azureStateJudge(stack: Stack, report: Report) {
    const services = stack.resources.filter(({ type }) => SERVICE.test(type));
    return (account: Resource): void => {
        const { props } = account;
        const one = (aspect: Aspect, place: Value, expected: string, isMet: (value: Value) => boolean) =>
            ask({ places: [place], otherwise: place, isMet, expected }, report.of(aspect));
        one(ASPECTS.noPublicAccess, props.get("allowBlobPublicAccess"), "false", isOff);
        one(
            ASPECTS.namedPrincipals,
            props.get("allowSharedKeyAccess"),
            "false, so that access is by named identities",
            isOff,
        );
        // True unless set, since version 2019-04-01 of the API.
        const https = props.get("enableHttpsTrafficOnly");
        if (!https.isMissing) one(ASPECTS.tlsOnly, https, "true", isOn);
        one(ASPECTS.tlsOnly, props.get("minimumTlsVersion"), '"TLS1_2"', is("tls1_2", "tls1_3"));
        one(
            ASPECTS.encryption,
            props.get("encryption").get("keySource"),
            '"Microsoft.Keyvault", a key of your own',
            is("microsoft.keyvault"),
        );
        // Without a public endpoint there is nothing for rules to keep away.
        if (!is("disabled")(props.get("publicNetworkAccess"))) {
            one(ASPECTS.noPublicAccess, props.get("networkRuleSet").get("defaultAction"), '"Deny"', is("deny"));
        }

        const isOfThis = (service: Resource) => stack.refersTo(service.props.get("accountName"), account);
        const own = services.filter(service => isOfThis(service) === "yes");
        const isUnresolved = services.some(service => isOfThis(service) === "unknown");
        const ofService = (aspect: Aspect, path: readonly [string, ...string[]], expected: string) =>
            ask(
                {
                    places: own.map(service => path.reduce((value, key) => value.get(key), service.props)),
                    otherwise: props.get("blobServiceProperties"),
                    isMet: isOn,
                    expected,
                    isUnresolved,
                },
                report.of(aspect),
            );
        ofService(
            ASPECTS.versioning,
            ["isVersioningEnabled"],
            "true, by BlobServiceProperties with isVersioningEnabled",
        );
        ofService(
            ASPECTS.retention,
            ["deleteRetentionPolicy", "enabled"],
            "true, by BlobServiceProperties with a deleteRetentionPolicy",
        );
    };
}

const isOff = (value: Value) => value.boolean() === false;

const is =
    (...words: readonly string[]) =>
    (value: Value) =>
        words.includes(value.string()?.trim().toLowerCase() ?? "");
