import type { StoredSecret } from "../../../src/aws/stored-secrets.ts";
import type { Row, RoleTable } from "./role-table.ts";
import { madeArn, REGION } from "./stack-roles.ts";
import { arn, SOURCE } from "./stack-arns.ts";

const [DB, TOKEN] = [arn("secretsmanager", "secret:db-AbCdEf"), arn("ssm", "parameter/shop/token")];
const KEY = arn("kms", "key/1234abcd-12ab-34cd-56ef-1234567890ab");
const stored = (secret: string, kmsKey?: string): StoredSecret => ({ arn: secret, kmsKey, changedAt: undefined });
const through = (service: string) => ({ "kms:ViaService": `${service}.${REGION}.amazonaws.com` });

const [SYSTEM, POINT] = [madeArn("storage/file-system.arn"), madeArn("storage/volume-data.arn")];
const QUEUE = madeArn("mail/queue/queue.arn");
const onVolume = (action: string, point = POINT): Row => [
  `elasticfilesystem:${action}`,
  SYSTEM,
  { "elasticfilesystem:AccessPointArn": point },
];
const STACK = {
  services: {
    web: { volumes: { data: { path: "/data" } }, container: { user: "0" } },
    mail: { type: "worker", queue: true, volumes: { data: { path: "/data", of: "web", readOnly: true } } },
  },
} as const;

/** What the roles of tasks gain by volumes, queues and secrets. */
export const OF_TASKS: readonly RoleTable[] = [
  {
    role: "task-execution-role",
    config: {
      container: { secrets: { DB: { secretsManager: "db" }, TOKEN: { ssm: "/shop/token" } } },
    },
    secrets: { "secretsManager:db": stored(DB, KEY), "ssm:/shop/token": stored(TOKEN, KEY) },
    jobs: [
      {
        source: "Amazon ECS developer guide, Amazon ECS task execution IAM role: secrets",
        calls: [
          ["secretsmanager:GetSecretValue", DB],
          ["ssm:GetParameters", TOKEN],
          ["kms:Decrypt", KEY, through("secretsmanager")],
          ["kms:Decrypt", KEY, through("ssm")],
        ],
      },
    ],
    besides: [
      ["secretsmanager:GetSecretValue", arn("secretsmanager", "secret:other-AbCdEf")],
      ["secretsmanager:PutSecretValue", DB],
      ["ssm:GetParameters", arn("ssm", "parameter/shop/other")],
      ["ssm:PutParameter", TOKEN],
      ["kms:Decrypt", KEY],
      ["kms:Encrypt", KEY, through("ssm")],
    ],
  },
  {
    role: "task-role",
    config: STACK,
    jobs: [
      {
        source: "EFS user guide, Using IAM to control access to file systems: actions for NFS clients",
        calls: [onVolume("ClientMount"), onVolume("ClientWrite"), onVolume("ClientRootAccess")],
      },
      {
        source: "SQS developer guide, Basic examples of IAM policies for Amazon SQS; SQS API reference, GetQueueUrl",
        calls: [
          ["sqs:SendMessage", QUEUE],
          ["sqs:GetQueueUrl", QUEUE],
          ["sqs:GetQueueAttributes", QUEUE],
        ],
      },
    ],
    besides: [
      onVolume("ClientMount", "another access point"),
      ["elasticfilesystem:ClientMount", SYSTEM],
      ["elasticfilesystem:DeleteFileSystem", SYSTEM],
      ["sqs:ReceiveMessage", QUEUE],
      ["sqs:DeleteMessage", QUEUE],
      ["sqs:PurgeQueue", QUEUE],
      ["s3:GetObject", `${SOURCE}/source.zip`],
    ],
  },
  {
    role: "mail/task-role",
    config: STACK,
    jobs: [
      {
        source: "EFS user guide, Using IAM to control access to file systems: actions for NFS clients",
        calls: [onVolume("ClientMount")],
      },
      {
        source: "SQS developer guide, Basic examples of IAM policies for Amazon SQS; SQS API reference, GetQueueUrl",
        calls: [
          ["sqs:ReceiveMessage", QUEUE],
          ["sqs:DeleteMessage", QUEUE],
          ["sqs:ChangeMessageVisibility", QUEUE],
          ["sqs:SendMessage", QUEUE],
          ["sqs:GetQueueUrl", QUEUE],
          ["sqs:GetQueueAttributes", QUEUE],
        ],
      },
    ],
    besides: [
      onVolume("ClientWrite"),
      onVolume("ClientRootAccess"),
      ["sqs:ReceiveMessage", madeArn("mail/queue/dead-letters.arn")],
      ["sqs:SetQueueAttributes", QUEUE],
      ["sqs:DeleteQueue", QUEUE],
    ],
  },
];
