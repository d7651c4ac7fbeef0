import { refuse, SimulatedError } from "./errors.ts";
import { services } from "./services.ts";
import type { Operation, Operations, Sim } from "./sim.ts";

/** The operations of additional services, by the name of the SDK's client without `Client`: `DynamoDB`. */
export type Handlers = Readonly<Record<string, Operations>>;

/** Names differ in case between a client's class and its `serviceId`: `ElasticLoadBalancingV2`, `Elastic Load Balancing v2`. */
const plain = (service: string) => service.replaceAll(/[^A-Za-z0-9]/g, "").toLowerCase();

const find = <T>(all: Readonly<Record<string, T>>, service: string): T | undefined => {
  const wanted = plain(service);
  return Object.entries(all).find(([name]) => plain(name) === wanted)?.[1];
};

/** Whether a service is simulated, by itself or by `handlers`. */
export const isSimulated = (service: string, handlers: Handlers): boolean =>
  find(services, service) !== undefined || find(handlers, service) !== undefined;

/** The simulator's own operation of that name, if it has one. */
export const ownOperation = (service: string, operation: string): Operation | undefined =>
  find(services, service)?.[operation];

/** What carries out an operation: the simulator's own, or that of `handlers`. Throws if there is neither. */
export function operationFor(service: string, operation: string, handlers: Handlers): Operation {
  const own = services[service]?.[operation] ?? ownOperation(service, operation);
  if (own) return own;
  const added = find(handlers, service);
  const handler = added && Object.hasOwn(added, operation) ? added[operation] : undefined;
  if (handler) return guarded(service, operation, handler);
  if (added)
    refuse(
      "SimulatorUnknownOperation",
      `The handlers for ${service} have no ${operation}. Add it to simulated: { ${service}: { ... } } of the resource kind.`,
    );
  throw new SimulatedError(
    "SimulatorUnknownOperation",
    `The simulated AWS does not know ${service}.${operation}.`,
    501,
  );
}

/**
 * A handler that is not Fairlead's: it sees only tables of its own service, changes nothing if it throws, and keeps plain JSON only, since
 * that is what the next command reads from the world's file. A mistake in it must not look like a response of AWS.
 */
const guarded =
  (service: string, operation: string, handler: Operation): Operation =>
  (input: unknown, sim) => {
    const { tables } = sim.world.data;
    const isOwn = (name: string) => name.startsWith(`${service}.`) || name.startsWith(`~${service}.`);
    const copy = () => JSON.stringify(Object.entries(tables).filter(([name]) => isOwn(name)));
    const put = (text: string) => {
      for (const name of Object.keys(tables)) if (isOwn(name)) delete tables[name];
      Object.assign(tables, Object.fromEntries(JSON.parse(text) as [string, Record<string, unknown>][]));
    };
    const before = copy();
    try {
      const output: unknown = handler(input, within(service, sim)) ?? {};
      if (typeof output !== "object" || output === null || "then" in output)
        throw new TypeError("it must return the command's output at once, and not a promise or another value");
      put(copy());
      return output;
    } catch (error) {
      put(before);
      if (error instanceof SimulatedError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new SimulatedError("SimulatedHandlerFailed", `The handler for ${service}.${operation} failed: ${why}`, 400);
    }
  };

/** The simulated AWS as a handler sees it: its tables are those of its service. */
const within = (service: string, sim: Sim): Sim => {
  const own = (name: string) => (name.startsWith("~") ? `~${service}.${name.slice(1)}` : `${service}.${name}`);
  return { ...sim, table: (name) => sim.table(own(name)), global: (name) => sim.global(own(name)) };
};

/** A kind that comes with handlers. */
interface Simulates {
  readonly type: string;
  readonly simulated?: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined;
}

/** The handlers of several kinds together. Throws if two of them, or one and the simulator, have the same operation. */
export function combined(kinds: readonly Simulates[]): Handlers {
  const all: Record<string, Record<string, Operation>> = {};
  const from = new Map<string, string>();
  for (const { type, simulated = {} } of kinds)
    for (const [service, operations] of Object.entries(simulated)) {
      const name = Object.keys(all).find((known) => plain(known) === plain(service)) ?? service;
      const known = (all[name] ??= {});
      for (const [operation, handler] of Object.entries(operations)) {
        const call = `${service}.${operation}`;
        if (ownOperation(service, operation))
          throw new Error(
            `The resource kind ${type} has a handler for ${call}, which Fairlead simulates itself. Remove it from simulated.`,
          );
        if (typeof handler !== "function")
          throw new Error(`The handler for ${call} of the resource kind ${type} is not a function.`);
        if (known[operation] !== undefined && known[operation] !== handler)
          throw new Error(
            `The resource kinds ${from.get(`${name}.${operation}`)} and ${type} have different handlers for ${call}. Let both import the same one.`,
          );
        known[operation] = handler as Operation;
        from.set(`${name}.${operation}`, type);
      }
    }
  return all;
}
