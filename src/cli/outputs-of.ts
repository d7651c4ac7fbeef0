import { KnownAfterApply, Output } from "../engine/output.ts";
import type { Outputs } from "../../reconcilers/scope.ts";
import type { State } from "../../state/state.ts";

/** An output's value: a text, or a list of them. */
export type OutputValue = string | readonly string[];

/** The outputs that the state knows by now; one whose resource does not stand is left out. */
export function outputsOf(outputs: Outputs, state: State): Record<string, OutputValue> {
  const read = (output: Output<string>) =>
    output.read((id, attr) => state.resources[id]?.attrs[attr] ?? new KnownAfterApply(`${id}.${attr}`));
  const known: Record<string, OutputValue> = {};
  for (const [name, output] of Object.entries(outputs)) {
    const values = (output instanceof Output ? [output] : output).map(read);
    const texts = values.filter((value) => typeof value === "string");
    const [only] = texts;
    if (texts.length < values.length || only === undefined) continue;
    known[name] = output instanceof Output ? only : texts;
  }
  return known;
}
