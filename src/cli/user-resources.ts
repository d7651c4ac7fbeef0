import { kindOf, kinds } from "../aws/kinds.ts";
import type { Aws } from "../aws/aws.ts";
import { ConfigError } from "../config/errors.ts";
import type { Stack } from "../config/stack.ts";
import type { AnyKind } from "../engine/resource-kind.ts";
import type { Resources } from "../../reconcilers/own-resources.ts";
import { topology, type DeclaredStack, type Topology } from "../../reconcilers/topology.ts";
import { UsageError } from "./exit.ts";

/** What a file exports, its settings apart from the function that declares resources of the user's own. */
export function splitConfig(config: unknown): { readonly settings: unknown; readonly resources?: Resources } {
  if (typeof config !== "object" || config === null || !("resources" in config)) return { settings: config };
  const { resources, ...settings } = config;
  if (typeof resources !== "function")
    throw new ConfigError([
      { path: "resources", message: "is not a function; allowed: (scope, stack) => { scope.add(...); }" },
    ]);
  return { settings, resources: resources as Resources };
}

/**
 * A stack with its own resources and patches, each of which is tried on an account that does not exist: what is wrong with them is told before
 * AWS is asked anything.
 */
export function withResources(stack: Stack, resources: Resources | undefined): DeclaredStack {
  if (resources === undefined && Object.keys(stack.patch).length === 0) return stack;
  const whole = { ...stack, ...(resources ? { resources } : {}) };
  const facts = { account: "000000000000", partition: "aws", originFacingPrefixList: "pl-0", released: {} };
  try {
    topology(whole, facts);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new UsageError(
      `The function resources of the config failed: ${(error as Error).message} No changes were made.`,
      {
        cause: error,
      },
    );
  }
  return whole;
}

/** Every kind that the stack may have resources of: Fairlead's, and those that the user wrote. */
export function kindsOf({ graph }: Topology): {
  readonly kinds: readonly AnyKind<Aws>[];
  readonly kindOf: (type: string) => AnyKind<Aws> | undefined;
} {
  const own = new Map(
    graph.nodes.map(({ kind }) => [kind.type, kind] as const).filter(([type]) => kindOf(type) === undefined),
  );
  return { kinds: [...kinds, ...own.values()], kindOf: (type) => kindOf(type) ?? own.get(type) };
}
