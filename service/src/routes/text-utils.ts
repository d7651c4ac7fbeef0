import { asObject, operationField, textField } from "../input.ts";
import type { Route } from "../router.ts";

const OPERATIONS: ReadonlyMap<string, (text: string) => unknown> = new Map<string, (text: string) => unknown>([
  ["uppercase", (text) => text.toUpperCase()],
  ["lowercase", (text) => text.toLowerCase()],
  ["reverse", (text) => Array.from(text).toReversed().join("")],
  ["trim", (text) => text.trim()],
  ["count", count],
]);

/** Transforms text or counts its parts. */
export const textUtils: Route = {
  method: "POST",
  path: "/api/text-utils",
  handle: ({ json }) => {
    const fields = asObject(json());
    const { name: operation, run } = operationField(fields, OPERATIONS);
    return { json: { operation, result: run(textField(fields, "text")) } };
  },
};

/** Characters are Unicode code points, so an emoji counts as one. */
function count(text: string): Record<string, number> {
  return {
    characters: Array.from(text).length,
    charactersWithoutSpaces: Array.from(text.replace(/\s/gu, "")).length,
    words: text.split(/\s+/u).filter((word) => word !== "").length,
    lines: text === "" ? 0 : text.split(/\r\n|\r|\n/u).length,
  };
}
