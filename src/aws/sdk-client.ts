import type { Pluggable } from "@smithy/types";
import type { CallOptions } from "./call.ts";

/**
 * A client class of the AWS SDK for JavaScript, version 3: `DynamoDBClient` of `@aws-sdk/client-dynamodb`. Its type is structural, because the
 * user's copy of the SDK is another one than Fairlead's, and usually of another release.
 */
export type ClientClass<Client> = new (config: never) => Client;

/** A command of such a client. */
export interface ClientCommand<Input, Output> {
  readonly input: Input;
  resolveMiddleware(
    stack: never,
    configuration: never,
    options: never,
  ): (args: never) => Promise<{ readonly output: Output }>;
}

/** The inputs of a client's commands. */
type InputOf<Client> = Client extends { send(command: infer Command, ...rest: never[]): unknown }
  ? Command extends { readonly input: infer Input }
    ? Input
    : never
  : never;

/** Those of them that are the same as `Input`: some have no fields, so being assignable to one says nothing. */
type Among<All, Input> = All extends Input ? (Input extends All ? All : never) : never;

/** Sends a command of a user's own client; one of another client is a type error. Creates that are not idempotent pass `{ once: true }`. */
export type SendOf<Client> = <Input, Output>(
  command: ClientCommand<Input, Output> & ([Among<InputOf<Client>, Input>] extends [never] ? never : unknown),
  options?: Omit<CallOptions, "ofState">,
) => Promise<Output>;

/** Where a user's client sends to. */
export interface ClientPlace {
  /** The stack's region if omitted. */
  readonly region?: string;
}

/** The interface of all SDK clients, as far as Fairlead uses it. */
export interface AnyClient {
  readonly config: { readonly serviceId?: unknown; readonly requestHandler?: { readonly handle?: unknown } };
  readonly middlewareStack: { use(plugin: Pluggable<object, object>): void };
  send(command: object, options?: { abortSignal?: AbortSignal }): Promise<object>;
}

/** The AWS service behind each of Fairlead's own clients, by the SDK's `serviceId` in lower case without spaces. */
const OWN: Readonly<Record<string, string>> = {
  acm: "acm",
  applicationautoscaling: "autoScaling",
  budgets: "budgets",
  cloudfront: "cloudFront",
  cloudwatch: "cloudWatch",
  cloudwatchlogs: "logs",
  codebuild: "codeBuild",
  codepipeline: "codePipeline",
  ec2: "ec2",
  ecr: "ecr",
  ecs: "ecs",
  efs: "efs",
  elasticloadbalancingv2: "elb",
  eventbridge: "eventBridge",
  guardduty: "guardDuty",
  iam: "iam",
  resourcegroupstaggingapi: "tagging",
  pricing: "pricing",
  route53: "route53",
  s3: "s3",
  scheduler: "scheduler",
  secretsmanager: "secretsManager",
  securityhub: "securityHub",
  servicediscovery: "serviceDiscovery",
  sns: "sns",
  sqs: "sqs",
  ssm: "ssm",
  sts: "sts",
  wafv2: "waf",
};

/** A user's client and the names of its service. */
export interface NamedClient {
  readonly client: AnyClient;
  /** The SDK's `serviceId` without spaces, `DynamoDB`: what the simulator knows it by. */
  readonly id: string;
  /** The service in logs and rate limits; that of Fairlead's own client if it has one, since both use up the same limits. */
  readonly service: string;
}

/** Creates a client of a class of the user's. Throws if it is none of version 3 of the SDK. */
export function newClient(Class: ClientClass<unknown>, config: object): NamedClient {
  const name = typeof Class === "function" ? Class.name : String(Class);
  // A class of the SDK takes one object; the type says nothing about it, so that each release's own type fits.
  const client = typeof Class === "function" ? (new Class(config as never) as Partial<AnyClient>) : {};
  const id = client.config?.serviceId;
  if (typeof client.send !== "function" || typeof client.middlewareStack?.use !== "function" || typeof id !== "string")
    throw new TypeError(
      `aws.client(${name}) needs a client class of the AWS SDK for JavaScript version 3, such as DynamoDBClient of @aws-sdk/client-dynamodb. No call was made.`,
    );
  // Options instead of a handler: "v3.521.0 or later" (aws-sdk-js-v3, supplemental-docs/CLIENTS.md, "Request handler").
  if (typeof client.config?.requestHandler?.handle !== "function")
    throw new TypeError(
      `aws.client(${name}) needs release 3.521 or later of its package, because earlier ones ignore time-outs. No call was made. Update it with npm.`,
    );
  const plain = id.replaceAll(/[^A-Za-z0-9]/g, "");
  return { client: client as AnyClient, id: plain, service: OWN[plain.toLowerCase()] ?? plain };
}

/**
 * The operation of a command, such as `CreateTopic`. Class names are lost when the code is minified, as Fairlead's own is; the schema of a
 * command has the name too, but commands of releases before late 2025 have no schema.
 */
export function operationOf(command: object): string {
  const { schema } = command as { readonly schema?: unknown };
  const name: unknown = Array.isArray(schema) ? schema[2] : undefined;
  return typeof name === "string" ? name : command.constructor.name.replace(/Command$/, "");
}
