import type { Plan } from "../../src/engine/action.ts";

/** What walks came to, for whoever wants to know how much they tried. */
export const tally = {
  steps: 0,
  invalid: 0,
  refused: 0,
  converged: 0,
  deaths: 0,
  byHand: 0,
  lost: 0,
  /** Refusals that led on. */
  ledOn: 0,
  /** Plans that announced an interruption, and runs in which there was one. */
  interrupting: 0,
  interrupted: 0,
  teardowns: 0,
};

/** Something that a walk found to be wrong, with all that led to it. */
export class Finding extends Error {
  override readonly name = "Finding";
}

/** A plan, a line for each thing that it changes. */
export const actionsOf = ({ actions, old }: Pick<Plan, "actions" | "old">): string[] => [
  ...actions
    .filter(({ action }) => action !== "noop")
    .map(
      ({ id, action, order = "", why = "", differences }) =>
        `  ${action} ${id} ${order} ${why} ${differences.map(({ path, old: was, new: wanted, cause }) => `${path} ${cause} ${short(was)} -> ${short(wanted)}`).join("; ")}`,
    ),
  ...old.map(({ id, generation }) => `  old ${id} ${generation.id}`),
];

/** A value as JSON, without the middle of a script or a policy. */
function short(value: unknown): string {
  const text = JSON.stringify(value) ?? "undefined";
  return text.length > LONG ? `${text.slice(0, LONG / 2)} ... ${text.slice(-LONG / 2)}` : text;
}

const LONG = 800;
