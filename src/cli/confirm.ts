import type { Plan } from "../engine/action.ts";
import type { PlannedAnswer } from "./context.ts";
import { UsageError } from "./exit.ts";
import type { Session } from "./session.ts";

/** Asks before something is done; `yes` was said beforehand. Where nobody can be asked on AWS, it refuses. */
export async function agreed(
  { terminal, target }: Pick<Session, "terminal" | "target">,
  question: string,
  yes: boolean | undefined,
): Promise<boolean> {
  if (yes) return true;
  if (!terminal.asks) {
    // What is simulated can be had again.
    if (target === "local") return true;
    const why = terminal.quiet ? "--quiet asks for no confirmation" : "There is no terminal to ask for confirmation";
    throw new UsageError(`${why}: run again with --yes. No changes were made.`);
  }
  return terminal.confirm(question);
}

/** The same for what cannot be had again: on AWS, a person types the stack's name. */
export async function agreedByName(
  session: Pick<Session, "terminal" | "target" | "stack">,
  question: string,
  yes: boolean | undefined,
): Promise<boolean> {
  const { terminal, target, stack } = session;
  if (yes || !terminal.asks || target === "local") return agreed(session, question, yes);
  const wrong = (answer: string) =>
    answer.trim() === stack.stackName ? undefined : `Type ${stack.stackName} to go on, or press Ctrl-C.`;
  const answer = await terminal.ask(`${question} Type ${stack.stackName} to confirm.`, "", wrong);
  return answer?.trim() === stack.stackName;
}

/** The same where a program runs the command: it is shown the plan. */
export const agreedByProgram = async ({ confirm }: Pick<Session, "confirm">, plan: PlannedAnswer): Promise<boolean> =>
  confirm === undefined || confirm(plan);

/** Whether a plan takes something away that exists. */
export const takesAway = ({ actions, old }: Plan): boolean =>
  old.length > 0 || actions.some(({ action }) => action === "delete" || action === "replace");
