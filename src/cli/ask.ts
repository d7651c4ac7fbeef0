import type { Readable, Writable } from "node:stream";
import { isCancel, text } from "@clack/prompts";

/** Where a person types, and where the question is shown. */
interface Streams {
  readonly input?: Readable;
  readonly output: Writable;
}

/**
 * Asks for a text. What is proposed is shown, is the answer if only Enter is pressed, and gives way to what is typed. `undefined`: the
 * person left the question.
 */
export async function askText(
  question: string,
  proposed: string,
  wrong: (answer: string) => string | undefined,
  streams: Streams,
): Promise<string | undefined> {
  const answerOf = (typed: string | undefined) => (typed === undefined || typed === "" ? proposed : typed.trim());
  const answer = await text({
    message: question,
    placeholder: proposed,
    defaultValue: proposed,
    validate: (typed) => wrong(answerOf(typed)),
    ...streams,
  });
  return isCancel(answer) ? undefined : answerOf(answer);
}
