import { KnownAfterApply } from "../engine/output.ts";
import type { ActionName } from "../engine/action.ts";

/** What an action is called once it is done. */
export const DONE: Readonly<Record<ActionName, string>> = {
  create: "created",
  update: "updated",
  replace: "replaced",
  adopt: "adopted",
  delete: "deleted",
  noop: "unchanged",
};

/** The sign of an action in a plan. */
export const SIGN_OF: Readonly<Record<ActionName, string>> = {
  create: "+",
  update: "~",
  replace: "-/+",
  adopt: "=",
  delete: "-",
  noop: "",
};

/** What an action is called while it is done. */
export const DOING: Readonly<Record<ActionName, string>> = {
  create: "creating",
  update: "updating",
  replace: "replacing",
  adopt: "adopting",
  delete: "deleting",
  noop: "waiting for",
};

/** Milliseconds as people say them: `850 ms`, `12.3 s`, `1 min 39 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

/** How long something probably takes, of seconds: `about 40 s`, `about 3 min`. */
export const aboutSeconds = (seconds: number): string =>
  seconds < 90 ? `about ${Math.ceil(seconds)} s` : `about ${Math.round(seconds / 60)} min`;

/** Bytes as people say them: `850 bytes`, `12 kB`, `1.2 MB`, `340 MB`. */
export function size(bytes: number): string {
  if (bytes < 1_000) return count(bytes, "byte");
  if (bytes < 999_500) return `${Math.round(bytes / 1_000)} kB`;
  return `${(bytes / 1_000_000).toFixed(bytes < 9_950_000 ? 1 : 0)} MB`;
}

/** `1 resource`, `2 resources`. */
export const count = (number: number, what: string) => `${number} ${what}${number === 1 ? "" : "s"}`;

/** A value of a plan: known after apply, nothing, or its JSON, cut at `width` characters. */
export function value(of: unknown, width = 100): string {
  if (of === undefined) return "(not set)";
  if (of instanceof KnownAfterApply) return "(known after apply)";
  const plain = JSON.stringify(of).replaceAll('"(known after apply)"', "(known after apply)");
  return plain.length > width ? `${plain.slice(0, width - 1)}…` : plain;
}

/** The layer of a resource's id: `network` of `network/vpc`. */
export const layerOf = (id: string) => id.split("/", 1)[0] ?? id;
/** The name of a resource in its layer: `vpc` of `network/vpc`. */
export const nameOf = (id: string) => id.slice(id.indexOf("/") + 1);
