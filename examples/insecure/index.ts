import * as aws from "@pulumi/aws";

// Network: the balancer is open to everyone on 443, and somebody needed SSH "for a moment".
const vpc = new aws.ec2.Vpc("shop", { cidrBlock: "10.20.0.0/16" });
const balancerGroup = new aws.ec2.SecurityGroup("balancer", {
    vpcId: vpc.id,
    ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"], ipv6CidrBlocks: ["::/0"] }],
});
const webGroup = new aws.ec2.SecurityGroup("web", {
    vpcId: vpc.id,
    ingress: [
        { protocol: "tcp", fromPort: 8080, toPort: 8080, securityGroups: [balancerGroup.id] },
        { protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"] },
    ],
});
const databaseGroup = new aws.ec2.SecurityGroup("database", {
    vpcId: vpc.id,
    ingress: [{ protocol: "tcp", fromPort: 5432, toPort: 5432, securityGroups: [webGroup.id] }],
});
new aws.vpc.SecurityGroupIngressRule("database-from-anywhere", {
    securityGroupId: databaseGroup.id,
    ipProtocol: "-1",
    cidrIpv4: "0.0.0.0/0",
});

// Files: uploads are readable by everyone, logs are in order.
const uploads = new aws.s3.Bucket("uploads", { bucket: "acme-shop-uploads", acl: "public-read" });
new aws.s3.BucketPolicy("uploads", {
    bucket: uploads.id,
    policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
            {
                Effect: "Allow",
                Principal: "*",
                Action: ["s3:GetObject", "s3:PutObject"],
                Resource: "arn:aws:s3:::acme-shop-uploads/*",
            },
        ],
    }),
});
const logs = new aws.s3.Bucket("logs", { bucket: "acme-shop-logs" });
new aws.s3.BucketServerSideEncryptionConfiguration("logs", {
    bucket: logs.id,
    rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
});

// Data: the orders are protected, the customers are not.
new aws.rds.Instance("orders", {
    engine: "postgres",
    instanceClass: "db.t4g.medium",
    allocatedStorage: 100,
    username: "shop",
    manageMasterUserPassword: true,
    vpcSecurityGroupIds: [databaseGroup.id],
    deletionProtection: true,
});
new aws.rds.Cluster("customers", {
    engine: "aurora-postgresql",
    masterUsername: "shop",
    manageMasterUserPassword: true,
    vpcSecurityGroupIds: [databaseGroup.id],
});

// Identities: the service may do everything with files, and CI may do everything.
const service = new aws.iam.Role("service", {
    assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "ecs-tasks.amazonaws.com" }),
});
new aws.iam.RolePolicy("service", {
    role: service.id,
    policy: aws.iam.getPolicyDocumentOutput({
        statements: [{ actions: ["s3:*"], resources: ["arn:aws:s3:::acme-shop-uploads/*"] }],
    }).json,
});
const ci = new aws.iam.Role("ci", {
    assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ AWS: "arn:aws:iam::123456789012:user/ci" }),
});
new aws.iam.RolePolicyAttachment("ci", {
    role: ci.name,
    policyArn: aws.iam.ManagedPolicy.AdministratorAccess,
});

export const uploadsBucket = uploads.bucket;
