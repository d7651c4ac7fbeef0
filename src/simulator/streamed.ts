import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { sdkStreamMixin } from "@smithy/core/serde";
import { FileBytes } from "./bytes.ts";

/**
 * An answer as the SDK hands it out: a body of bytes is a stream that can be read once, with the SDK's own methods (AWS SDK for JavaScript
 * v3, `S3Client` GetObject: `StreamingBlobPayloadOutputTypes`).
 */
export function streamed(output: object): object {
  const body = "Body" in output ? output.Body : undefined;
  const stream =
    body instanceof FileBytes
      ? createReadStream(body.path)
      : body instanceof Uint8Array
        ? Readable.from([Buffer.from(body)])
        : undefined;
  return stream ? { ...output, Body: sdkStreamMixin(stream) as unknown } : output;
}
