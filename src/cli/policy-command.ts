import { Option, type Command } from "commander";
import { policy } from "./commands/policy.ts";
import type { CliContext } from "./context.ts";
import type { Exit } from "./exit.ts";

/** What whoever runs the other commands has to be permitted. */
export const policyCommand = (
  command: (name: string, description: string) => Command,
  context: CliContext,
  ended: (exit: Exit) => void,
) =>
  command("policy", "print the smallest IAM policies for this stack: its plan, its later edits and its teardown")
    .argument(
      "[repository]",
      "with --role github: the repository whose workflows may assume the role, as OWNER/REPOSITORY",
    )
    .option("--account <id>", "the AWS account (default: that of the credentials)")
    .option("--read-only", "for plan, status, doctor, logs and whatever else changes nothing")
    .option("--release", "for deploy, approve, rollback and release stop, and for what --read-only is for")
    .option("--all", "for every setting, and not only for the kinds of resources of this config and its state")
    .addOption(new Option("--role <provider>", "print the role of a CI that has these policies").choices(["github"]))
    .option("--branch <name>", "with --role: the branch whose workflows may assume it (default: main)")
    .option("--environment <name>", "with --role: the environment of GitHub whose jobs may assume it")
    .option("--repository-id <number>", "with --role: the repository's id, so that no other one with its name may")
    .addHelpText("after", POLICY_HELP)
    .action(async (repository: string | undefined, flags) => ended(await policy(repository, flags, context)));

const POLICY_HELP = `
Prints one JSON document for each managed policy that it takes (6,144 characters at most); with --json an object with all of
them. They allow every edit that needs no other kind of resource than the config and the recorded state have. Before an edit
that brings one, such as the first domain or the first worker, print them again with the new config, or use --all. They do not
allow reconcile --adopt, which tags resources of others, nor state init.`;
