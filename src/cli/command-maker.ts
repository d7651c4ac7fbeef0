import { Option, type Command } from "commander";
import { CONFIG_HELP } from "./before-commands.ts";
import { TARGETS } from "./target.ts";

/** Makes a command by its name and description. */
export type CommandMaker = (name: string, description: string) => Command;

/** The last words of the commands that tell how they go on. */
const TELLING: ReadonlySet<string> = new Set(
  // The last four: release stop, job run, secret set and secret restart.
  "reconcile sleep wake failover teardown deploy approve reject rollback task stop run set restart".split(" "),
);

/** Makes commands below `parent`, with the flags that all have. */
export const commandOf =
  (parent: Command): CommandMaker =>
  (name, description) => {
    const made = parent
      .command(name)
      .description(description)
      .addOption(
        new Option("--target <target>", "the built-in simulated AWS, or AWS itself (honours AWS_ENDPOINT_URL)")
          .choices([...TARGETS])
          .default("local"),
      )
      .option("--env <name>", "an environment declared in the config")
      .option(
        "--region <region>",
        "one of the stack's regions (default: with two, both, or the first for a command about one), or one that it was in",
      )
      .option("--config <file>", CONFIG_HELP)
      .option("--json", "print JSON to stdout (task and job run: one object per line), everything else to stderr")
      .option("--log <file>", "log every API call to a file, one JSON line per call")
      .option("--log-answers", "with --log: also log the shape of each response, without values")
      .exitOverride();
    return TELLING.has(name)
      ? made.option("-q, --quiet", "print only the result, and failures to stderr; ask nothing")
      : made;
  };
