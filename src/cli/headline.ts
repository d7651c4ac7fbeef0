import type { Session } from "./session.ts";
import type { Part } from "./terminal.ts";

/** The session in the words of a headline. */
export function headline({ stack, target, endpoint, aws }: Session): string {
  const where =
    target === "local" ? "the built-in simulated AWS" : `AWS${endpoint === undefined ? "" : ` at ${endpoint}`}`;
  return `${stack.name} ${stack.environment} on ${where}, account ${aws.account}, region ${aws.region}`;
}

/** What a headline is: nothing on AWS is changed without showing where, `--quiet` or not. */
export const headlinePart = ({ target }: Pick<Session, "target">): Part | undefined =>
  target === "aws" ? "result" : undefined;
