import type { IncomingMessage } from "node:http";
import { badRequest, HttpError } from "./errors.ts";

/** Bodies with more bytes than this are rejected. */
export const BODY_LIMIT = 64 * 1024;

/**
 * A body that is too large is still read up to here. A server that responds and closes while the client is sending
 * resets the connection, and the client may never see the response.
 */
const DRAIN_LIMIT = 1024 * 1024;

/** Deeper nesting than this is rejected: serializing it again would exhaust the stack. */
const DEPTH_LIMIT = 64;

/** Reads the whole request body; returns undefined if it exceeds the limit. Rejects if the client disconnects. */
export function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= BODY_LIMIT) chunks.push(chunk);
      if (size > DRAIN_LIMIT) {
        request.pause();
        resolve(undefined);
      }
    });
    request.on("end", () => resolve(size <= BODY_LIMIT ? Buffer.concat(chunks) : undefined));
    request.on("error", reject);
  });
}

/** Parses a JSON body; throws an HttpError that says what is wrong with it. */
export function parseJson(request: IncomingMessage, body: Buffer | undefined): unknown {
  checkContentType(request);
  if (body === undefined) {
    throw new HttpError(413, "payload_too_large", `The body must be at most ${BODY_LIMIT} bytes.`);
  }
  const value = parse(decode(body));
  checkValue(value);
  return value;
}

function checkContentType(request: IncomingMessage): void {
  const [type = "", ...parameters] = (request.headers["content-type"] ?? "").toLowerCase().split(";");
  const isJson = /^application\/(?:[\w.+-]+\+)?json$/.test(type.trim());
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith("charset="));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  if (!isJson || !isUtf8) {
    throw new HttpError(415, "unsupported_media_type", "The content type must be application/json in UTF-8.");
  }
  if ((request.headers["content-encoding"] ?? "identity").toLowerCase() !== "identity") {
    throw new HttpError(415, "unsupported_media_type", "The body must not be compressed.");
  }
}

function decode(body: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    throw badRequest("The body is not valid UTF-8.");
  }
}

function parse(text: string): unknown {
  if (text.trim() === "") throw badRequest("The body is empty; it must be JSON.");
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest("The body is not valid JSON.");
  }
}

/** Rejects values that could not be serialized again. Iterates level by level instead of recursing, so no input exhausts the stack. */
function checkValue(value: unknown): void {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEPTH_LIMIT) throw badRequest(`The body is nested more than ${DEPTH_LIMIT} levels deep.`);
    // JSON.parse reads 1e999 as infinity, which JSON.stringify would silently turn into null.
    if (level.includes(Infinity) || level.includes(-Infinity)) throw badRequest("The body holds a number too large.");
    level = level.flatMap((item) => (typeof item === "object" && item !== null ? Object.values(item) : []));
  }
}
