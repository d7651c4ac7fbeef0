import type { StackConfig } from "../../src/index.ts";
import { resolveStack } from "../../src/config/resolve.ts";

/** What a user does who was refused: the configs to reconcile one after the other, and what to do to the state and to say before. */
export interface WayOn {
  readonly steps: readonly StackConfig[];
  /** Ids to take out of the state first (`state rm`). */
  readonly forget: readonly string[];
  /** What to say with `--adopt`, by the resource that it becomes. */
  readonly adopt: ReadonlyMap<string, string>;
  /** Whether to run again once a release has finished: a pipeline that was created anew, without an approval, deploys by itself. */
  readonly waits: boolean;
}

const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match.slice(1));

/**
 * What the sentences of a refusal tell a user to do who wants `next` and stands by `before`; throws where a sentence names nothing that
 * can be done.
 */
export function wayOn(refusal: readonly string[], before: StackConfig, next: StackConfig): WayOn {
  let [config, steps] = [next, undefined as readonly StackConfig[] | undefined];
  let [isBehindOrigin, waits] = [false, false];
  const [forget, adopt] = [[] as string[], new Map<string, string>()];
  for (const sentence of refusal) {
    const range = /^network\/(public|private)-(\d+): .* such as (\d\S+)\.$/.exec(sentence);
    const adoptions = all(sentence, /--adopt ([^=\s]+)=(\S+)/g);
    const removals = all(sentence, /state rm ([a-z][^,.]*?)(?=[),.]|$)/g);
    if (range)
      config = ranged(config, range[1] === "public" ? "publicSubnets" : "privateSubnets", Number(range[2]), range[3]);
    else if (sentence.includes("in two steps")) {
      const { nat } = resolveStack(before).network;
      steps = [{ ...config, network: { ...config.network, nat: nat ?? "perZone" } }, config];
    } else if (sentence.includes("in three steps")) isBehindOrigin = true;
    else if (sentence.startsWith("network.ipv6 cannot be turned off"))
      config = { ...config, network: { ...config.network, ipv6: true } };
    else if (sentence.includes("Run again when the release has finished")) waits = true;
    else if (sentence.includes("set protect to false")) config = { ...config, protect: false };
    else if (adoptions.length > 0) {
      const [[id = "", its = ""] = []] = adoptions;
      adopt.set(id, its);
    } else if (removals.length > 0) forget.push(...removals.flatMap(([ids = ""]) => ids.split(" ")));
    else throw new Error(`Nobody can do what this says: ${sentence}`);
  }
  if (isBehindOrigin) steps = [withoutOrigin(before), withoutOrigin(config), config];
  return { steps: steps ?? [config], forget, adopt, waits };
}

/** The config with a load balancer that CloudFront reaches from the internet. */
function withoutOrigin(config: StackConfig): StackConfig {
  if (config.edge === false || config.edge === undefined) return config;
  const { origin: _, ...edge } = config.edge;
  return { ...config, edge };
}

/** The config with another range for one of its subnets. */
function ranged(
  config: StackConfig,
  which: "publicSubnets" | "privateSubnets",
  place: number,
  range = "",
): StackConfig {
  const ranges = resolveStack(config).network[which].with(place - 1, range);
  return { ...config, network: { ...config.network, [which]: ranges } };
}
