import { Command, Option } from "commander";
import { VERSION } from "./version.ts";
import type { Exit } from "./exit.ts";
import { CONFIG_FILE, type CliContext } from "./context.ts";
import { commandOf, type CommandMaker } from "./command-maker.ts";
import { commandsOf, pathOf } from "../help/commands.ts";
import { exampleText } from "../help/example-text.ts";
import { EXIT_CODES, LAYOUT } from "../help/layout.ts";
import { collected, interval, keptNumber, runOrNow, valueLength, wholeNumber } from "./arguments.ts";
import { beforeCommands } from "./before-commands.ts";
import { refusalText } from "./refusal-text.ts";
import { completionCommand } from "./completion-command.ts";
import { consoleCommand } from "./console-command.ts";
import { failoverCommand } from "./failover-command.ts";
import { initCommand } from "./init-command.ts";
import { policyCommand } from "./policy-command.ts";
import { approve, reject } from "./commands/approve.ts";
import { deploy } from "./commands/deploy.ts";
import { doctor } from "./commands/doctor.ts";
import { exec } from "./commands/exec.ts";
import { graph } from "./commands/graph.ts";
import { history, type RunNumbers } from "./commands/history.ts";
import { logs } from "./commands/logs.ts";
import { outputs } from "./commands/outputs.ts";
import { plan } from "./commands/plan.ts";
import { reconcile } from "./commands/reconcile.ts";
import { releaseStop } from "./commands/release/stop.ts";
import { releases } from "./commands/releases.ts";
import { rollback } from "./commands/rollback.ts";
import { secretList } from "./commands/secret/list.ts";
import { secretRestart } from "./commands/secret/restart.ts";
import { secretRm } from "./commands/secret/rm.ts";
import { secretSet } from "./commands/secret/set.ts";
import { sleep, wake } from "./commands/sleep.ts";
import { stateBackups } from "./commands/state/backups.ts";
import { stateInit } from "./commands/state/init.ts";
import { stateMigrate } from "./commands/state/migrate.ts";
import { stateRestore } from "./commands/state/restore.ts";
import { stateRm } from "./commands/state/rm.ts";
import { stateShow } from "./commands/state/show.ts";
import { stateUnlock } from "./commands/state/unlock.ts";
import { status } from "./commands/status.ts";
import { jobRun, task } from "./commands/task.ts";
import { teardown } from "./commands/teardown.ts";

/** The command line: every command with its flags. `ended` is told the exit code. */
export function programOf(context: CliContext, ended: (exit: Exit) => void): Command {
  const program = new Command("fairlead")
    .description(
      `Provisions container services on AWS from one typed file (${CONFIG_FILE}), releases to them, and tears them down.`,
    )
    .version(VERSION)
    .exitOverride()
    .configureHelp(LAYOUT)
    .configureOutput({
      writeOut: (text) => context.terminal.line(text.replace(/\n$/, "")),
      writeErr: (text) => context.terminal.error(text.replace(/\n$/, "")),
      outputError: (text, write) => write(refusalText(text)),
    })
    .addHelpText("after", EXIT_CODES);
  beforeCommands(program, context);
  initCommand(program, context, ended);
  const command = commandOf(program);

  command("plan", "show what a reconcile would do; changes nothing")
    .option("--check", "exit with 3 if there are changes")
    .option("--cost", "show the estimated cost by service and resource, and the prices of what is charged by use")
    .option(...LIVE_PRICES)
    .option("--html <file>", "also write the plan to a file as a page, with its picture, for a browser")
    .option("--full", "show every field of new resources, and long values in full")
    .option("--markdown", "print a comment for a pull request to stdout, everything else to stderr")
    .option("--out <file>", "write the plan to a file that reconcile applies as it is")
    .addOption(VIEW)
    .action(async (flags) => ended(await plan(flags, context)));
  command("reconcile", "create or update AWS resources to match the config")
    .argument(
      "[plan]",
      "a file that plan --out wrote: applied without asking, or refused if anything has changed since",
    )
    .option("--yes", "skip the confirmation prompt; required on AWS without a terminal")
    .option(...LIVE_PRICES)
    .option(...NO_WAIT)
    .option("--watch <interval>", "keep reconciling at this interval, such as 60s, 5m or 1h", interval)
    .option("--adopt <id=aws-id>", "adopt an existing resource, such as network/vpc=vpc-0123 (repeatable)", collected)
    .action(async (file: string | undefined, flags) =>
      ended(await reconcile(file === undefined ? flags : { ...flags, plan: file }, context)),
    );
  command(
    "sleep",
    "scale the stack down to its cheapest: no tasks, NAT gateways or interface endpoints; everything else stays",
  )
    .option("--yes", "skip the confirmation prompt; required on AWS without a terminal")
    .action(async (flags) => ended(await sleep(flags, context)));
  command("wake", "bring a sleeping stack back as it was")
    .option("--yes", "skip the confirmation prompt; required on AWS without a terminal")
    .action(async (flags) => ended(await wake(flags, context)));
  failoverCommand(command, context, ended);
  command("teardown", "delete all resources of the stack, including its data")
    .option("--yes", "skip the confirmation prompt; required on AWS without a terminal")
    .option(...NO_WAIT)
    .action(async (flags) => ended(await teardown(flags, context)));
  command("status", "show the state of each layer, drift, and the running revisions")
    .option(...ALL_SERVICES)
    .option("--wait", "first wait until no run and nothing else is in progress; exit code 1 if something still is")
    .option("--timeout <time>", "with --wait: for at most 90s, 10m or 2h (default: 1h)", interval)
    .option("--metrics", "also draw the services' requests, errors, latency and load of the last three hours")
    .action(async (flags) => ended(await status(flags, context)));
  command("outputs", "print all outputs of the stack, or the value of one")
    .argument("[name]", "such as application_url")
    .action(async (name: string | undefined, flags) => ended(await outputs(name, flags, context)));
  command("history", "list recent runs, show one in full, or two side by side")
    .argument("[run]", "its number", keptNumber)
    .argument("[other]", "the number of a run to compare it with, or `now` for the one in progress", runOrNow)
    .option("--limit <number>", "maximum number to list", wholeNumber, 20)
    .option("--html <file>", "also write what is shown of a run, or of two, to a file as a page, for a browser")
    .addOption(VIEW)
    .action(async (number: number | undefined, other: RunNumbers["other"], flags) =>
      ended(await history({ number, other }, flags, context)),
    );
  command("graph", "print the stack of the config as a picture; asks nothing of AWS")
    .option("--mermaid", "as a Mermaid flowchart, which GitHub and GitLab draw in Markdown (default)")
    .option("--dot", "as a graph for Graphviz")
    .option("--svg", "as an SVG image")
    .option("--resources", "every resource and what it waits for, and not only the ones that people draw")
    .addOption(VIEW)
    .action(async (flags) => ended(await graph(flags, context)));
  consoleCommand(command, context, ended);
  policyCommand(command, context, ended);
  releaseCommands(program, context, ended);
  const secret = program.command("secret").description("store and list the stack's own secrets").exitOverride();
  secretCommands(commandOf(secret), context, ended);
  const state = program.command("state").description("inspect and manage the recorded state of a stack").exitOverride();
  stateCommands(commandOf(state), context, ended);
  completionCommand(program, context, ended);
  for (const one of [program, ...commandsOf(program)]) one.addHelpText("after", () => exampleText(pathOf(one)));
  return program;
}

/** How the console asks for what its pages show. */
const VIEW = new Option("--view", "answer with what the console shows").hideHelp();
const LIVE_PRICES = [
  "--live-prices",
  "estimate the cost with the prices that AWS publishes now (Price List API)",
] as const;
const ALL_SERVICES = ["--service <name>", "one service of the stack (default: all)"] as const;
const NO_WAIT = [
  "--no-wait",
  "end once all calls are made, and say what is still in progress (what later calls need is waited for)",
] as const;
const VERBOSE = ["--verbose", "also print the logs of builds and ECS's events as they come"] as const;
const ONE_SERVICE = ["--service <name>", "the service (required if the stack has several)"] as const;

/** The commands that move and watch what runs in the stack. */
function releaseCommands(program: Command, context: CliContext, ended: (exit: Exit) => void): void {
  const command = commandOf(program);
  command("deploy", "upload a release, and follow the pipeline until it is live or has failed")
    .argument(
      "[folder]",
      "the folder to upload (default: `service`, or the config's folder with `services` or a Dockerfile)",
    )
    .option("--approve", "approve the release without asking")
    .option("--no-wait", "print the release's id and return as soon as it has started")
    .option("--detach", "the same as --no-wait")
    .option("--attach <id>", "follow a release that was started before")
    .option(...VERBOSE)
    .action(async (folder: string | undefined, flags) => ended(await deploy(folder, flags, context)));
  command("approve", "approve the pending release, and follow it")
    .argument("[release]", "its execution ID, or the beginning of it; another release is not approved")
    .option("--reason <text>", "a note that is recorded with it")
    .option("--no-wait", "do not follow the release")
    .option("--detach", "the same as --no-wait")
    .option(...VERBOSE)
    .action(async (wanted: string | undefined, flags) => ended(await approve(wanted, flags, context)));
  command("reject", "reject the pending release")
    .argument("[release]", "its execution ID, or the beginning of it; another release is not rejected")
    .requiredOption("--reason <text>", "why")
    .action(async (wanted: string | undefined, flags) => ended(await reject(wanted, flags, context)));
  command("releases", "list recent releases: source, build, image, approver, outcome; or tell everything about one")
    .argument("[release]", "its execution ID, or the beginning of it: its tasks, changes, cause and build log")
    .option("--lines <number>", "of one release: how much of its build's log (default: 20)", wholeNumber)
    .option("--limit <number>", "maximum number to list", wholeNumber, 10)
    .option(...ALL_SERVICES)
    .action(async (wanted: string | undefined, flags) => ended(await releases(wanted, flags, context)));
  const release = program.command("release").description("stop a release in progress").exitOverride();
  commandOf(release)("stop", "stop a release in progress, and roll back its deployment if it has started")
    .argument("<id>", "the release's id, or the first characters of it")
    .option("--finish", "let the current build finish instead of abandoning it")
    .option("--reason <text>", "a note that is recorded with it")
    .option("--yes", "skip the confirmation prompt; required on AWS without a terminal")
    .action(async (id: string, flags) => ended(await releaseStop(id, flags, context)));
  command("rollback", "roll back to an earlier release, and follow it")
    .argument("[release]", "a release id, an image tag or a revision (default: the previous release)")
    .option(...ONE_SERVICE)
    .option(...VERBOSE)
    .option("--yes", "skip the confirmation prompt; required on AWS without a terminal")
    .action(async (wanted: string | undefined, flags) => ended(await rollback(wanted, flags, context)));
  command("doctor", "check the request path and the tasks, and report the first failing check")
    .option(...ALL_SERVICES)
    .action(async (flags) => ended(await doctor(flags, context)));
  command("logs", "print application logs, build logs, or access logs")
    .option("--build", "print build logs")
    .option(
      "--access",
      "print the requests in the access logs (accessLogs in the config), which arrive minutes to hours late",
    )
    .option("--status <status>", "with --access: only requests with this HTTP status, such as 404 or 5xx")
    .option("--path <pattern>", "with --access: only requests of this path, such as '/api/*'")
    .option("--from <log>", "with --access: only the log of the cdn or of the balancer")
    .option(...ALL_SERVICES)
    .option(
      "--since <time>",
      "how far back to start, such as 30s, 10m or 24h (default: 1h, with --access 3h)",
      interval,
    )
    .option("--filter <pattern>", "only lines that match a CloudWatch Logs filter pattern")
    .option("--follow", "keep printing new lines until Ctrl-C")
    .option("--jsonl", "print one JSON object per line to stdout, everything else to stderr; goes with --follow")
    .action(async (flags) => ended(await logs(flags, context)));
  taskCommands(program, context, ended);
  command("exec", "open a shell in a running task with ECS Exec")
    .option("--command <command>", "the command to run in the container", "/bin/sh")
    .option(...ONE_SERVICE)
    .option("--print", "print the aws command instead of running it")
    .action(async (flags) => ended(await exec(flags, context)));
}

/** The commands that run a task and end with the exit code of its container. */
function taskCommands(program: Command, context: CliContext, ended: (exit: Exit) => void): void {
  const running = (command: Command) =>
    command
      .option("--variable <name=value>", "an environment variable of this run (repeatable)", collected)
      .option("--cpu <units>", "CPU units of this run", keptNumber)
      .option("--memory <mib>", "memory of this run in MiB", keptNumber)
      .option("--timeout <time>", "stop it after 90s, 10m or 2h", interval)
      .option("--no-wait", "print the task's id and return once it has been started")
      .option("--detach", "the same as --no-wait")
      .option("--attach <task>", "follow a task that was started before, by its id")
      .addHelpText("after", "\nThe command ends with the exit code of the container.");
  running(
    commandOf(program)("task", "run a command in a service's image, network and role, and end with its exit code")
      .argument("<service>", "such as web")
      .argument("[command...]", "what to run, after --"),
  ).action(async (service: string, command: string[], flags) => ended(await task(service, command, flags, context)));
  const job = program.command("job").description("run a job now").exitOverride();
  running(
    commandOf(job)("run", "run a job now, and end with its exit code").argument(
      "<name>",
      "the job's name in the config",
    ),
  ).action(async (name: string, flags) => ended(await jobRun(name, flags, context)));
}

/** The commands about the stack's own secrets. No argument and no flag is a value. */
function secretCommands(command: CommandMaker, context: CliContext, ended: (exit: Exit) => void): void {
  command("set", "store a value: from a hidden prompt, standard input or a file")
    .argument("<name>", "such as API_KEY")
    .option("--file <path>", "a file with the value; a line break at its end is left out")
    .addOption(
      new Option("--generate [length]", "generate a value of this many letters and digits")
        .argParser(valueLength)
        .preset(40),
    )
    .option("--restart", "replace the running tasks of the services that read it, and follow until they run")
    .action(async (name: string, flags) => ended(await secretSet(name, flags, context)));
  command("list", "list the secrets: name, age, and which services read it").action(async (flags) =>
    ended(await secretList(flags, context)),
  );
  command("rm", "delete a secret that no service reads")
    .argument("<name>", "such as API_KEY")
    .option("--yes", "skip the confirmation prompt; required on AWS without a terminal")
    .action(async (name: string, flags) => ended(await secretRm(name, flags, context)));
  command("restart", "replace tasks that started before a secret that they read was changed")
    .option(...ALL_SERVICES)
    .action(async (flags) => ended(await secretRestart(flags, context)));
}

/** The commands about the state; none of them touches what it stands for. */
function stateCommands(command: CommandMaker, context: CliContext, ended: (exit: Exit) => void): void {
  const asking = (name: string, description: string) =>
    command(name, description).option("--yes", "skip the confirmation prompt; required on AWS without a terminal");
  command("show", "print the recorded state: one line per resource, or all of one")
    .argument("[id]", "such as network/vpc")
    .action(async (id: string | undefined, flags) => ended(await stateShow(id, flags, context)));
  asking("rm", "remove resources from the state, not from AWS")
    .argument("<ids...>", "such as network/vpc")
    .action(async (ids: string[], flags) => ended(await stateRm(ids, flags, context)));
  asking("unlock", "release the lock of a run that died")
    .option("--force", "even if its process is still running on this machine")
    .action(async (flags) => ended(await stateUnlock(flags, context)));
  command("backups", "list backups of the state").action(async (flags) => ended(await stateBackups(flags, context)));
  asking("restore", "restore a backup of the state")
    .argument("<serial>", "its serial, as listed by `state backups`", keptNumber)
    .action(async (serial: number, flags) => ended(await stateRestore(serial, flags, context)));
  asking("init", "create the S3 bucket that the config names for the state").action(async (flags) =>
    ended(await stateInit(flags, context)),
  );
  asking("migrate", "move the state and its history to the location in the config")
    .option("--from <place>", "the current location, such as s3://BUCKET/PREFIX (default: the local file)")
    .action(async (flags) => ended(await stateMigrate(flags, context)));
}
