import { ACMClient } from "@aws-sdk/client-acm";
import { ApplicationAutoScalingClient } from "@aws-sdk/client-application-auto-scaling";
import { BudgetsClient } from "@aws-sdk/client-budgets";
import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { CodeBuildClient } from "@aws-sdk/client-codebuild";
import { CodePipelineClient } from "@aws-sdk/client-codepipeline";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ECRClient } from "@aws-sdk/client-ecr";
import { ECSClient } from "@aws-sdk/client-ecs";
import { EFSClient } from "@aws-sdk/client-efs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { GuardDutyClient } from "@aws-sdk/client-guardduty";
import { IAMClient } from "@aws-sdk/client-iam";
import { PricingClient } from "@aws-sdk/client-pricing";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { Route53Client } from "@aws-sdk/client-route-53";
import { S3Client } from "@aws-sdk/client-s3";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SecurityHubClient } from "@aws-sdk/client-securityhub";
import { ServiceDiscoveryClient } from "@aws-sdk/client-servicediscovery";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { STSClient } from "@aws-sdk/client-sts";
import { WAFV2Client } from "@aws-sdk/client-wafv2";
import type { Pluggable } from "@smithy/types";
import { answerShape, type AnswerShape } from "./answer-shape.ts";
import type { Senders, ServiceName } from "./aws.ts";
import { retrying, type CallOptions, type Retrying } from "./call.ts";
import { isThrottled } from "./errors.ts";
import { clientConfig, foundBy, type Timeouts } from "./connections.ts";
import { hide } from "./hiding.ts";
import { loggedInput } from "./logged-input.ts";
import { Rates } from "./rates.ts";
import { Shared } from "./shared.ts";
import { newClient, operationOf, type AnyClient, type ClientClass, type NamedClient } from "./sdk-client.ts";
import { Unsimulated } from "./unsimulated.ts";

/** The result of one attempt of a call; `error` is omitted on success. */
export interface CallRecord {
  /** Fairlead's name of the service, or the SDK's id of a service that only a user's kind calls: `ec2`, `DynamoDB`. */
  readonly service: string;
  /** The operation, such as `CreateVpc`. */
  readonly operation: string;
  readonly region: string;
  /** 1 for the first attempt of a call. */
  readonly attempt: number;
  /** The request as JSON values, with secrets hidden; computed on demand. */
  readonly input: () => unknown;
  /** The shape of the response without its values; computed on demand, and omitted on error. */
  readonly answer?: () => AnswerShape;
  /** AWS's request id, if there was a response. */
  readonly requestId?: string;
  /** How long the attempt took, in milliseconds of the run's clock. */
  readonly ms: number;
  readonly error?: unknown;
}

/** How the SDK's clients are to be created. */
export interface ClientOptions {
  readonly region: string;
  /** If omitted: the SDK's own credential chain. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** A middleware for every client: the simulator, on the local target. */
  readonly plugin?: Simulation;
  readonly retrying: Retrying;
  readonly timeouts?: Timeouts;
  /** The simulated round-trip time of a call, in milliseconds of the run's clock, if there is no network. */
  readonly latency?: number;
  /** Called after every attempt of every call. */
  readonly called?: (record: CallRecord) => void;
  /**
   * Called right before each attempt of a call that cannot be undone: a non-idempotent create, or a delete. If it rejects, the call is not
   * sent, because another run holds the stack's lock by now.
   */
  readonly guard?: () => Promise<void>;
  /** Called before a call waits longer than a second for AWS's rate limit: its name, and for how many milliseconds. */
  readonly held?: (call: string, ms: number) => void;
  /** What the clients have in common with those of other runs in this process. */
  readonly shared?: Shared | undefined;
}

/** A command for the simulator; `service` is its client's name without `Client`, and `operation` its own without `Command`. */
interface SimulatedCall {
  readonly service: string;
  readonly operation: string;
  readonly input: unknown;
  readonly command: object;
  readonly region: string;
}

/** A middleware that answers for AWS. A service that it does not simulate is never called. */
interface Simulation extends Pluggable<object, object> {
  /**
   * Answers a command of Fairlead's own clients by itself, and so several times as fast as behind the SDK's middleware: these are then not
   * created. Left out: it only answers as a middleware.
   */
  readonly answer?: ((call: SimulatedCall) => object | Promise<object>) | undefined;
  /** Whether it has the service of a user's client, by the SDK's id; left out: it has none. */
  readonly simulates?: (service: string) => boolean;
}

/**
 * The name of each service's client, without `Client`, and its class, which is asked for when its first command is sent: what it needs is only
 * loaded then (see `scripts/build.mjs`).
 */
const CLIENTS = {
  acm: { name: "ACM", open: () => ACMClient },
  autoScaling: { name: "ApplicationAutoScaling", open: () => ApplicationAutoScalingClient },
  budgets: { name: "Budgets", open: () => BudgetsClient },
  cloudFront: { name: "CloudFront", open: () => CloudFrontClient },
  cloudWatch: { name: "CloudWatch", open: () => CloudWatchClient },
  codeBuild: { name: "CodeBuild", open: () => CodeBuildClient },
  codePipeline: { name: "CodePipeline", open: () => CodePipelineClient },
  ec2: { name: "EC2", open: () => EC2Client },
  ecr: { name: "ECR", open: () => ECRClient },
  ecs: { name: "ECS", open: () => ECSClient },
  efs: { name: "EFS", open: () => EFSClient },
  elb: { name: "ElasticLoadBalancingV2", open: () => ElasticLoadBalancingV2Client },
  eventBridge: { name: "EventBridge", open: () => EventBridgeClient },
  guardDuty: { name: "GuardDuty", open: () => GuardDutyClient },
  iam: { name: "IAM", open: () => IAMClient },
  logs: { name: "CloudWatchLogs", open: () => CloudWatchLogsClient },
  pricing: { name: "Pricing", open: () => PricingClient },
  route53: { name: "Route53", open: () => Route53Client },
  s3: { name: "S3", open: () => S3Client },
  scheduler: { name: "Scheduler", open: () => SchedulerClient },
  secretsManager: { name: "SecretsManager", open: () => SecretsManagerClient },
  securityHub: { name: "SecurityHub", open: () => SecurityHubClient },
  serviceDiscovery: { name: "ServiceDiscovery", open: () => ServiceDiscoveryClient },
  sns: { name: "SNS", open: () => SNSClient },
  sqs: { name: "SQS", open: () => SQSClient },
  ssm: { name: "SSM", open: () => SSMClient },
  sts: { name: "STS", open: () => STSClient },
  tagging: { name: "ResourceGroupsTaggingAPI", open: () => ResourceGroupsTaggingAPIClient },
  waf: { name: "WAFV2", open: () => WAFV2Client },
} satisfies Record<ServiceName, { readonly name: string; readonly open: () => unknown }>;

/** Operations that delete something. */
const DESTRUCTIVE = /^(?:Delete|Deregister|Disassociate|Detach|Release|Remove|Revoke|Stop)/;

/** The rate limits of a region, which AWS counts apart. */
type RatesOf = (region: string) => Rates;

/**
 * A way to send commands to each service; a service's client is created when its first command is sent.
 * Every call goes through `retrying`, and every attempt waits for its rate limit; the SDK itself makes one attempt.
 */
export function senders(options: ClientOptions): Senders {
  const { clock, signal } = options.retrying;
  const ratesOf = byRegion((region) => new Rates(clock, signal, options.held, options.shared?.bucketsOf(region)));
  const userClient = userClients(ratesOf, options) as Senders["client"];
  // One pool of connections for all services and regions: it keeps them by host, and `AWS_ENDPOINT_URL` is one host for all.
  const connections = options.shared ?? new Shared();
  let found: object | undefined;
  const inRegion = byRegion((region): Senders => {
    const made = (Object.keys(CLIENTS) as (keyof typeof CLIENTS)[]).map((name) => {
      const open = () => {
        const config = clientConfig(options, region, connections, found);
        const client = new (CLIENTS[name].open())(config) as unknown as AnyClient;
        found ??= foundBy(client);
        return client;
      };
      const answer = options.plugin?.answer;
      return [
        name,
        sender({ service: name, id: CLIENTS[name].name, region, open, answer, connections }, ratesOf(region), options),
      ];
    });
    return {
      ...(Object.fromEntries(made) as Omit<Senders, "client" | "in" | "now">),
      client: (Class, place) => userClient(Class, { region, ...place }),
      in: inRegion,
      now: () => options.retrying.clock.now(),
    };
  });
  return inRegion(options.region);
}

/** The same value for the same region. */
function byRegion<T>(make: (region: string) => T): (region: string) => T {
  const made = new Map<string, T>();
  return (region) => {
    const known = made.get(region) ?? make(region);
    made.set(region, known);
    return known;
  };
}

/** Sends commands of clients that the user's kinds bring: one client for each class and region, created when it is first asked for. */
function userClients(ratesOf: RatesOf, options: ClientOptions) {
  const made = new Map<ClientClass<unknown>, Map<string, ReturnType<typeof sender>>>();
  return (Class: ClientClass<unknown>, { region = options.region }: { readonly region?: string } = {}) => {
    const known = made.get(Class)?.get(region);
    if (known) return known;
    const { client, id, service }: NamedClient = newClient(Class, clientConfig(options, region, options.shared));
    // Refused here and not when it is called: with the plugin no call could reach AWS either.
    if (options.plugin && !options.plugin.simulates?.(id)) throw new Unsimulated(id);
    const send = sender(
      { service, id, region, open: () => client, connections: options.shared },
      ratesOf(region),
      options,
    );
    made.set(Class, (made.get(Class) ?? new Map<string, typeof send>()).set(region, send));
    return send;
  };
}

/** Where a sender sends to. */
interface Recipient {
  /** The name of the service in logs and rate limits. */
  readonly service: string;
  /** The client's name without `Client`; that of a user's client is the SDK's id of its service. */
  readonly id: string;
  readonly region: string;
  readonly open: () => AnyClient;
  /** Where its connections are kept for others to use; the client keeps them for itself if omitted. */
  readonly connections?: Shared | undefined;
  /** Answers instead of the client, which is then not opened. */
  readonly answer?: Simulation["answer"];
}

function sender(
  { service, id, region, open, connections, answer: simulated }: Recipient,
  rates: Rates,
  options: ClientOptions,
) {
  const { plugin, called, latency } = options;
  const { clock, signal } = options.retrying;
  // The state may be in S3: it is still saved completely while a run is stopping.
  const around = id === CLIENTS.s3.name ? { ...options.retrying, stopping: undefined } : options.retrying;
  let client: AnyClient | undefined;
  const connect = () => {
    client = open();
    if (connections) connections.requestHandler ??= client.config?.requestHandler;
    if (plugin) client.middlewareStack.use(plugin);
    return client;
  };
  const send = async (command: object) => {
    if (!simulated) return (client ?? connect()).send(command, signal ? { abortSignal: signal } : {});
    const { input } = command as { readonly input?: unknown };
    return simulated({ service: id, operation: operationOf(command), input, command, region });
  };
  return (command: object, call: CallOptions = {}) => {
    const operation = operationOf(command);
    let attempts = 0;
    const isGuarded = !call.ofState && (call.once === true || DESTRUCTIVE.test(operation));
    const attempt = async () => {
      await rates.take(service, operation);
      // No simulated time passes while it reads the lock: the retries of the call would count that as time in which AWS has not answered.
      if (isGuarded && options.guard) await clock.during(options.guard);
      call.renew?.();
      attempts++;
      const started = clock.now();
      const report = (answer: unknown, error?: unknown) => {
        const { requestId } = (answer as { $metadata?: { requestId?: string } } | undefined)?.$metadata ?? {};
        called?.({
          service,
          operation,
          region,
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
