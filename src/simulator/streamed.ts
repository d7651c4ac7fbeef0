import { Readable } from "node:stream";
import { sdkStreamMixin } from "@smithy/core/serde";

/**
 * An answer as the SDK hands it out: a body of bytes is a stream that can be read once, with the SDK's own methods (AWS SDK for JavaScript
 * v3, `S3Client` GetObject: `StreamingBlobPayloadOutputTypes`).
 */
export const streamed = (output: object): object =>
  "Body" in output && output.Body instanceof Uint8Array
    ? { ...output, Body: sdkStreamMixin(Readable.from([Buffer.from(output.Body)])) as unknown }
    : output;
