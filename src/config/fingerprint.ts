import { createHash } from "node:crypto";

/** The first `length` hexadecimal digits of a text's SHA-256. */
export const fingerprint = (text: string, length: number): string =>
  createHash("sha256").update(text).digest("hex").slice(0, length);
