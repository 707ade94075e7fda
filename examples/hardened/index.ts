import * as aws from "@pulumi/aws";

// Network: people reach the shop through the company's edge, which is a list of known addresses.
const vpc = new aws.ec2.Vpc("shop", { cidrBlock: "10.20.0.0/16" });
const edge = new aws.ec2.ManagedPrefixList("edge", {
    addressFamily: "IPv4",
    maxEntries: 2,
    entries: [{ cidr: "198.51.100.0/24" }, { cidr: "203.0.113.0/24" }],
});
const balancerGroup = new aws.ec2.SecurityGroup("balancer", { vpcId: vpc.id });
new aws.vpc.SecurityGroupIngressRule("balancer-from-edge", {
    securityGroupId: balancerGroup.id,
    ipProtocol: "tcp",
    fromPort: 443,
    toPort: 443,
    prefixListId: edge.id,
});
const webGroup = new aws.ec2.SecurityGroup("web", {
    vpcId: vpc.id,
    ingress: [{ protocol: "tcp", fromPort: 8080, toPort: 8080, securityGroups: [balancerGroup.id] }],
});
const databaseGroup = new aws.ec2.SecurityGroup("database", {
    vpcId: vpc.id,
    ingress: [{ protocol: "tcp", fromPort: 5432, toPort: 5432, securityGroups: [webGroup.id] }],
});

// Files: encrypted by a key of our own, closed to the public, and served by CloudFront alone.
const key = new aws.kms.Key(
    "data",
    { description: "Files of the shop", enableKeyRotation: true, deletionWindowInDays: 30 },
    { protect: true },
);
function privateBucket(name: string, bucketName: string): aws.s3.Bucket {
    const bucket = new aws.s3.Bucket(name, { bucket: bucketName }, { protect: true });
    new aws.s3.BucketServerSideEncryptionConfiguration(name, {
        bucket: bucket.id,
        rules: [
            {
                applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn },
                bucketKeyEnabled: true,
            },
        ],
    });
    new aws.s3.BucketPublicAccessBlock(name, {
        bucket: bucket.id,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
    });
    return bucket;
}
const uploads = privateBucket("uploads", "acme-shop-uploads");
privateBucket("logs", "acme-shop-logs");
new aws.s3.BucketPolicy("uploads", {
    bucket: uploads.id,
    policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
            {
                Effect: "Allow",
                Principal: { Service: "cloudfront.amazonaws.com" },
                Action: "s3:GetObject",
                Resource: "arn:aws:s3:::acme-shop-uploads/*",
                Condition: {
                    StringEquals: { "aws:SourceArn": "arn:aws:cloudfront::123456789012:distribution/E1EXAMPLE" },
                },
            },
        ],
    }),
});

// Data: nobody deletes it by mistake, neither through Pulumi nor in the console.
new aws.rds.Instance(
    "orders",
    {
        engine: "postgres",
        instanceClass: "db.t4g.medium",
        allocatedStorage: 100,
        username: "shop",
        manageMasterUserPassword: true,
        vpcSecurityGroupIds: [databaseGroup.id],
        deletionProtection: true,
        finalSnapshotIdentifier: "shop-orders-final",
    },
    { protect: true },
);
new aws.rds.Cluster(
    "customers",
    {
        engine: "aurora-postgresql",
        masterUsername: "shop",
        manageMasterUserPassword: true,
        vpcSecurityGroupIds: [databaseGroup.id],
        deletionProtection: true,
        finalSnapshotIdentifier: "shop-customers-final",
    },
    { protect: true },
);

// Identities: each may do what it does.
const service = new aws.iam.Role("service", {
    assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "ecs-tasks.amazonaws.com" }),
});
new aws.iam.RolePolicy("service", {
    role: service.id,
    policy: aws.iam.getPolicyDocumentOutput({
        statements: [{ actions: ["s3:GetObject", "s3:PutObject"], resources: ["arn:aws:s3:::acme-shop-uploads/*"] }],
    }).json,
});
const ci = new aws.iam.Role("ci-apply", {
    assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
            {
                Effect: "Allow",
                Action: "sts:AssumeRoleWithWebIdentity",
                Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" },
                Condition: {
                    StringEquals: {
                        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                        "token.actions.githubusercontent.com:sub": "repo:acme/shop:environment:production",
                    },
                },
            },
        ],
    }),
});
new aws.iam.RolePolicy("ci-apply", {
    role: ci.id,
    policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
            {
                Effect: "Allow",
                Action: ["ecs:DescribeServices", "ecs:UpdateService"],
                Resource: "arn:aws:ecs:eu-west-1:123456789012:service/shop/*",
            },
        ],
    }),
});

export const uploadsBucket = uploads.bucket;
