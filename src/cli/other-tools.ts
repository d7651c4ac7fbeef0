import type { Command } from "commander";
import { nearest } from "../config/suggest.ts";
import { UsageError } from "./exit.ts";
import { paste } from "./paste.ts";

/** What commands of other tools are called here: of Terraform, Pulumi, CDK, SST, Copilot, ecspresso, Serverless, kubectl and docker compose. */
const HERE: Readonly<Record<string, string>> = {
  apply: "reconcile",
  up: "reconcile",
  create: "reconcile",
  provision: "reconcile",
  update: "reconcile",
  sync: "reconcile",
  install: "reconcile",
  destroy: "teardown",
  down: "teardown",
  delete: "teardown",
  remove: "teardown",
  rm: "teardown",
  nuke: "teardown",
  diff: "plan",
  preview: "plan",
  synth: "plan",
  validate: "plan",
  verify: "plan",
  refresh: "plan",
  package: "plan",
  drift: "plan",
  show: "status",
  list: "status",
  ls: "status",
  ps: "status",
  get: "status",
  info: "status",
  output: "outputs",
  tail: "logs",
  events: "history",
  run: "task",
  invoke: "task",
  ssh: "exec",
  shell: "exec",
  console: "exec",
  push: "deploy",
  ship: "deploy",
  publish: "deploy",
  svc: "deploy",
  promote: "approve",
  revert: "rollback",
  undo: "rollback",
  unlock: "state unlock",
  "force-unlock": "state unlock",
  bootstrap: "state init",
  import: "reconcile --adopt ID=AWS_ID",
  adopt: "reconcile --adopt ID=AWS_ID",
  secrets: "secret list",
  pause: "sleep",
  stop: "sleep",
  resume: "wake",
  start: "wake",
  app: "init --from copilot .",
  env: "plan --env NAME",
  new: "init",
};

/** Refuses commands that there are not, with the one that was meant. */
export function refuseUnknown(program: Command): void {
  program.on("command:*", ([name = ""]: readonly string[]) => {
    throw unknownCommand(
      name,
      program.commands.map((one) => one.name()),
    );
  });
}

/** What to say of a command that there is not: the one that another tool's name means here, or one of nearly the same name. */
function unknownCommand(name: string, commands: readonly string[]): UsageError {
  const here = Object.hasOwn(HERE, name) ? HERE[name] : undefined;
  const help = paste({ target: "local" }, "help");
  if (here !== undefined)
    return new UsageError(
      `There is no command ${name}; what other tools call ${name} is ${here} here. Run: ${command(here)}`,
    );
  const meant = nearest(name, commands);
  const rest =
    meant === undefined ? `For the list of commands: ${help}` : `Did you mean ${meant}? Run: ${command(meant)}`;
  return new UsageError(`There is no command ${name}. ${rest}`);
}

function command(words: string): string {
  const [name = "", ...flags] = words.split(" ");
  return paste({ target: "local" }, name, ...flags);
}
