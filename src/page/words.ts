import { aboutSeconds, SIGN_OF } from "../cli/words.ts";
import type { Impact } from "./data.ts";

const SIGNS: Readonly<Record<string, string>> = SIGN_OF;

/** `~ update`. */
export const signed = (action: string): string => `${SIGNS[action] ?? ""} ${action}`.trim();

/** What an action does to those who send requests, in words; nothing where they do not notice it. */
export function impactText(impact: Impact): string | undefined {
  if (impact.kind === "interrupts") return `interrupts traffic for ${aboutSeconds(impact.seconds)}`;
  return impact.kind === "rolling" ? "rolling: new tasks start, then the old ones stop" : undefined;
}

/** `2026-11-29 10:45 UTC` of an ISO time. */
export const timeOf = (iso: string): string => `${iso.slice(0, 16).replace("T", " ")} UTC`;

/** The layers of resources in the order in which they come: `network` of `network/vpc`. */
export const layersOf = (ids: readonly string[]): string[] => [...new Set(ids.map((id) => id.split("/", 1)[0] ?? id))];

export const isInLayer = (id: string, layer: string): boolean => id === layer || id.startsWith(`${layer}/`);
