import { badRequest } from "../errors.ts";
import { asObject, operationField, textField } from "../input.ts";
import type { Route } from "../router.ts";

const OPERATIONS: ReadonlyMap<string, (text: string) => string> = new Map<string, (text: string) => string>([
  ["base64-encode", (text) => Buffer.from(text).toString("base64")],
  ["base64-decode", decodeBase64],
  ["hex-encode", (text) => Buffer.from(text).toString("hex")],
  ["hex-decode", decodeHex],
  ["url-encode", (text) => encodeURIComponent(text)],
  ["url-decode", decodeUrl],
]);

/** Encodes text, or decodes text that must contain UTF-8. */
export const encoder: Route = {
  method: "POST",
  path: "/api/encoder",
  handle: ({ json }) => {
    const fields = asObject(json());
    const { name: operation, run } = operationField(fields, OPERATIONS);
    return { json: { operation, result: run(textField(fields, "text")) } };
  },
};

function decodeBase64(text: string): string {
  // Buffer ignores invalid Base64, so the format is checked first.
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw badRequest("The text is not valid Base64.");
  return utf8(Buffer.from(text, "base64"));
}

function decodeHex(text: string): string {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(text)) throw badRequest("The text is not valid hexadecimal.");
  return utf8(Buffer.from(text, "hex"));
}

function decodeUrl(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badRequest("The text is not valid URL encoding.");
  }
}

function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw badRequest("The decoded bytes are not UTF-8 text.");
  }
}
