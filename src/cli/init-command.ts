import { InvalidArgumentError, Option, type Command } from "commander";
import { LANGUAGES } from "../init/languages.ts";
import { init } from "./commands/init.ts";
import type { CliContext } from "./context.ts";
import type { Exit } from "./exit.ts";

/** What starts a stack. It has no stack yet, and so none of the flags that say which. */
export const initCommand = (program: Command, context: CliContext, ended: (exit: Exit) => void): Command =>
  program
    .command("init")
    .description("write a stack.config.ts, and whatever a first release needs, for the application in this folder")
    .argument("[folder]", "the folder of the application, or with --from that of the workspace (default: this one)")
    .option("--name <name>", "name of the stack (default: that of the package or the folder)")
    .option("--region <region>", "AWS region (default: AWS_REGION, or that of the profile)")
    .option("--port <port>", "port that the application listens on (default: EXPOSE, or what the sources say)", port)
    .addOption(
      new Option("--language <language>", "language of the sample application in an empty folder").choices([
        ...LANGUAGES,
      ]),
    )
    .option("--env <name>", "with --github: the environment that is planned and deployed")
    .addOption(new Option("--from <tool>", "read another tool's files instead").choices(["copilot"]))
    .option("--github", "also write a workflow for GitHub Actions: plans as comments, deployments of the main branch")
    .option("--yes", "ask nothing: what is not given by flags is guessed")
    .option("--json", "print one JSON object to stdout, everything else to stderr")
    .exitOverride()
    .addHelpText("after", "\nNo file is ever overwritten: what exists is kept, and named.")
    .action(async (folder: string | undefined, flags) => ended(await init(folder, flags, context)));

/** `8080`. */
function port(text: string): number {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > 65_535) throw new InvalidArgumentError("Expected a port from 1 to 65535.");
  return number;
}
