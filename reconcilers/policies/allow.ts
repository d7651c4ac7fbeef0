import type { Statement } from "../../src/aws/policy.ts";
import type { Input } from "../../src/engine/output.ts";

/** A statement that allows actions on resources. */
export const allow = (
  Sid: string,
  Action: readonly string[],
  Resource: string | readonly string[],
  Condition?: Statement["Condition"],
): Statement => ({
  Sid,
  Effect: "Allow",
  Action,
  Resource,
  ...(Condition ? { Condition } : {}),
});

/** One ARN as itself and more as a list, so that what names one thing reads so. */
export const oneOrAll = (arns: readonly string[]): string | readonly string[] => {
  const all = [...new Set(arns)];
  return all.length === 1 && all[0] !== undefined ? all[0] : all;
};

/** One inline policy, by its name. */
export const policy = <S extends Input<Statement>>(name: string, Statement: readonly S[]) => ({
  [name]: { Version: "2012-10-17", Statement },
});
