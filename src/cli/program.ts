import { Command, InvalidArgumentError, Option } from "commander";
import manifest from "../../package.json" with { type: "json" };
import type { Exit } from "./exit.ts";
import { CONFIG_FILE, type CliContext } from "./context.ts";
import { TARGETS } from "./target.ts";
import { approve, reject } from "./commands/approve.ts";
import { deploy } from "./commands/deploy.ts";
import { doctor } from "./commands/doctor.ts";
import { exec } from "./commands/exec.ts";
import { history } from "./commands/history.ts";
import { logs } from "./commands/logs.ts";
import { outputs } from "./commands/outputs.ts";
import { plan } from "./commands/plan.ts";
import { reconcile } from "./commands/reconcile.ts";
import { releaseStop } from "./commands/release/stop.ts";
import { releases } from "./commands/releases.ts";
import { rollback } from "./commands/rollback.ts";
import { stateBackups } from "./commands/state/backups.ts";
import { stateInit } from "./commands/state/init.ts";
import { stateMigrate } from "./commands/state/migrate.ts";
import { stateRestore } from "./commands/state/restore.ts";
import { stateRm } from "./commands/state/rm.ts";
import { stateShow } from "./commands/state/show.ts";
import { stateUnlock } from "./commands/state/unlock.ts";
import { status } from "./commands/status.ts";
import { teardown } from "./commands/teardown.ts";

const EXIT_CODES = `
Exit codes: 0 done, 1 failed or only partly done, 2 wrong flag or configuration (no changes were made),
3 changes pending (plan --check), 4 somebody else holds the lock.`;

/** The command line: every command with its flags. `ended` is told the exit code. */
export function programOf(context: CliContext, ended: (exit: Exit) => void): Command {
  const program = new Command("fairlead")
    .description(
      `Stands a container service up on AWS from one typed file (${CONFIG_FILE}), keeps it there, and takes it down again.`,
    )
    .version(manifest.version)
    .exitOverride()
    .addHelpText("after", EXIT_CODES);
  const command = commandOf(program);

  command("plan", "show what a reconcile would do; changes nothing")
    .option("--check", "exit with 3 where there are changes")
    .option("--full", "show every field of what is created, and long values whole")
    .action(async (flags) => ended(await plan(flags, context)));
  command("reconcile", "create or update AWS resources to match the config")
    .option("--yes", "do not ask; needed on AWS where there is no terminal")
    .option("--watch <interval>", "go on reconciling, with a pause such as 60s, 5m or 1h in between", interval)
    .option(
      "--adopt <id=aws-id>",
      "adopt an existing resource, such as network/vpc=vpc-0123; may be given again",
      collected,
    )
    .action(async (flags) => ended(await reconcile(flags, context)));
  command("teardown", "delete everything of the stack, its data included")
    .option("--yes", "do not ask; needed on AWS where there is no terminal")
    .action(async (flags) => ended(await teardown(flags, context)));
  command("status", "tell how each layer is, what has drifted and which revision runs")
    .option(...ALL_SERVICES)
    .action(async (flags) => ended(await status(flags, context)));
  command("outputs", "print the stack's outputs, or the bare value of one")
    .argument("[name]", "such as application_url")
    .action(async (name: string | undefined, flags) => ended(await outputs(name, flags, context)));
  command("history", "list the latest runs: who, when, what became of each action; or show one whole")
    .argument("[run]", "its number", keptNumber)
    .option("--limit <number>", "how many", wholeNumber, 20)
    .action(async (number: number | undefined, flags) => ended(await history(number, flags, context)));
  releaseVerbs(program, context, ended);
  const state = program.command("state").description("inspect and manage the recorded state of a stack").exitOverride();
  stateCommands(commandOf(state), context, ended);
  return program;
}

const ALL_SERVICES = ["--service <name>", "one service of the stack; left out: all of them"] as const;
const ONE_SERVICE = ["--service <name>", "the service that is meant, where the stack has several"] as const;

type CommandMaker = (name: string, description: string) => Command;

/** Makes commands below `parent`, with the flags that all have. */
const commandOf =
  (parent: Command): CommandMaker =>
  (name, description) =>
    parent
      .command(name)
      .description(description)
      .addOption(
        new Option("--target <target>", "the built-in simulated AWS, or AWS itself (AWS_ENDPOINT_URL is honoured)")
          .choices([...TARGETS])
          .default("local"),
      )
      .option("--env <name>", "the environment of the file to work on")
      .option("--config <file>", "the file that declares the stack; its state is kept beside it", CONFIG_FILE)
      .option("--json", "print one JSON object; everything else goes to stderr")
      .option("--log <file>", "write every call to a file, one JSON line each")
      .option("--log-answers", "with --log: also the members and types of each answer, without their values")
      .exitOverride();

/** The commands that move and watch what runs in the stack. */
function releaseVerbs(program: Command, context: CliContext, ended: (exit: Exit) => void): void {
  const command = commandOf(program);
  command("deploy", "release the service: upload it, and follow the pipeline until it is live or has failed")
    .argument("[folder]", "what is uploaded; left out: the folder `service`, or with `services` that of the config")
    .option("--approve", "approve the release in place")
    .option("--detach", "print the release's id and return once it has begun")
    .option("--attach <id>", "follow a release that has begun already")
    .action(async (folder: string | undefined, flags) => ended(await deploy(folder, flags, context)));
  command("approve", "approve the release that waits, and follow it")
    .option("--reason <text>", "what is written down beside it")
    .option("--detach", "do not follow the release")
    .action(async (flags) => ended(await approve(flags, context)));
  command("reject", "reject the release that waits")
    .requiredOption("--reason <text>", "why")
    .action(async (flags) => ended(await reject(flags, context)));
  command("releases", "list the latest releases: source, build, image, approver, outcome")
    .option("--limit <number>", "how many", wholeNumber, 10)
    .option(...ALL_SERVICES)
    .action(async (flags) => ended(await releases(flags, context)));
  const release = program.command("release").description("act on one release").exitOverride();
  commandOf(release)("stop", "stop a release that is under way, and roll its deployment back where that has begun")
    .argument("<id>", "the release's id, or its beginning")
    .option("--finish", "let the build that is under way come to its end instead of abandoning it")
    .option("--reason <text>", "what is written down beside it")
    .option("--yes", "do not ask; needed on AWS where there is no terminal")
    .action(async (id: string, flags) => ended(await releaseStop(id, flags, context)));
  command("rollback", "roll back to an earlier release, and follow it")
    .argument("[release]", "a release's id, an image's tag or a revision; left out: the release before")
    .option(...ONE_SERVICE)
    .option("--yes", "do not ask; needed on AWS where there is no terminal")
    .action(async (wanted: string | undefined, flags) => ended(await rollback(wanted, flags, context)));
  command("doctor", "check the request path and the tasks, and name the first broken hop")
    .option(...ALL_SERVICES)
    .action(async (flags) => ended(await doctor(flags, context)));
  command("logs", "print what the application wrote, or its builds")
    .option("--build", "the log of the builds")
    .option(...ALL_SERVICES)
    .option("--since <time>", "how far back, such as 30s, 10m or 24h", interval, HOUR)
    .option(
      "--filter <pattern>",
      "only lines that CloudWatch's filter pattern matches: words that a line must all have",
    )
    .option("--follow", "go on with what comes, until Ctrl-C")
    .action(async (flags) => ended(await logs(flags, context)));
  command("exec", "enter a running task with ECS Exec")
    .option("--command <command>", "what to run in the container", "/bin/sh")
    .option(...ONE_SERVICE)
    .option("--print", "print AWS's command line instead of running it")
    .action(async (flags) => ended(await exec(flags, context)));
}

/** The commands about the state; none of them touches what it stands for. */
function stateCommands(command: CommandMaker, context: CliContext, ended: (exit: Exit) => void): void {
  const asking = (name: string, description: string) =>
    command(name, description).option("--yes", "do not ask; needed on AWS where there is no terminal");
  command("show", "print the recorded state: one line per resource, or all of one")
    .argument("[id]", "such as network/vpc")
    .action(async (id: string | undefined, flags) => ended(await stateShow(id, flags, context)));
  asking("rm", "forget resources; the next reconcile finds them by owner tags and names")
    .argument("<ids...>", "such as network/vpc")
    .action(async (ids: string[], flags) => ended(await stateRm(ids, flags, context)));
  asking("unlock", "take the lock away from a run that is gone")
    .option("--force", "also where its process still runs on this machine")
    .action(async (flags) => ended(await stateUnlock(flags, context)));
  command("backups", "list the states from before the latest runs").action(async (flags) =>
    ended(await stateBackups(flags, context)),
  );
  asking("restore", "put one of the backups in the place of the state")
    .argument("<serial>", "as backups lists it", keptNumber)
    .action(async (serial: number, flags) => ended(await stateRestore(serial, flags, context)));
  asking("init", "make the bucket that the file says the state is kept in").action(async (flags) =>
    ended(await stateInit(flags, context)),
  );
  asking("migrate", "move the state and its history to where the file says that they are kept")
    .option("--from <place>", "where they are now, such as s3://BUCKET/PREFIX; left out: the local file")
    .action(async (flags) => ended(await stateMigrate(flags, context)));
}

const collected = (value: string, before: readonly string[] = []) => [...before, value];

/** `0`, `12`: what numbers a backup or a run, of which there may be more in the end than anybody would ask for at once. */
function keptNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("It is a number.");
  return Number(text);
}

/** `10`, at least 1. */
function wholeNumber(text: string): number {
  const number = /^[1-9]\d{0,3}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(number)) throw new InvalidArgumentError("It is a whole number from 1 to 9999.");
  return number;
}

const HOUR = 3_600_000;

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: HOUR };

/** `60s`, `5m`, `1h` in milliseconds. */
function interval(text: string): number {
  const [, number = "", unit = ""] = /^(\d+)(s|m|h)$/.exec(text) ?? [];
  const ms = Number(number) * (UNITS[unit] ?? Number.NaN);
  if (!(ms > 0)) throw new InvalidArgumentError("It is a number with s, m or h, such as 60s.");
  return ms;
}
