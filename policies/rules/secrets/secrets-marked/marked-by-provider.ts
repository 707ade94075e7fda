// Written by scripts/secret-properties.mjs from @pulumi/aws 7.48.0.

/** Properties that the provider's SDK marks as secret, a line for each type. */
const LINES = `
aws:acm/certificate:Certificate privateKey privateKeyWo
aws:amplify/app:App accessToken basicAuthCredentials oauthToken
aws:amplify/branch:Branch basicAuthCredentials
aws:apigateway/apiKey:ApiKey value
aws:apigateway/domainName:DomainName certificatePrivateKey
aws:appconfig/hostedConfigurationVersion:HostedConfigurationVersion content
aws:bedrock/agentcoreApiKeyCredentialProvider:AgentcoreApiKeyCredentialProvider apiKey apiKeyWo
aws:bedrock/agentcoreHarness:AgentcoreHarness environmentVariables
aws:cloudcontrol/resource:Resource schema
aws:codebuild/sourceCredential:SourceCredential token
aws:cognito/user:User password temporaryPassword
aws:connect/user:User password
aws:datasync/locationFsxWindows:LocationFsxWindows password
aws:datasync/locationObjectStorage:LocationObjectStorage secretKey
aws:datasync/locationSmb:LocationSmb password
aws:directoryservice/directory:Directory password
aws:directoryservice/radiusSettings:RadiusSettings sharedSecret
aws:directoryservice/sharedDirectory:SharedDirectory notes
aws:dms/certificate:Certificate certificatePem certificateWallet
aws:dms/endpoint:Endpoint password
aws:docdb/cluster:Cluster masterPassword masterPasswordWo
aws:docdb/elasticCluster:ElasticCluster adminUserPassword
aws:ec2/vpnConnection:VpnConnection tunnel1PresharedKey tunnel2PresharedKey
aws:elasticache/replicationGroup:ReplicationGroup authToken authTokenWo
aws:elasticache/user:User passwords passwordsWo
aws:fsx/ontapFileSystem:OntapFileSystem fsxAdminPassword
aws:fsx/ontapStorageVirtualMachine:OntapStorageVirtualMachine svmAdminPassword
aws:glue/connection:Connection athenaProperties connectionProperties
aws:iam/serverCertificate:ServerCertificate privateKey
aws:iot/authorizer:Authorizer tokenSigningPublicKeys
aws:iot/caCertificate:CaCertificate caCertificatePem verificationCertificatePem
aws:iot/certificate:Certificate caPem certificatePem
aws:kms/ciphertext:Ciphertext plaintext plaintextWo
aws:kms/externalKey:ExternalKey keyMaterialBase64
aws:kms/replicaExternalKey:ReplicaExternalKey keyMaterialBase64
aws:lightsail/database:Database masterPassword
aws:mwaa/environment:Environment airflowConfigurationOptions
aws:pinpoint/admChannel:AdmChannel clientId clientSecret
aws:pinpoint/apnsChannel:ApnsChannel bundleId certificate privateKey teamId tokenKey tokenKeyId
aws:pinpoint/apnsSandboxChannel:ApnsSandboxChannel bundleId certificate privateKey teamId tokenKey tokenKeyId
aws:pinpoint/apnsVoipChannel:ApnsVoipChannel bundleId certificate privateKey teamId tokenKey tokenKeyId
aws:pinpoint/apnsVoipSandboxChannel:ApnsVoipSandboxChannel bundleId certificate privateKey teamId tokenKey tokenKeyId
aws:pinpoint/baiduChannel:BaiduChannel apiKey secretKey
aws:pinpoint/gcmChannel:GcmChannel apiKey serviceJson
aws:rds/cluster:Cluster masterPassword masterPasswordWo
aws:rds/instance:Instance password passwordWo
aws:redshift/cluster:Cluster masterPassword masterPasswordWo
aws:redshift/hsmConfiguration:HsmConfiguration hsmPartitionPassword
aws:redshiftserverless/namespace:Namespace adminUserPassword adminUserPasswordWo adminUsername
aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration token
aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2 token
aws:s3/bucketReplicationConfig:BucketReplicationConfig token
aws:s3/objectCopy:ObjectCopy customerKey kmsEncryptionContext kmsKeyId sourceCustomerKey
aws:secretsmanager/secretVersion:SecretVersion secretBinary secretString secretStringWo
aws:sns/platformApplication:PlatformApplication platformCredential platformPrincipal
aws:ssm/parameter:Parameter value valueWo
aws:storagegateway/fileSystemAssociation:FileSystemAssociation password
aws:storagegateway/gateway:Gateway smbGuestPassword
aws:timestreaminfluxdb/dbCluster:DbCluster password
aws:timestreaminfluxdb/dbInstance:DbInstance password
aws:transfer/certificate:Certificate certificate certificateChain privateKey
aws:transfer/hostKey:HostKey hostKeyBody hostKeyBodyWo
aws:transfer/server:Server hostKey postAuthenticationLoginBanner preAuthenticationLoginBanner
aws:workmail/user:User password
pulumi:providers:aws accessKey secretKey token
kubernetes:core/v1:Secret data stringData
`;

/** Properties that their provider keeps secret, by type. */
export const MARKED_BY_PROVIDER: ReadonlyMap<string, readonly string[]> = new Map(
    LINES.trim()
        .split("\n")
        .map(line => line.split(" "))
        .map(([type = "", ...properties]) => [type, properties]),
);
