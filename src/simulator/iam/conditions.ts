import { refuse } from "../errors.ts";
import { arnMatches, glob, listOf, valueOf, withVariables, type Context } from "./matching.ts";

type Test = (wanted: string, value: string) => boolean;

const number = (compare: (wanted: number, value: number) => boolean): Test => {
  return (wanted, value) => compare(Number(wanted), Number(value));
};
const STRING: Test = (wanted, value) => wanted === value;
const LOOSE: Test = (wanted, value) => wanted.toLowerCase() === value.toLowerCase();

/** IAM user guide, "IAM JSON policy elements: Condition operators". ArnEquals and ArnLike behave alike. */
const TESTS: Readonly<Record<string, Test>> = {
  StringEquals: STRING,
  StringEqualsIgnoreCase: LOOSE,
  StringLike: glob,
  ArnEquals: arnMatches,
  ArnLike: arnMatches,
  Bool: LOOSE,
  NumericEquals: number((wanted, value) => value === wanted),
  NumericLessThan: number((wanted, value) => value < wanted),
  NumericLessThanEquals: number((wanted, value) => value <= wanted),
  NumericGreaterThan: number((wanted, value) => value > wanted),
  NumericGreaterThanEquals: number((wanted, value) => value >= wanted),
};

/** Operators that match if the value is none of the listed ones, or if the key is missing. */
const NEGATED: Readonly<Record<string, Test>> = {
  StringNotEquals: STRING,
  StringNotEqualsIgnoreCase: LOOSE,
  StringNotLike: glob,
  ArnNotEquals: arnMatches,
  ArnNotLike: arnMatches,
  NumericNotEquals: number((wanted, value) => value === wanted),
};

/** Whether all conditions of a statement hold. An operator that is not known is refused loudly: ignored, it would pass for one that holds. */
export function conditionsHold(condition: unknown, context: Context): boolean {
  const results = Object.entries((condition ?? {}) as Record<string, Record<string, unknown>>).flatMap(
    ([operator, keys]) =>
      Object.entries(keys).map(([key, wanted]) => holds(operator, listOf(wanted).map(String), key, context)),
  );
  return results.every(Boolean);
}

function holds(operator: string, listed: readonly string[], key: string, context: Context): boolean {
  const [, quantifier, base = "", ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const wanted = listed.flatMap((text) => withVariables(text, context) ?? []);
  const found = valueOf(context, key);
  if (base === "Null") return listed.some((text) => (text.toLowerCase() === "true") === (found === undefined));
  const [positive, negative] = [TESTS[base], NEGATED[base]];
  const test =
    positive ??
    negative ??
    refuse("SimulatorUnknownOption", `The simulated AWS does not know the condition operator ${operator}.`, 501);
  const values = listOf(found);
  if (found === undefined || values.length === 0)
    return (
      ifExists !== undefined || quantifier === "ForAllValues" || (positive === undefined && quantifier === undefined)
    );
  const one = (value: string) => wanted.some((text) => test(text, value)) === (positive !== undefined);
  return quantifier === "ForAllValues" ? values.every(one) : values.some(one);
}
