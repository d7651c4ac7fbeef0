import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { topology } from "../../reconcilers/topology.ts";
import { splitConfig, withOwnParts } from "../../src/cli/user-resources.ts";
import { resolveStack } from "../../src/config/resolve.ts";
import type { StackConfig } from "../../src/index.ts";
import type { Creatable } from "./stacks.ts";

const FACTS = { account: "123456789012", partition: "aws", originFacingPrefixList: "pl-1" };

/** The config that a stack writes: what it edits the folder's config to, or the file that it puts there. */
async function configOf(under: Creatable): Promise<StackConfig> {
  const directory = mkdtempSync(join(tmpdir(), "fairlead-"));
  let config: StackConfig | undefined;
  try {
    under.write({ directory, edit: (edited) => (config = edited) });
    if (config) return config;
    const file = (await import(join(directory, "stack.config.ts"))) as { readonly default: StackConfig };
    return file.default;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The resources of a config once everything is released, in each of its regions; AWS is not asked anything. */
function resourcesIn(config: StackConfig) {
  const { settings, own } = splitConfig(config);
  return (config.regions ?? [undefined]).flatMap((region) => {
    const stack = withOwnParts(resolveStack(settings, undefined, undefined, region), own);
    const released = Object.fromEntries(stack.services.map(({ name }) => [name, true]));
    const zones = Object.fromEntries(stack.domains.map((domain) => [domain, "Z1"]));
    return topology(stack, { ...FACTS, released, zones }).graph.nodes;
  });
}

/** The resources of all these stacks. */
export async function resourcesOf(stacks: readonly Creatable[]) {
  const configs = await Promise.all(stacks.map(configOf));
  return configs.flatMap(resourcesIn);
}

/** The types of the resources of all these stacks. */
export const kindsOf = async (stacks: readonly Creatable[]): Promise<Set<string>> =>
  new Set((await resourcesOf(stacks)).map(({ kind }) => kind.type));
