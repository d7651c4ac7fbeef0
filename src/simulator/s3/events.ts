import { isPrompt, tellEventBridge } from "../events/queue.ts";
import type { Sim } from "../sim.ts";
import { bucketOf, type SimObject } from "./records.ts";

/** Milliseconds from when a bucket was set to tell EventBridge until it does (Amazon S3 user guide, "Enabling Amazon EventBridge"). */
const SWITCHING_ON = 300_000;

/** Tells EventBridge of a new object, where the bucket is set to, and has been for long enough. */
export function onObjectCreated(sim: Sim, object: SimObject): void {
  const { notifications, eventsSince = 0 } = bucketOf(sim, object.bucket);
  if (!notifications.EventBridgeConfiguration) return;
  if (sim.now < eventsSince + SWITCHING_ON && !isPrompt(sim)) return;
  tellEventBridge(sim, `${object.bucket}/${object.key} ${object.versionId} ${object.order}`, {
    source: "aws.s3",
    "detail-type": "Object Created",
    detail: {
      bucket: { name: object.bucket },
      object: { key: object.key, size: object.size, etag: object.etag, "version-id": object.versionId },
      reason: "PutObject",
    },
  });
}
