import { rules } from "../../policies/rules";
import { type Input, inputsOfAllTypes } from "../support/provider-types";
import { judgeResource, judgeStack } from "../support/test-rule";

/** Properties that protect a resource from deletion, or take its protection or its contents away. */
const OF_DELETION =
    /^(force(Destroy|Delete)|skip(Destroy|Final\w*|DeletionCheck)|\w*([dD]elet\w+|[tT]erminat\w+)Protection\w*|disableApiTermination|final(Snapshot|Backup)\w*|permanentDeletion\w*|(deletion|recovery)Window\w*|delete[A-Z]\w*|retain[A-Z]\w*|preserve|closeOnDeletion|dataDeletionPolicy)$/;

/** Values of which each such property takes one that protects less than another. */
const VALUES_OF_DELETION = [true, false, 0, "", "DELETE_CHILD_VOLUMES_AND_SNAPSHOTS"];

/** Texts that may be a policy document. */
const OF_POLICY = /polic(y|ies)(Document|Body|Template|Text)?$/i;

const OPEN_POLICY = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }],
});

/** Properties that no rule judges, by the reason. */
const DELETION_LEFT: Readonly<Record<string, readonly string[]>> = {
    "keeps the resource in the cloud where it is set, and otherwise what the deletion asked for happens": [
        "aws:bedrock/evaluationJob:EvaluationJob.skipDestroy",
        "aws:bedrock/guardrailVersion:GuardrailVersion.skipDestroy",
        "aws:bedrockmodel/invocationJob:InvocationJob.skipDestroy",
        "aws:cloudformation/stackInstances:StackInstances.retainStacks",
        "aws:cloudformation/stackSetInstance:StackSetInstance.retainStack",
        "aws:cloudfront/distribution:Distribution.retainOnDelete",
        "aws:cloudwatch/logGroup:LogGroup.skipDestroy",
        "aws:directconnect/connection:Connection.skipDestroy",
        "aws:ec2/volumeAttachment:VolumeAttachment.skipDestroy",
        "aws:ecs/taskDefinition:TaskDefinition.skipDestroy",
        "aws:eks/addon:Addon.preserve",
        "aws:eks/capability:Capability.deletePropagationPolicy",
        "aws:imagebuilder/component:Component.skipDestroy",
        "aws:lambda/function:Function.skipDestroy",
        "aws:lambda/layerVersion:LayerVersion.skipDestroy",
        "aws:lambda/layerVersionPermission:LayerVersionPermission.skipDestroy",
        "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig.skipDestroy",
        "aws:mq/configuration:Configuration.skipDestroy",
        "aws:organizations/policy:Policy.skipDestroy",
        "aws:organizations/policyAttachment:PolicyAttachment.skipDestroy",
        "aws:rds/optionGroup:OptionGroup.skipDestroy",
        "aws:rds/parameterGroup:ParameterGroup.skipDestroy",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock.skipDestroy",
        "aws:servicecatalog/provisionedProduct:ProvisionedProduct.retainPhysicalResources",
        "aws:servicequotas/templateAssociation:TemplateAssociation.skipDestroy",
        "aws:shield/subscription:Subscription.skipDestroy",
    ],
    "takes along what the same program makes again, or what is a copy": [
        "aws:athena/workgroup:Workgroup.forceDestroy",
        "aws:autoscaling/group:Group.forceDelete",
        "aws:bedrock/agentDataSource:AgentDataSource.dataDeletionPolicy",
        "aws:cloudwatch/eventRule:EventRule.forceDestroy",
        "aws:cloudwatch/eventTarget:EventTarget.forceDestroy",
        "aws:codebuild/reportGroup:ReportGroup.deleteReports",
        "aws:dataexchange/revisionAssets:RevisionAssets.forceDestroy",
        "aws:directoryservice/trust:Trust.deleteAssociatedConditionalForwarder",
        "aws:ec2/defaultSubnet:DefaultSubnet.forceDestroy",
        "aws:ec2/defaultVpc:DefaultVpc.forceDestroy",
        "aws:ecs/service:Service.forceDelete",
        "aws:ecs/taskSet:TaskSet.forceDelete",
        "aws:elasticbeanstalk/applicationVersion:ApplicationVersion.forceDelete",
        "aws:fms/policy:Policy.deleteAllPolicyResources",
        "aws:fms/policy:Policy.deleteUnusedFmManagedResources",
        "aws:fsx/dataRepositoryAssociation:DataRepositoryAssociation.deleteDataInFilesystem",
        "aws:iam/user:User.forceDestroy",
        "aws:redshift/endpointAuthorization:EndpointAuthorization.forceDelete",
        "aws:redshift/snapshotSchedule:SnapshotSchedule.forceDestroy",
        "aws:sagemaker/trainingJob:TrainingJob.deleteModelPackagesOnDestroy",
        "aws:sagemaker/trainingJob:TrainingJob.deleteVpcEnisOnDestroy",
        "aws:servicediscovery/service:Service.forceDestroy",
        "aws:synthetics/canary:Canary.deleteLambda",
        "aws:workmail/organization:Organization.deleteIdentityCenterApplication",
    ],
    "belongs to servers that come and go by design": [
        "aws:ec2/launchTemplate:LaunchTemplate.disableApiTermination",
        "aws:ec2/spotInstanceRequest:SpotInstanceRequest.disableApiTermination",
        "aws:ec2/spotInstanceRequest:SpotInstanceRequest.forceDestroy",
    ],
    "belongs to databases with deletion protection, which rds-deletion-protection-required asks for: nothing is deleted while it is on":
        [
            "aws:docdb/cluster:Cluster.finalSnapshotIdentifier",
            "aws:docdb/cluster:Cluster.skipFinalSnapshot",
            "aws:neptune/cluster:Cluster.finalSnapshotIdentifier",
            "aws:neptune/cluster:Cluster.skipFinalSnapshot",
            "aws:neptune/clusterInstance:ClusterInstance.skipFinalSnapshot",
            "aws:rds/cluster:Cluster.deleteAutomatedBackups",
            "aws:rds/cluster:Cluster.finalSnapshotIdentifier",
            "aws:rds/cluster:Cluster.skipFinalSnapshot",
            "aws:rds/clusterInstance:ClusterInstance.forceDestroy",
            "aws:rds/globalCluster:GlobalCluster.forceDestroy",
            "aws:rds/instance:Instance.deleteAutomatedBackups",
            "aws:rds/instance:Instance.finalSnapshotIdentifier",
            "aws:rds/instance:Instance.skipFinalSnapshot",
        ],
    "is judged by another property: whether the last copy is skipped": [
        "aws:lightsail/database:Database.finalSnapshotName",
        "aws:redshift/cluster:Cluster.finalSnapshotIdentifier",
    ],
    "is judged where the deployment has backups at all": ["aws:fsx/lustreFileSystem:LustreFileSystem.skipFinalBackup"],
};

/** Texts named policy that no rule judges, by the reason. */
const POLICIES_LEFT: Readonly<Record<string, readonly string[]>> = {
    "guards what the network or signing in by other means guards as well, as the page of resource-policies-not-public says":
        [
            "aws:apigateway/domainName:DomainName.policy",
            "aws:apigateway/restApi:RestApi.policy",
            "aws:apigateway/restApiPolicy:RestApiPolicy.policy",
            "aws:ec2/vpcEndpoint:VpcEndpoint.policy",
            "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy.policy",
            "aws:odb/network:Network.kmsPolicyDocument",
            "aws:odb/network:Network.s3PolicyDocument",
            "aws:odb/network:Network.stsPolicyDocument",
            "aws:vpclattice/authPolicy:AuthPolicy.policy",
        ],
    "is for everyone by design": ["aws:ecrpublic/repositoryPolicy:RepositoryPolicy.policy"],
    "has a note, since what guards the domain is another resource's": [
        "aws:elasticsearch/domainPolicy:DomainPolicy.accessPolicies",
        "aws:opensearch/domainPolicy:DomainPolicy.accessPolicies",
    ],
    "is public only where the access point's own block is turned off, which no-public-s3-buckets reads": [
        "aws:s3/accessPoint:AccessPoint.policy",
    ],
    "cannot make a bucket on Outposts public, as the page of no-public-s3-buckets says": [
        "aws:s3control/bucketPolicy:BucketPolicy.policy",
    ],
    "takes away from the permissions of a role, and grants none": [
        "aws:eks/podIdentityAssociation:PodIdentityAssociation.policy",
        "aws:rolesanywhere/profile:Profile.sessionPolicy",
        "aws:transfer/access:Access.policy",
        "aws:transfer/user:User.policy",
    ],
    "grants within one service, in the service's own terms": [
        "aws:iot/policy:Policy.policy",
        "aws:opensearch/serverlessAccessPolicy:ServerlessAccessPolicy.policy",
        "aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy.policy",
        "aws:verifiedaccess/endpoint:Endpoint.policyDocument",
        "aws:verifiedaccess/group:Group.policyDocument",
    ],
    "says what a share allows, and not to whom": ["aws:ram/permission:Permission.policyTemplate"],
    "protects data, or a stack, and lets nobody in": [
        "aws:cfg/organizationCustomPolicyRule:OrganizationCustomPolicyRule.policyText",
        "aws:cloudformation/stack:Stack.policyBody",
        "aws:cloudwatch/logAccountPolicy:LogAccountPolicy.policyDocument",
        "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy.policyDocument",
        "aws:cloudwatch/logIndexPolicy:LogIndexPolicy.policyDocument",
        "aws:sns/dataProtectionPolicy:DataProtectionPolicy.policy",
        "aws:workspacesweb/browserSettings:BrowserSettings.browserPolicy",
    ],
    "is no policy of access: lifecycles, routes, retries, protocols and the like": [
        "aws:alb/listener:Listener.alpnPolicy",
        "aws:alb/listener:Listener.sslPolicy",
        "aws:alb/loadBalancer:LoadBalancer.dnsRecordClientRoutingPolicy",
        "aws:apigateway/domainName:DomainName.securityPolicy",
        "aws:apigateway/restApi:RestApi.securityPolicy",
        "aws:bedrock/agentDataSource:AgentDataSource.dataDeletionPolicy",
        "aws:dlm/lifecyclePolicy:LifecyclePolicy.defaultPolicy",
        "aws:ec2/fleet:Fleet.excessCapacityTerminationPolicy",
        "aws:ec2/spotFleetRequest:SpotFleetRequest.excessCapacityTerminationPolicy",
        "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate.lifecyclePolicy",
        "aws:eks/capability:Capability.deletePropagationPolicy",
        "aws:emr/instanceGroup:InstanceGroup.autoscalingPolicy",
        "aws:fsx/lustreFileSystem:LustreFileSystem.autoImportPolicy",
        "aws:fsx/ontapVolume:OntapVolume.snapshotPolicy",
        "aws:gamelift/fleet:Fleet.newGameSessionProtectionPolicy",
        "aws:gamelift/gameServerGroup:GameServerGroup.gameServerProtectionPolicy",
        "aws:kendra/index:Index.userContextPolicy",
        "aws:lb/listener:Listener.alpnPolicy",
        "aws:lb/listener:Listener.sslPolicy",
        "aws:lb/loadBalancer:LoadBalancer.dnsRecordClientRoutingPolicy",
        "aws:mailmanager/ingressPoint:IngressPoint.tlsPolicy",
        "aws:networkmanager/coreNetwork:CoreNetwork.basePolicyDocument",
        "aws:networkmanager/coreNetworkPolicyAttachment:CoreNetworkPolicyAttachment.policyDocument",
        "aws:opensearch/serverlessLifecyclePolicy:ServerlessLifecyclePolicy.policy",
        "aws:ses/receiptFilter:ReceiptFilter.policy",
        "aws:ses/receiptRule:ReceiptRule.tlsPolicy",
        "aws:sns/topic:Topic.archivePolicy",
        "aws:sns/topic:Topic.deliveryPolicy",
        "aws:sns/topicSubscription:TopicSubscription.deliveryPolicy",
        "aws:sns/topicSubscription:TopicSubscription.filterPolicy",
        "aws:sns/topicSubscription:TopicSubscription.redrivePolicy",
        "aws:sns/topicSubscription:TopicSubscription.replayPolicy",
        "aws:sqs/queue:Queue.redriveAllowPolicy",
        "aws:sqs/queue:Queue.redrivePolicy",
        "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy.redriveAllowPolicy",
        "aws:sqs/redrivePolicy:RedrivePolicy.redrivePolicy",
        "aws:storagegateway/nfsFileShare:NfsFileShare.notificationPolicy",
        "aws:storagegateway/smbFileShare:SmbFileShare.notificationPolicy",
        "aws:transfer/webApp:WebApp.webAppEndpointPolicy",
    ],
};

/** Whether a rule finds something in a property that has one of the values. */
function isJudged({ type, property }: Input, values: readonly unknown[]): boolean {
    const isFound = (violations: readonly string[]) => violations.some(text => text.includes(`, ${property}`));
    return values.some(value => {
        const resource = { type, props: { [property]: value } };
        return rules.some(rule => {
            if (rule.scope === "stack") return isFound(judgeStack(rule, [resource]).violations);
            if (rule.scope !== "resource" || (rule.types !== "all" && !rule.types.includes(type))) return false;
            const settings = rule.name === "deletion-protection-required" ? { resourceTypes: ["aws:*"] } : {};
            return isFound(judgeResource(rule, resource, settings).violations);
        });
    });
}

const notJudged = (wanted: (input: Input) => boolean, values: readonly unknown[]) =>
    inputsOfAllTypes()
        .filter(input => wanted(input) && !isJudged(input, values))
        .map(({ type, property }) => `${type}.${property}`)
        .sort();

test("each property of the provider that protects from deletion, or undoes that, is judged or left for a reason", () => {
    const left = notJudged(({ property }) => OF_DELETION.test(property), VALUES_OF_DELETION);
    expect(left).toEqual(Object.values(DELETION_LEFT).flat().sort());
});

test("each policy document of the provider is judged or left for a reason", () => {
    const left = notJudged(({ property, isText }) => isText && OF_POLICY.test(property), [OPEN_POLICY]);
    expect(left).toEqual(Object.values(POLICIES_LEFT).flat().sort());
});
