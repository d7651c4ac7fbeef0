import { Readable } from "node:stream";
import type { DeserializeMiddleware, Pluggable } from "@smithy/types";
import type { Clock } from "../clock.ts";
import { advance } from "./advance.ts";
import { authorize, authorizeAbsence, type Caller } from "./authorization/authorize.ts";
import { copyOf } from "./copy.ts";
import { refusalCode, violations } from "./constraints.ts";
import { stepServices } from "./ecs/rollout.ts";
import { checkEndpoint } from "./endpoints.ts";
import { refuse, SimulatedError } from "./errors.ts";
import { isSimulated, operationFor, type Handlers } from "./handlers.ts";
import { misfits, schemasOf } from "./schema.ts";
import { isRead, type Sim } from "./sim.ts";
import { streamed } from "./streamed.ts";
import { hear } from "./tagging-api/records.ts";
import type { World } from "./world.ts";

/** What the SDK knows of a call by the time it would leave. */
interface SmithyContext {
  readonly commandInstance?: unknown;
  readonly selectedHttpAuthScheme?: {
    readonly httpAuthOption?: { readonly signingProperties?: { readonly region?: string } };
  };
}

interface EndpointV2 {
  readonly properties?: { readonly authSchemes?: readonly { readonly signingRegion?: string }[] };
}

/** A middleware that answers for AWS. */
export interface Simulator extends Pluggable<object, object> {
  /** Whether it knows a service, by the SDK's name of it. */
  readonly simulates: (service: string) => boolean;
  /** Answers a command without the SDK's middleware: one whose body is a stream once that has come in. */
  readonly answer: (command: Command) => object | Promise<object>;
}

/** Services whose requests are signed for us-east-1 from everywhere. */
const GLOBAL = ["CloudFront", "IAM"];

/** What the simulator needs to answer for AWS. */
export interface SimulatorOptions {
  readonly world: World;
  readonly clock: Clock;
  readonly account: string;
  readonly region: string;
  /** Additional services and operations. */
  readonly handlers?: Handlers;
  /** Who calls, and what they may do; left out: the user `local`, who may do everything. */
  readonly caller?: Caller | undefined;
  /** Called around every operation, for tests that break things: before it is carried out, and after it was and before it is answered. */
  readonly intercept?: (
    moment: "before" | "after",
    call: { service: string; operation: string; input: unknown; region: string },
  ) => void;
}

/** The SDK's steps of which nothing is seen where no request leaves: signatures, headers, and a log that no one reads. */
const UNSEEN = [
  "httpSigningMiddleware",
  "getUserAgentMiddleware",
  "hostHeaderMiddleware",
  "recursionDetectionMiddleware",
  "loggerMiddleware",
];

/**
 * A middleware that answers for AWS at the step where an HTTP response would be read: serialisation of the request, retries and
 * errors are the SDK's own.
 */
export function simulator(options: SimulatorOptions): Simulator {
  const answer = answering(options);
  const middleware =
    (call: Omit<Command, "input">): DeserializeMiddleware<object, object> =>
    () =>
    async (args) => ({ response: {}, output: answer({ ...call, input: args.input }) });
  return {
    simulates: (service) => isSimulated(service, options.handlers ?? {}),
    answer: (command) => {
      const { Body } = (command.input ?? {}) as { readonly Body?: unknown };
      if (!(Body instanceof Readable)) return answer(command);
      return options.world.receive(Body, (received) =>
        answer({ ...command, input: { ...(command.input as object), Body: received } }),
      );
    },
    applyToStack(stack) {
      for (const name of UNSEEN) stack.remove(name);
      stack.add(
        (next, context) => async (args) => {
          const { clientName = "", commandName = "" } = context as { clientName?: string; commandName?: string };
          const { commandInstance, selectedHttpAuthScheme } =
            (context as Record<string, SmithyContext>)["__smithy_context"] ?? {};
          // Releases of the SDK before 2024 keep it elsewhere.
          const region =
            selectedHttpAuthScheme?.httpAuthOption?.signingProperties?.region ??
            (context as { endpointV2?: EndpointV2 }).endpointV2?.properties?.authSchemes?.[0]?.signingRegion;
          const [service, operation] = [clientName.replace(/Client$/, ""), commandName.replace(/Command$/, "")];
          return middleware({ service, operation, command: commandInstance, region })(next, context)(args);
        },
        { step: "deserialize", priority: "high", name: "simulatedAws", override: true },
      );
    },
  };
}

/** A command on its way to the simulated AWS. */
export interface Command {
  /** The SDK's client without `Client`. */
  readonly service: string;
  readonly operation: string;
  readonly input: unknown;
  /** The command itself, for the schemas that it carries. */
  readonly command: unknown;
  /** The region that it is sent to, where that is known. */
  readonly region: string | undefined;
}

/**
 * Answers commands for AWS: what the command's output would be, or a thrown error. An operation that the simulator does not know is a
 * loud error, never a silent success.
 */
export function answering(options: SimulatorOptions): (command: Command) => object {
  const { world, clock } = options;
  return ({ service, operation, input, command, region: sentTo }) => {
    const applyPlan = operationFor(service, operation, options.handlers ?? {});
    // A client may be made for another region than the stack's.
    const region = GLOBAL.includes(service) ? options.region : (sentTo ?? options.region);
    const call = { service, operation, input, region };
    options.intercept?.("before", call);
    checkEndpoint(service, region);
    const schemas = schemasOf(command);
    const wrong = schemas ? misfits(input, schemas.input, operation) : [];
    if (wrong.length > 0) refuse("ValidationException", wrong.join("; "));
    const refused = violations(service, operation, input);
    if (refused.length > 0)
      refuse(
        refusalCode(service),
        `${refused.length} validation error${refused.length === 1 ? "" : "s"} detected: ${refused.join("; ")}`,
      );
    const sim = simOf({ ...options, region });
    const { caller } = options;
    if (caller) authorize(caller, call, sim);
    const { seed } = world.data;
    const save = () => {
      world.data.now = Math.max(world.data.now, clock.now());
      world.save();
    };
    if (advance(sim)) {
      hear(sim);
      // An id or a delay would be another the next time, and it is seen from now on.
      if (world.data.seed === seed) world.changed();
      else save();
    }
    // Tasks start and stop by themselves, and a change now must not affect their past.
    if (!isRead(operation)) stepServices(sim);
    const carryOut = () => {
      try {
        return applyPlan(copyOf(input), sim) ?? {};
      } catch (error) {
        if (caller && service === "S3" && error instanceof SimulatedError && /^(NoSuchKey|NotFound)$/.test(error.name))
          authorizeAbsence(caller, call, sim);
        throw error;
      }
    };
    const output = isRead(operation) ? world.reading(carryOut) : carryOut();
    if (!isRead(operation)) {
      hear(sim);
      save();
    }
    const odd = schemas ? misfits(output, schemas.output, operation) : [];
    if (odd.length > 0) throw new Error(`The simulated ${service} answers what AWS could not: ${odd.join("; ")}`);
    options.intercept?.("after", call);
    return {
      ...streamed(copyOf(output)),
      $metadata: { httpStatusCode: 200, requestId: world.hex(8), attempts: 1 },
    };
  };
}

/** The world as an operation sees it that is carried out now. */
export function simOf({ world, clock, account, region }: SimulatorOptions): Sim {
  const now = clock.now();
  return {
    account,
    region,
    partition: "aws",
    now,
    world,
    table: (name) => world.table(`${name}@${region}`),
    global: (name) => world.table(name),
    id: (prefix) => `${prefix}-${world.hex(17)}`,
    arn: (of, resource, at = region) => `arn:aws:${of}:${at}:${account}:${resource}`,
    in: (seconds) => now + seconds * 1000 * (0.9 + world.random() * 0.2),
  };
}
