import { Repository } from "../../src/aws/ecr/repository.ts";
import { Role } from "../../src/aws/iam/role.ts";
import { LogGroup } from "../../src/aws/logs/log-group.ts";
import { Bucket, type BucketSpec } from "../../src/aws/s3/bucket.ts";
import { contract } from "./suite.ts";

const statement = (of: object) => ({ Version: "2012-10-17", Statement: [{ Effect: "Allow" as const, ...of }] });

contract({
  kind: Role,
  spec: async () => ({
    name: "demo-test-role",
    description: "Does things",
    trust: statement({ Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" }),
    policies: { read: statement({ Action: ["s3:GetObject"], Resource: "arn:aws:s3:::demo/*" }) },
    managedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"],
    permissionsBoundary: "",
    maxSessionSeconds: 3600,
    tags: {},
  }),
  edits: {
    description: () => "Does other things",
    trust: () => statement({ Principal: { Service: "codebuild.amazonaws.com" }, Action: "sts:AssumeRole" }),
    policies: () => ({ write: statement({ Action: ["s3:PutObject"], Resource: "arn:aws:s3:::demo/*" }) }),
    managedPolicyArns: () => ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
    permissionsBoundary: () => "arn:aws:iam::aws:policy/PowerUserAccess",
    maxSessionSeconds: () => 7200,
  },
});

const tlsOnly = (sid: string) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: sid,
      Effect: "Deny" as const,
      Principal: "*" as const,
      Action: "s3:*",
      Resource: ["arn:aws:s3:::demo-test-bucket", "arn:aws:s3:::demo-test-bucket/*"],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ],
});

contract({
  kind: Bucket,
  spec: async (): Promise<BucketSpec> => ({
    name: "demo-test-bucket",
    versioning: true,
    eventBridge: true,
    policy: tlsOnly("TlsOnly"),
    encryption: "AES256",
    blockPublicAccess: true,
    ownership: "BucketOwnerEnforced",
    lifecycle: { expireDays: 30, expireNoncurrentDays: 1, abortMultipartDays: 7 },
    tags: {},
  }),
  edits: {
    versioning: () => false,
    policy: () => tlsOnly("Other"),
    encryption: () => "aws:kms" as const,
    blockPublicAccess: () => false,
    ownership: () => "BucketOwnerPreferred" as const,
    lifecycle: () => ({ expireDays: 5, expireNoncurrentDays: 1, abortMultipartDays: 1 }),
  },
  without: { eventBridge: "it is only asked for where it is declared" },
});

contract({
  kind: LogGroup,
  spec: async () => ({ name: "/ecs/demo-test", retentionDays: 30, tags: {} }),
  edits: { retentionDays: () => undefined },
});

const lifecycle = (countNumber: number) => ({
  rules: [
    {
      rulePriority: 1,
      selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber },
      action: { type: "expire" },
    },
  ],
});

contract({
  kind: Repository,
  spec: async (at) => ({
    name: "demo-test",
    mutableTags: true,
    scanOnPush: true,
    policy: statement({
      Principal: { AWS: `arn:aws:iam::${at.aws.account}:root` },
      Action: ["ecr:BatchGetImage", "ecr:PutImage"],
    }),
    lifecycle: lifecycle(30),
    tags: {},
  }),
  edits: {
    mutableTags: () => false,
    scanOnPush: () => false,
    policy: (_spec, at) =>
      statement({ Principal: { AWS: `arn:aws:iam::${at.aws.account}:root` }, Action: ["ecr:BatchGetImage"] }),
    lifecycle: () => lifecycle(10),
  },
});
