import { ApplicationAutoScalingClient } from "@aws-sdk/client-application-auto-scaling";
import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { CodeBuildClient } from "@aws-sdk/client-codebuild";
import { CodePipelineClient } from "@aws-sdk/client-codepipeline";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ECRClient } from "@aws-sdk/client-ecr";
import { ECSClient } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { IAMClient } from "@aws-sdk/client-iam";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { S3Client } from "@aws-sdk/client-s3";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { ServiceDiscoveryClient } from "@aws-sdk/client-servicediscovery";
import { SQSClient } from "@aws-sdk/client-sqs";
import { STSClient } from "@aws-sdk/client-sts";
import type { Pluggable } from "@smithy/types";
import { answerShape, type AnswerShape } from "./answer-shape.ts";
import type { Aws, ServiceName } from "./aws.ts";
import { retrying, type CallOptions, type Retrying } from "./call.ts";
import { isThrottled } from "./errors.ts";
import { hide } from "./hiding.ts";
import { loggedInput } from "./logged-input.ts";
import { Rates } from "./rates.ts";
import { GLOBAL_REGION } from "./tagging.ts";

/** What one attempt of a call came to; `error` is left out where AWS answered. */
export interface CallRecord {
  readonly service: ServiceName;
  /** The operation, such as `CreateVpc`. */
  readonly operation: string;
  readonly region: string;
  /** 1 for the first attempt of a call. */
  readonly attempt: number;
  /** What was asked, as JSON has it, with secrets hidden; made when it is asked for. */
  readonly input: () => unknown;
  /** What the answer is made of, without what is in it; made when it is asked for, and left out where there was an error. */
  readonly answer?: () => AnswerShape;
  /** AWS's name for the request, where it was answered. */
  readonly requestId?: string;
  /** How long the attempt took, in milliseconds of the run's clock. */
  readonly ms: number;
  readonly error?: unknown;
}

/** How long a peer may keep a call waiting, in milliseconds. */
export interface Timeouts {
  /** Until a connection is there. */
  readonly connection: number;
  /** With nothing sent and nothing received; an upload that moves is not cut off, however long it takes. */
  readonly idle: number;
}

/** The SDK waits for ever by itself. AWS answers these calls within seconds, and whoever stops a container waits half a minute. */
const TIMEOUTS: Timeouts = { connection: 5_000, idle: 30_000 };

/** How the SDK's clients are to be made. */
export interface ClientOptions {
  readonly region: string;
  /** Left out: the SDK's own credential chain. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** A middleware that every client gets: the simulator, on the local target. */
  readonly plugin?: Pluggable<object, object>;
  /** Answers every command in the place of the SDK's clients, of which none is made then. */
  readonly transport?: (service: ServiceName, command: object, region: string) => Promise<object>;
  readonly retrying: Retrying;
  readonly timeouts?: Timeouts;
  /** A call's way there and back, in milliseconds of the run's clock, where there is no network to take it. */
  readonly latency?: number;
  /** Told of every attempt of every call, once it is answered. */
  readonly called?: (record: CallRecord) => void;
  /**
   * Asked right before each attempt of a call that cannot be taken back: one that makes something that AWS cannot tell from a second of its
   * kind, or one that deletes. The call is not sent where it rejects, because another run holds the stack's lock by now.
   */
  readonly guard?: () => Promise<void>;
  /** Told before a call waits longer than a second for AWS's rate: its name, and for how many milliseconds. */
  readonly held?: (call: string, ms: number) => void;
}

const CLIENTS = {
  autoScaling: ApplicationAutoScalingClient,
  cloudFront: CloudFrontClient,
  codeBuild: CodeBuildClient,
  codePipeline: CodePipelineClient,
  ec2: EC2Client,
  ecr: ECRClient,
  ecs: ECSClient,
  elb: ElasticLoadBalancingV2Client,
  eventBridge: EventBridgeClient,
  globalTagging: ResourceGroupsTaggingAPIClient,
  iam: IAMClient,
  logs: CloudWatchLogsClient,
  s3: S3Client,
  scheduler: SchedulerClient,
  serviceDiscovery: ServiceDiscoveryClient,
  sqs: SQSClient,
  sts: STSClient,
  tagging: ResourceGroupsTaggingAPIClient,
} satisfies Record<ServiceName, unknown>;

/** Services that are asked in another region than the stack's. */
const REGIONS: { readonly [S in ServiceName]?: string } = { globalTagging: GLOBAL_REGION };

/** Operations after which something is gone. */
const DESTRUCTIVE = /^(?:Delete|Deregister|Disassociate|Detach|Release|Remove|Revoke|Stop)/;

/** What all SDK clients have in common, as far as this file needs it. */
interface AnyClient {
  send(command: object, options?: { abortSignal?: AbortSignal }): Promise<object>;
  middlewareStack: { use(plugin: Pluggable<object, object>): void };
}

/**
 * A way to send commands to each service; a service's client is made when its first command is sent.
 * Every call goes through `retrying`, and every attempt waits where its rate is limited; the SDK itself makes one attempt.
 */
export function senders(options: ClientOptions): Pick<Aws, ServiceName> {
  const names = Object.keys(CLIENTS) as ServiceName[];
  const rates = new Rates(options.retrying.clock, options.retrying.signal, options.held);
  const made = names.map((name) => [name, sender(name, rates, options)]);
  return Object.fromEntries(made) as Pick<Aws, ServiceName>;
}

function sender(service: ServiceName, rates: Rates, options: ClientOptions) {
  const { region, credentials, plugin, transport, called, latency, timeouts = TIMEOUTS } = options;
  const at = REGIONS[service] ?? region;
  const { clock, signal } = options.retrying;
  // The state may lie in S3: what a run knows is written down whole also while it stops.
  const around = service === "s3" ? { ...options.retrying, stopping: undefined } : options.retrying;
  let client: AnyClient | undefined;
  const connect = () => {
    const made = new CLIENTS[service]({
      region: at,
      maxAttempts: 1,
      requestHandler: { connectionTimeout: timeouts.connection, socketTimeout: timeouts.idle },
      ...(credentials ? { credentials } : {}),
    });
    client = made as unknown as AnyClient;
    if (plugin) client.middlewareStack.use(plugin);
    return client;
  };
  const send = (command: object) =>
    transport
      ? transport(service, command, at)
      : (client ?? connect()).send(command, signal ? { abortSignal: signal } : {});
  return (command: object, call: CallOptions = {}) => {
    // The class name is of no use once the code is minified; the schema that the command carries has the name too.
    const operation = (command as { schema?: readonly unknown[] }).schema?.[2] as string;
    let attempts = 0;
    const isGuarded = !call.ofState && (call.once === true || DESTRUCTIVE.test(operation));
    const attempt = async () => {
      await rates.take(service, operation);
      if (isGuarded && options.guard) await options.guard();
      attempts++;
      const started = clock.now();
      const report = (answer: unknown, error?: unknown) => {
        const { requestId } = (answer as { $metadata?: { requestId?: string } } | undefined)?.$metadata ?? {};
        called?.({
          service,
          operation,
          region: at,
          attempt: attempts,
          ms: clock.now() - started,
          input: () => loggedInput(command, call.secret),
          ...(requestId === undefined ? {} : { requestId }),
          ...(error === undefined ? { answer: () => answerShape(command, answer) } : { error }),
        });
      };
      try {
        if (latency !== undefined) await clock.sleep(latency, signal);
        const answer = await clock.during(() => send(command));
        report(answer);
        return answer;
      } catch (error) {
        hide(call.secret ?? "", error);
        report(error, error);
        if (isThrottled(error)) rates.empty(service, operation);
        throw error;
      }
    };
    return retrying(`${service}.${operation}`, attempt, call, around);
  };
}
