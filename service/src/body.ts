import type { IncomingMessage } from "node:http";
import { badRequest, HttpError } from "./errors.ts";

/** A body of more bytes than this is refused. */
export const BODY_LIMIT = 64 * 1024;

/**
 * A body that is too large is still read up to here. A server that answers and closes while the client is sending
 * resets the connection, and the client may never see the answer.
 */
const DRAIN_LIMIT = 1024 * 1024;

/** Deeper nesting than this is refused: writing it out again would exhaust the stack. */
const DEPTH_LIMIT = 64;

/** Reads a request's whole body; gives undefined where it is over the limit. Rejects where the client goes away. */
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

/** Parses a body that has to be JSON, and throws the HttpError that says what is wrong with it. */
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

/** Refuses what could not be sent back. Walks level by level instead of calling itself, so no input exhausts the stack. */
function checkValue(value: unknown): void {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEPTH_LIMIT) throw badRequest(`The body is nested more than ${DEPTH_LIMIT} levels deep.`);
    // JSON.parse reads 1e999 as infinity, which JSON.stringify would turn into null without a word.
    if (level.includes(Infinity) || level.includes(-Infinity)) throw badRequest("The body holds a number too large.");
    level = level.flatMap((item) => (typeof item === "object" && item !== null ? Object.values(item) : []));
  }
}
