import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PolicyDocument } from "../../src/aws/permissions/policy.ts";
import { fileStore } from "../../state/file-store.ts";
import { CHANGES, changeByHand } from "./by-hand.ts";
import type { StackUnderTest } from "./stacks.ts";
import { Stage, type Said } from "./stage.ts";

/** One step of a stack's life: a command, and what is done to the stack before it. */
export interface Step {
  readonly title: string;
  readonly argv: readonly string[];
  /** What happens outside of the policy: an edit of files, or somebody else's change. */
  readonly before?: (stage: Stage) => Promise<void> | void;
  /** The administrator prints the policy of the edited config and attaches it. */
  readonly printed?: true;
}

const LOG = "asked.jsonl";

const local = (stage: Stage, name: string) => join(stage.directory, ".fairlead", "local", name);

/** The whole life of a stack: everything that a person or a CI does with it. */
export function lifeOf(under: StackUnderTest): readonly Step[] {
  const isShop = under.name === "shop-dev";
  const source = under.source === undefined ? [] : [under.source];
  return [
    { title: "creates it", argv: ["reconcile", "--yes"], printed: true },
    { title: "deploys it", argv: ["deploy", ...source, "--approve"] },
    { title: "sets up what follows the first release", argv: ["reconcile", "--yes"] },
    { title: "finds nothing to do", argv: ["plan", "--check", "--cost", "--live-prices"] },
    { title: "reverts drift", argv: ["reconcile", "--yes"], before: (stage) => drift(stage, under) },
    { title: "prints logs", argv: ["logs"] },
    { title: "prints the build's logs", argv: ["logs", "--build"] },
    { title: "shows its status", argv: ["status", "--metrics"] },
    { title: "checks the request path", argv: ["doctor"] },
    { title: "lists releases", argv: ["releases"] },
    { title: "stores a secret", argv: ["secret", "set", "API_KEY", "--generate"] },
    { title: "changes the secret", argv: ["secret", "set", "API_KEY", "--generate"] },
    { title: "lists secrets", argv: ["secret", "list"] },
    { title: "deletes the secret", argv: ["secret", "rm", "API_KEY", "--yes"] },
    { title: "runs a command", argv: ["task", "web", "--", "node", "--version"] },
    ...(isShop ? [{ title: "runs a job", argv: ["job", "run", "report"] }] : []),
    { title: "deploys another release", argv: ["deploy", ...source, "--approve"], before: under.change },
    { title: "rolls back", argv: ["rollback", "--yes", ...(isShop ? ["--service", "web"] : [])] },
    { title: "sleeps", argv: ["sleep", "--yes"] },
    { title: "wakes", argv: ["wake", "--yes"] },
    { title: "adds a tag", argv: ["reconcile", "--yes"], before: (stage) => retag(stage, "", TAGGED) },
    { title: "removes the tag", argv: ["reconcile", "--yes"], before: (stage) => retag(stage, TAGGED, "") },
    { title: "carries out an edit", argv: ["reconcile", "--yes"], before: under.edit, printed: true },
    { title: "deletes it", argv: ["teardown", "--yes"] },
  ];
}

/** A tag of the user's own, as the beginning of a config has it. */
const TAGGED = ' tags: { team: "shop" },';

function retag({ directory }: Stage, from: string, to: string): void {
  const path = join(directory, "stack.config.ts");
  const before = readFileSync(path, "utf8");
  const after = before.replace(`defineStack({${from}`, `defineStack({${to}`);
  if (after === before) throw new Error(`The config does not begin with defineStack({${from}.`);
  writeFileSync(path, after);
}

/** Somebody changes one resource of each kind. */
async function drift(stage: Stage, under: StackUnderTest): Promise<void> {
  const state = await fileStore(join(stage.directory, ".fairlead", `${under.name}.json`)).read();
  if (!state) throw new Error("There is no state yet.");
  const byType = new Map(Object.entries(state.resources).map(([id, { type }]) => [type, id]));
  for (const [type, id] of byType)
    if (type in CHANGES && !UNCHANGED.includes(type)) await stage.meddle((aws) => changeByHand(aws, state, id));
}

/** Kinds of which nobody changes anything: changes by hand of them depend on the suite's other stacks. */
const UNCHANGED: readonly string[] = ["ecs/service", "ecs/task-definition", "route53/validation-record"];

/** Prints the stack's policy, as an administrator would who reads it before attaching it. */
export async function printed(stage: Stage, ...flags: string[]): Promise<PolicyDocument[]> {
  const said = await stage.type("policy", "--json", ...flags);
  if (said.exit !== 0) throw new Error(said.lines.join("\n"));
  return (JSON.parse(said.answer) as { policies: PolicyDocument[] }).policies;
}

/** Lets the simulated AWS permit what these policies allow, and nothing else; `undefined`: everything. */
export function permit(stage: Stage, policies: readonly object[] | undefined): void {
  mkdirSync(join(stage.directory, ".fairlead", "local"), { recursive: true });
  writeFileSync(local(stage, "caller.json"), JSON.stringify({ ...(policies && { policies }), log: LOG }));
}

/** Runs a step, and tells which actions were asked for in it. */
export async function take(stage: Stage, { argv }: Step): Promise<Said & { readonly asked: readonly string[] }> {
  const log = local(stage, LOG);
  rmSync(log, { force: true });
  const said = await stage.type(...argv);
  const lines = existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
  return { ...said, asked: [...new Set(lines.map((line) => (JSON.parse(line) as { action: string }).action))] };
}

/** Policies without one action; what has no other action is left out. */
export const without = (policies: readonly PolicyDocument[], action: string): PolicyDocument[] =>
  policies.map((document) => ({
    ...document,
    Statement: document.Statement.flatMap((statement) => {
      const Action = statement.Action.filter((one) => one !== action);
      return Action.length === 0 ? [] : [{ ...statement, Action }];
    }),
  }));

/** All actions of policies, sorted. */
export const actionsIn = (policies: readonly PolicyDocument[]): string[] =>
  [...new Set(policies.flatMap(({ Statement }) => Statement.flatMap(({ Action }) => Action)))].toSorted();
