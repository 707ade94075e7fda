import type { Aspect, Report } from "../../../kit/report";
import type { Resource } from "../../../kit/resource";
import type { Stack } from "../../../kit/stack";
import type { Value } from "../../../kit/value";
import { ASPECTS } from "./aspects";
import { expectSomewhere, isKeyOf, isOn, isText, type Requirement } from "./requirement";

/** Separate resources by which an account is configured, in the one provider and in the other. */
const NATIVE_SERVICE = /^azure-native:storage(\/v\w+)?:BlobServiceProperties$/;
const CLASSIC_KEY = /^azure:storage\/customerManagedKey:CustomerManagedKey$/;
const CLASSIC_NETWORK = /^azure:storage\/accountNetworkRules:AccountNetworkRules$/;

/** What is asked of an account, in the order of the messages. */
type Requirements = readonly (readonly [Aspect, Requirement])[];

/** Judges an Azure storage account that holds state, of either of Pulumi's providers for Azure. */
export function azureStateJudge(stack: Stack, report: Report) {
    const native = nativeRequirements(stack);
    const classic = classicRequirements(stack);
    return (account: Resource): void => {
        const requirements = account.type.startsWith("azure:") ? classic(account) : native(account);
        for (const [aspect, requirement] of requirements) expectSomewhere(requirement, report.of(aspect));
    };
}

/** Source: Azure REST API, Storage Accounts - Create, and Blob Services. */
function nativeRequirements(stack: Stack): (account: Resource) => Requirements {
    const services = byAccount(stack, NATIVE_SERVICE, ({ props }) => props.get("accountName"));
    return account => {
        const { props } = account;
        const https = props.get("enableHttpsTrafficOnly");
        const service = services(account);
        const ofService = (path: readonly [string, ...string[]], expected: string): Requirement => ({
            places: service.own.map(own => path.reduce((value, key) => value.get(key), own.props)),
            otherwise: props.get("blobServiceProperties"),
            isMet: isOn,
            expected,
            isUnresolved: service.isUnresolved,
        });
        return [
            [ASPECTS.noPublicAccess, at(props.get("allowBlobPublicAccess"), isOff, "false")],
            [ASPECTS.namedPrincipals, at(props.get("allowSharedKeyAccess"), isOff, NO_SHARED_KEY)],
            // True unless set, since version 2019-04-01 of the API.
            ...(https.isMissing ? [] : [[ASPECTS.tlsOnly, at(https, isOn, "true")] as const]),
            [ASPECTS.tlsOnly, at(props.get("minimumTlsVersion"), isNewTls, '"TLS1_2"')],
            [
                ASPECTS.encryption,
                at(
                    props.get("encryption").get("keySource"),
                    is("microsoft.keyvault"),
                    '"Microsoft.Keyvault", a key of your own',
                ),
            ],
            // Without a public endpoint there is nothing for rules to keep away.
            ...(is("disabled")(props.get("publicNetworkAccess"))
                ? []
                : [
                      [
                          ASPECTS.noPublicAccess,
                          at(props.get("networkRuleSet").get("defaultAction"), is("deny"), '"Deny"'),
                      ] as const,
                  ]),
            [
                ASPECTS.versioning,
                ofService(["isVersioningEnabled"], "true, by BlobServiceProperties with isVersioningEnabled"),
            ],
            [
                ASPECTS.retention,
                ofService(
                    ["deleteRetentionPolicy", "enabled"],
                    "true, by BlobServiceProperties with a deleteRetentionPolicy",
                ),
            ],
        ];
    };
}

/**
 * What is on unless it is turned off (HTTPS only, and TLS 1.2 for new accounts) need not be declared.
 *
 * Source: API documentation of @pulumi/azure 6.40, storage.Account, storage.CustomerManagedKey, storage.AccountNetworkRules.
 */
function classicRequirements(stack: Stack): (account: Resource) => Requirements {
    const reference = ({ props }: Resource) => props.get("storageAccountId", "storageAccountName");
    const keys = byAccount(stack, CLASSIC_KEY, reference);
    const networks = byAccount(stack, CLASSIC_NETWORK, reference);
    return account => {
        const { props } = account;
        const https = props.get("httpsTrafficOnlyEnabled", "enableHttpsTrafficOnly");
        const tls = props.get("minTlsVersion");
        const [key, network] = [keys(account), networks(account)];
        const blobs = props.get("blobProperties");
        const ownKey = props.get("customerManagedKey");
        const rules = props.get("networkRules").get("defaultAction");
        return [
            [ASPECTS.noPublicAccess, at(props.get("allowNestedItemsToBePublic"), isOff, "false")],
            [ASPECTS.namedPrincipals, at(props.get("sharedAccessKeyEnabled"), isOff, NO_SHARED_KEY)],
            ...(https.isMissing ? [] : [[ASPECTS.tlsOnly, at(https, isOn, "true")] as const]),
            ...(tls.isMissing ? [] : [[ASPECTS.tlsOnly, at(tls, isNewTls, '"TLS1_2"')] as const]),
            [
                ASPECTS.encryption,
                {
                    places: [
                        ownKey.get("keyVaultKeyId", "managedHsmKeyId"),
                        ...key.own.map(own => own.props.get("keyVaultKeyId", "keyName", "managedHsmKeyId")),
                    ],
                    otherwise: ownKey,
                    isMet: isText,
                    isMetBy: isKeyOf(stack),
                    expected: "a key of your own, by customerManagedKey or a CustomerManagedKey",
                    isUnresolved: key.isUnresolved,
                },
            ],
            ...(isOff(props.get("publicNetworkAccessEnabled"))
                ? []
                : [
                      [
                          ASPECTS.noPublicAccess,
                          {
                              places: [rules, ...network.own.map(own => own.props.get("defaultAction"))],
                              otherwise: rules,
                              isMet: is("deny"),
                              expected: '"Deny", by networkRules or an AccountNetworkRules',
                              isUnresolved: network.isUnresolved,
                          },
                      ] as const,
                  ]),
            [ASPECTS.versioning, at(blobs.get("versioningEnabled"), isOn, "true")],
            [
                ASPECTS.retention,
                // The block alone keeps what was deleted, for 7 days unless it says otherwise.
                at(blobs.get("deleteRetentionPolicy"), value => value.isObject, "a number of days"),
            ],
        ];
    };
}

const NO_SHARED_KEY = "false, so that access is by named identities";

/** The separate resources of a kind that configure an account, and whether others may do so. */
function byAccount(stack: Stack, type: RegExp, reference: (separate: Resource) => Value) {
    const all = stack.whereType(each => type.test(each));
    return (account: Resource) => {
        const found = all.map(separate => ({ separate, isOfThis: stack.refersTo(reference(separate), account) }));
        return {
            own: found.filter(({ isOfThis }) => isOfThis === "yes").map(({ separate }) => separate),
            isUnresolved: found.some(({ isOfThis }) => isOfThis === "unknown"),
        };
    };
}

/** Something that is declared in one place only. */
function at(place: Value, isMet: (value: Value) => boolean, expected: string): Requirement {
    return { places: [place], otherwise: place, isMet, expected };
}

const isOff = (value: Value) => value.boolean() === false;

const is =
    (...words: readonly string[]) =>
    (value: Value) =>
        words.includes(value.string()?.trim().toLowerCase() ?? "");

const isNewTls = is("tls1_2", "tls1_3");
