import { UncertainAnswer } from "../engine/resource-kind.ts";
import { messageOf } from "./errors.ts";

/** The refusals of calls that were sent before, and not answered. */
const refusals = new WeakSet<object>();

/** Marks the error of a call of which an earlier attempt may have been carried out. */
export const markAfterLoss = (error: object): void => void refusals.add(error);

/**
 * Does work that changes a resource. Where a call is refused of which an earlier attempt may have been carried out, the refusal may be due to that,
 * and no document says how AWS words it: that there is one of this name already, that what was deleted is not there, that it is not the version that was
 * read. So that is thrown as `UncertainAnswer`: what the resource is decides.
 */
export async function certainly<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UncertainAnswer) && isAfterLoss(error))
      throw new UncertainAnswer(messageOf(error), { cause: error });
    throw error;
  }
}

/** Whether it is such a refusal, or one in other words. */
function isAfterLoss(error: unknown): boolean {
  for (let one = error; one instanceof Error; one = one.cause) if (refusals.has(one)) return true;
  return false;
}
