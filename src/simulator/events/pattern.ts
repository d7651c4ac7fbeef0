import { refuse } from "../errors.ts";

/** An event as EventBridge matches it, or a part of one. */
type Json = unknown;

const FILTERS = ["prefix", "suffix", "anything-but", "exists", "equals-ignore-case", "wildcard"];

const invalid = (reason: string): never =>
  refuse("InvalidEventPatternException", `Event pattern is not valid. Reason: ${reason}`);

/** Refuses a text that is no event pattern. */
export function checkPattern(text: string): void {
  let pattern: Json;
  try {
    pattern = JSON.parse(text);
  } catch {
    return invalid("Filter is not valid JSON");
  }
  if (!isRecord(pattern)) return invalid("Filter is not an object");
  if (Object.keys(pattern).length === 0) invalid("Empty patterns are not allowed");
  checkPart(pattern);
}

function checkPart(part: Record<string, Json>): void {
  for (const [name, value] of Object.entries(part)) {
    if (isRecord(value)) checkPart(value);
    else if (!Array.isArray(value)) invalid(`"${name}" must be an object or an array`);
    else if (value.length === 0) invalid("Empty arrays are not allowed");
    else for (const wanted of value) checkFilter(name, wanted);
  }
}

function checkFilter(name: string, wanted: Json): void {
  if (name === "$or") refuse("SimulatorUnknownOption", "The simulated EventBridge does not know $or.", 501);
  if (!isRecord(wanted)) return;
  const [filter = "", ...more] = Object.keys(wanted);
  if (more.length > 0) invalid("Only one key allowed in match expression");
  if (filter === "numeric" || filter === "cidr")
    refuse("SimulatorUnknownOption", `The simulated EventBridge does not know ${filter}.`, 501);
  if (!FILTERS.includes(filter)) invalid(`Unrecognized match type ${filter}`);
}

/** Whether an event has everything that a pattern asks for. */
export function matchesPattern(pattern: Json, event: Json): boolean {
  if (!isRecord(pattern)) return false;
  const fields = isRecord(event) ? event : {};
  return Object.entries(pattern).every(([name, wanted]) => {
    const found = fields[name];
    // "Ruler is array-consistent": all of a nested pattern has to match the same item of a list (aws/event-ruler, README).
    if (!Array.isArray(wanted))
      return Array.isArray(found) ? found.some((item) => matchesPattern(wanted, item)) : matchesPattern(wanted, found);
    // A list in the event matches where any of its items does.
    const values = Array.isArray(found) ? found : [found];
    return wanted.some((filter) => values.some((value) => passes(filter, value)));
  });
}

function passes(filter: Json, value: Json): boolean {
  if (!isRecord(filter)) return filter === value && value !== undefined;
  const [[kind, operand] = []] = Object.entries(filter);
  if (kind === "exists") return (value !== undefined) === operand;
  if (value === undefined) return false;
  if (kind === "anything-but")
    return Array.isArray(operand) ? !operand.some((other) => passes(other, value)) : !passes(operand, value);
  if (typeof value !== "string" || typeof operand !== "string") return false;
  switch (kind) {
    case "prefix":
      return value.startsWith(operand);
    case "suffix":
      return value.endsWith(operand);
    case "equals-ignore-case":
      return value.toLowerCase() === operand.toLowerCase();
    default:
      return new RegExp(`^${operand.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`, "s").test(value);
  }
}

const isRecord = (value: Json): value is Record<string, Json> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
