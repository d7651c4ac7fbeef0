import type { Aws } from "../aws/aws.ts";
import type { Facts } from "../aws/facts.ts";
import { markOf } from "../aws/owner.ts";
import { readSharedStack, sharedValue, SHARING_GROUP, stacksSharing, type SharedStack } from "../aws/shared-stack.ts";
import { MAIN_SERVICE, namesOf } from "../config/naming.ts";
import { isPublic, isUsedByOthers, onSharedStack } from "../config/shared-stack.ts";
import type { Stack } from "../config/stack.ts";
import type { Plan } from "../engine/action.ts";
import type { Snapshot } from "../engine/snapshot.ts";
import type { CommonFlags } from "./context.ts";
import { paste } from "./paste.ts";

/** A stack on what it shares: the stack that it runs on, or what that one lacks. */
export interface OnShared<S extends Stack> {
  readonly stack: S;
  readonly shared?: SharedStack;
  /** What the shared stack lacks, as the end of a sentence. */
  readonly lacking?: string;
}

/** Puts a stack on the stack that it shares, as far as that one exists: its network, and free priorities on its listener. */
export async function onShared<S extends Stack>(stack: S, aws: Aws, snapshot: Snapshot): Promise<OnShared<S>> {
  if (!stack.shared) return { stack };
  const { region, services } = stack;
  const { loadBalancer, distributionComment } = namesOf(stack, aws.account);
  const shared = await readSharedStack(
    aws,
    snapshot,
    { ...stack.shared, region },
    { balancer: loadBalancer, comment: distributionComment },
  );
  if (typeof shared === "string") return { stack, lacking: shared };
  const ruleOf = new Map(services.map(({ name }) => [markOf(aws.owner, ruleId(name)), name] as const));
  const own = shared.rules.flatMap(({ owner = "", priority }) => {
    const service = ruleOf.get(owner);
    return service === undefined ? [] : [[service, priority] as const];
  });
  const taken = shared.rules.filter(({ owner = "" }) => !ruleOf.has(owner)).map(({ priority }) => priority);
  const places = { network: shared.network, own: Object.fromEntries(own), taken: new Set(taken) };
  return { stack: { ...stack, ...onSharedStack(stack, places) }, shared };
}

const ruleId = (service: string): string => `${service === MAIN_SERVICE ? "" : `${service}/`}balancer/cloudfront-rule`;

/** A stack that others run on, or that runs on another one. */
interface Sharing {
  readonly stack: Stack;
  readonly aws: Aws;
  readonly flags: CommonFlags;
}

/** A stack that runs on another one, as far as that one was found. */
interface Guest extends Sharing {
  readonly facts: Pick<Facts, "shared">;
  /** What the shared stack lacks, as the end of a sentence. */
  readonly lacking: string | undefined;
}

/** What keeps a stack from running on the stack that it shares. */
export function sharedStackProblems({ stack, aws, flags, facts: { shared }, lacking }: Guest): string[] {
  if (!stack.shared) return [];
  if (!shared) {
    const base = sharedValue(stack.shared);
    return [
      `Cannot run on stack ${base} in region ${stack.region} of account ${aws.account}: it ${lacking ?? "does not exist"}. Run reconcile for it first${withConfigOf([base], stack, "its config")}: ${pasteFor(base, stack, flags, "reconcile")}`,
    ];
  }
  const own = markOf(aws.owner, "");
  const others = shared.rules.filter(({ owner = "" }) => !owner.startsWith(own));
  return stack.services.filter(isPublic).flatMap((service) => {
    const claims = new Set(claimsOf(service));
    const other = others.find((rule) => claimsOf(rule).some((claim) => claims.has(claim)));
    if (!other) return [];
    const [claim] = claimsOf(other).filter((one) => claims.has(one));
    const whose = other.owner === undefined ? "a rule that Fairlead did not create" : stackIn(other.owner);
    return `services.${service.name}: the load balancer of ${sharedValue(stack.shared ?? stack)} already routes ${claim} to ${whose}. Set another path or host.`;
  });
}

/** What a rule matches: each host with each path. */
const claimsOf = ({ paths, hosts }: { paths: readonly string[]; hosts: readonly string[] }): string[] =>
  (hosts.length === 0 ? [""] : hosts).flatMap((host) =>
    (paths.length === 0 ? ["/*"] : paths).map((path) => host.toLowerCase() + path),
  );

/** `shop/dev` in `shop/dev/eu-west-1:network/vpc`. */
const stackIn = (owner: string): string => owner.split("/").slice(0, 2).join("/");

/** Refuses to delete or replace what other stacks run on. */
export async function sharingProblems({ aws, stack, flags }: Sharing, plan: Plan<Aws>): Promise<string[]> {
  const isShareable = [...plan.actions, ...plan.old].some(({ id }) => id === SHARING_GROUP);
  const going = isShareable ? removedBy(plan) : [];
  if (going.length === 0) return [];
  const stacks = await stacksSharing(aws, aws.owner);
  if (stacks.length === 0) return [];
  const what = going.length > 3 ? `${going.length} resources that they use` : going.join(", ");
  const isOne = stacks.length === 1;
  const runs = `${stacks.join(" and ")} ${isOne ? "runs" : "run"} on ${sharedValue(stack)}`;
  if (flags.activity === "asleep")
    return [`${runs}, and this would delete ${what}. A shared stack can sleep only while no other stack runs on it.`];
  const own = withConfigOf(stacks, stack, isOne ? "its own config" : "their own configs");
  const commands = stacks.map((one) => pasteFor(one, stack, flags, "teardown")).join(", then ");
  return [
    `${runs}, and this would delete ${what}. Tear ${isOne ? "that stack" : "those stacks"} down first${own}: ${commands}`,
  ];
}

/** That a command needs another config, unless all of the stacks are environments of this one. */
const withConfigOf = (stacks: readonly string[], { name }: Stack, config: string): string =>
  stacks.every((one) => nameIn(one) === name) ? "" : `, with ${config}`;

/** The command for another stack, `name/environment`: with this config if it is an environment of the same one. */
function pasteFor(whole: string, { name }: Stack, { target, config }: CommonFlags, command: string): string {
  const env = whole.slice(whole.indexOf("/") + 1);
  return paste({ target, env, ...(nameIn(whole) === name && config !== undefined && { config }) }, command);
}

const nameIn = (whole: string): string => whole.slice(0, whole.indexOf("/"));

const removedBy = ({ actions, old }: Plan<Aws>): string[] =>
  [
    ...actions.filter(({ action }) => action === "delete" || action === "replace").map(({ id }) => id),
    ...old.map(({ id }) => id),
  ].filter(isUsedByOthers);
