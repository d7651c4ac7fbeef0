/** The flags and the context of every command. */
import type { DeclaredStack } from "../../reconcilers/topology.ts";
import type { Shared } from "../aws/shared.ts";
import type { RunEvent } from "../engine/events.ts";
import type { Answer } from "./answers/answer.ts";
import type { TargetName } from "./target.ts";
import type { Terminal } from "./terminal.ts";

/** The flags that every command has. */
export interface CommonFlags {
  readonly target: TargetName;
  readonly env?: string;
  readonly config?: string;
  /** No flag of the user's: `config` was found, and is found again by a command that does not name it. */
  readonly configFound?: boolean;
  /** No flag of the user's: the command line that runs, for texts that ask to run it again. */
  readonly again?: string;
  /** One of the stack's regions, or one that it was in. */
  readonly region?: string | undefined;
  readonly json?: boolean;
  /** The logs of builds, and ECS's events, as they come. */
  readonly verbose?: boolean;
  /** Only what the command came to, and what failed. */
  readonly quiet?: boolean;
  /** No flag of the user's: what `sleep` and `wake` want of the stack. Other commands leave it as it is. */
  readonly activity?: "awake" | "asleep";
  /** A file that every call is written to. */
  readonly log?: string;
  /** What each answer is made of is written there too. */
  readonly logAnswers?: boolean;
}

/** A plan that is about to be applied, as `plan --json` answers it but for the releases that wait. */
export type PlannedAnswer = Omit<Answer<"plan">, "waits" | "frozen">;

/** What a command is run with, besides its flags. */
export interface CliContext {
  /** The current folder: what paths in flags start from. */
  readonly directory: string;
  readonly terminal: Terminal;
  /** What the config file exports, where it was read already: a command for two regions works from one reading of it. */
  readonly loaded?: { readonly config: unknown };
  /** The stack without `--region`, where it was resolved already. */
  readonly resolved?: DeclaredStack;
  /** Aborted when the user wants no new action to start. */
  readonly stop: AbortSignal;
  /** Shown the plan and asked instead of a person, where a program runs the command. */
  readonly confirm?: (plan: PlannedAnswer) => Promise<boolean>;
  /** Told what happens in the run, where a program runs the command. */
  readonly listen?: (event: RunEvent & { readonly region: string }) => void;
  /** What this run has in common with others in this process. */
  readonly shared?: Shared;
}

/** What a mutating command is about to do. */
export interface Purpose {
  /** The command's name, as written to its locks. */
  readonly verb: string;
  /** It changes the state too, and so holds its lock from before it is read. */
  readonly locks?: true;
  /** It looks at the whole stack before anything else, which proves the account that the state names: AWS need not be asked for it first. */
  readonly looks?: true;
  /** It calls `look`: the observation of what is recorded is begun with the session, and the inventory if it takes one. */
  readonly observes?: "resources" | "inventory" | "teardown" | undefined;
  /** It is certain to change a state that records something, unless it is refused. */
  readonly changes?: true;
}

/** The file that a stack is declared in, where no other is named. */
export const CONFIG_FILE = "stack.config.ts";
