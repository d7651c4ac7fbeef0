import { deliver } from "../events/deliver.ts";
import type { Sim } from "../sim.ts";
import { bucketOf, type SimObject } from "./records.ts";

/** Tells EventBridge of a new object, where the bucket is set to. */
export function onObjectCreated(sim: Sim, object: SimObject): void {
  if (!bucketOf(sim, object.bucket).notifications.EventBridgeConfiguration) return;
  deliver(sim, {
    source: "aws.s3",
    "detail-type": "Object Created",
    detail: {
      bucket: { name: object.bucket },
      object: { key: object.key, size: object.size, etag: object.etag, "version-id": object.versionId },
      reason: "PutObject",
    },
  });
}
