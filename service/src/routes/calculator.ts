import { badRequest } from "../errors.ts";
import { asObject, numberField, operationField } from "../input.ts";
import type { Route } from "../router.ts";

type Unary = { takes: "a"; compute: (a: number) => number };
type Binary = { takes: "a and b"; compute: (a: number, b: number) => number };

const OPERATIONS: ReadonlyMap<string, Unary | Binary> = new Map<string, Unary | Binary>([
  ["add", { takes: "a and b", compute: (a, b) => a + b }],
  ["subtract", { takes: "a and b", compute: (a, b) => a - b }],
  ["multiply", { takes: "a and b", compute: (a, b) => a * b }],
  ["divide", { takes: "a and b", compute: (a, b) => a / nonZero(b) }],
  ["modulo", { takes: "a and b", compute: (a, b) => a % nonZero(b) }],
  ["power", { takes: "a and b", compute: (a, b) => a ** b }],
  ["sqrt", { takes: "a", compute: (a) => Math.sqrt(a) }],
  ["log", { takes: "a", compute: (a) => Math.log(a) }],
]);

/** Calculates with one or two numbers. */
export const calculator: Route = {
  method: "POST",
  path: "/api/calculator",
  handle: ({ json }) => {
    const fields = asObject(json());
    const { name: operation, run } = operationField(fields, OPERATIONS);
    const a = numberField(fields, "a");
    if (run.takes === "a") return { json: { operation, a, result: finite(run.compute(a)) } };
    const b = numberField(fields, "b");
    return { json: { operation, a, b, result: finite(run.compute(a, b)) } };
  },
};

function nonZero(divisor: number): number {
  if (divisor === 0) throw badRequest("Division by zero has no result.");
  return divisor;
}

/** JSON has neither infinity nor NaN, so such a result is reported as an error of the input. */
function finite(result: number): number {
  if (!Number.isFinite(result)) throw badRequest("The result is not a finite real number.");
  return result;
}
