import { refuse } from "./errors.ts";

/** Refuses what the simulator does not know, loudly: an option that is ignored in silence would pass for one that works. */
export function onlyKnown(what: string, input: object, ...known: readonly string[]): void {
  const unknown = Object.entries(input).filter(([name, value]) => value !== undefined && !known.includes(name));
  if (unknown.length > 0)
    refuse(
      "SimulatorUnknownOption",
      `The simulated AWS does not know ${unknown.map(([name]) => name).join(", ")} of ${what}.`,
      501,
    );
}
