import { kindOf, kinds } from "../aws/kinds.ts";
import type { AnyAwsKind, Aws } from "../aws/aws.ts";
import { ConfigError } from "../config/errors.ts";
import type { Stack } from "../config/stack.ts";
import type { AnyKind } from "../engine/resource-kind.ts";
import type { Resources } from "../../reconcilers/own-resources.ts";
import { topology, type DeclaredStack, type Topology } from "../../reconcilers/topology.ts";
import { combined } from "../simulator/handlers.ts";
import { UsageError } from "./exit.ts";

/** What a config adds to the settings. */
export interface OwnParts {
  readonly resources?: Resources;
  readonly kinds?: readonly AnyAwsKind[];
}

/** What a file exports: its settings, and what declares resources and resource kinds of the user's own. */
export function splitConfig(config: unknown): { readonly settings: unknown; readonly own: OwnParts } {
  if (typeof config !== "object" || config === null || !("resources" in config || "kinds" in config))
    return { settings: config, own: {} };
  const { resources, kinds: own, ...settings } = config as Readonly<Record<string, unknown>>;
  if (resources !== undefined && typeof resources !== "function")
    throw new ConfigError([
      { path: "resources", message: "is not a function; allowed: (scope, stack) => { scope.add(...); }" },
    ]);
  if (own !== undefined && !(Array.isArray(own) && own.every(isKind)))
    throw new ConfigError([
      { path: "kinds", message: "is not a list of resource kinds; allowed: [defineKind({ ... })]" },
    ]);
  return {
    settings,
    own: {
      ...(resources === undefined ? {} : { resources: resources as Resources }),
      ...(own === undefined ? {} : { kinds: own as AnyAwsKind[] }),
    },
  };
}

const isKind = (value: unknown): boolean => {
  const { type, observe } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return typeof type === "string" && typeof observe === "function";
};

/**
 * A stack with its own resources, kinds and patches, each of which is tried on an account that does not exist: what is wrong with them is told
 * before AWS is asked anything.
 */
export function withOwnParts(stack: Stack, { resources, kinds: listed = [] }: OwnParts): DeclaredStack {
  if (resources === undefined && listed.length === 0 && Object.keys(stack.patch).length === 0) return stack;
  const whole = { ...stack, ...(resources ? { resources } : {}) };
  const facts = { account: "000000000000", partition: "aws", originFacingPrefixList: "pl-0", released: {} };
  const { graph } = told("The function resources of the config failed", () => topology(whole, facts));
  const own = ownKinds(graph, listed);
  told("The resource kinds of the config cannot be simulated", () => combined(own));
  return { ...whole, kinds: own };
}

/** Does something with code of the user's; what it throws is told after `what`. */
function told<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new UsageError(`${what}: ${(error as Error).message} No changes were made.`, { cause: error });
  }
}

/** Every kind that the stack may have resources of: Fairlead's, and those that the user wrote. */
export function kindsOf(
  { graph }: Topology,
  listed: readonly AnyAwsKind[] = [],
): {
  readonly kinds: readonly AnyAwsKind[];
  readonly kindOf: (type: string) => AnyKind<Aws> | undefined;
} {
  const own = ownKinds(graph, listed);
  return { kinds: [...kinds, ...own], kindOf: (type) => kindOf(type) ?? own.find((kind) => kind.type === type) };
}

/** The kinds that are not Fairlead's, of those that are listed and those that a graph has resources of. */
function ownKinds({ nodes }: Topology["graph"], listed: readonly AnyAwsKind[]): AnyAwsKind[] {
  const all = new Map([...listed, ...nodes.map(({ kind }) => kind)].map((kind) => [kind.type, kind]));
  return [...all.values()].filter(({ type }) => kindOf(type) === undefined);
}
