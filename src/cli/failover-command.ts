import type { Command } from "commander";
import { failover } from "./commands/failover.ts";
import type { CliContext } from "./context.ts";
import type { Exit } from "./exit.ts";

const NOTE = `
It works with that region and with CloudFront, and asks nothing of the other region. A reconcile leaves requests
where they are.`;

/** Adds the command that sends requests to another region. */
export const failoverCommand = (
  command: (name: string, description: string) => Command,
  context: CliContext,
  ended: (exit: Exit) => void,
): void => {
  command("failover", "send all requests of a stack in two regions to one of them")
    .argument("[region]", "the region (default: the second one)")
    .option("--yes", "skip the confirmation prompt; required on AWS without a terminal")
    .option("--force", "even if no task is healthy there")
    .addHelpText("after", NOTE)
    .action(async (region: string | undefined, flags) => ended(await failover(region, flags, context)));
};
