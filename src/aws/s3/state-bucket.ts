import { equal } from "../../engine/equal.ts";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { Bucket, type BucketSpec } from "./bucket.ts";
import { putLifecycle } from "./settings.ts";
import { refusesPlainHttp, tlsOnly } from "./tls-only.ts";

/** Bears no owner tags of a stack: no teardown takes it for one of its own. */
const MARK_KEY = "fairlead:state";
const MARK = { [MARK_KEY]: "shared" };

/** What a bucket that keeps states is set to. */
const specOf = (aws: Aws, name: string): BucketSpec => ({
  name,
  // A version that was written over is the last way back from a mistake.
  versioning: true,
  eventBridge: false,
  policy: tlsOnly(aws.partition, name),
  encryption: "AES256",
  blockPublicAccess: true,
  ownership: "BucketOwnerEnforced",
  // Each lock that is given back leaves a delete marker, which would stay for ever behind nothing.
  lifecycle: { expireNoncurrentDays: 90, expireDeleteMarkers: true, abortMultipartDays: 7 },
  tags: MARK,
});

/**
 * Makes the bucket where there is none. One that Fairlead created earlier gets today's lifecycle rule; any other that is there is someone's
 * work and left as it is: `lacks` says in words what a state needs and it has not.
 */
export async function initStateBucket(
  aws: Aws,
  name: string,
): Promise<{ made: boolean; updated?: boolean; lacks: string[] }> {
  const spec = Bucket.canonical?.(specOf(aws, name)) ?? specOf(aws, name);
  const look = { id: "state/bucket", owner: "", knownId: name, excludeIds: [], spec, snapshot: new Snapshot() };
  const seen = await Bucket.observe(aws, look);
  if (!seen) {
    await Bucket.create(aws, spec, {
      owner: "",
      token: "",
      secret: "",
      created: async () => {},
      usable: () => {},
      until: () => Promise.reject(new Error("A bucket exists once it has been created.")),
    });
    return { made: true, lacks: [] };
  }
  if (seen.status !== undefined)
    return { made: false, lacks: ["it belongs to another account or is in another region"] };
  const { versioning, encryption, blockPublicAccess, policy } = seen.spec;
  const lacks = [
    versioning ? "" : "versioning is not enabled",
    encryption === undefined ? "default encryption is not set" : "",
    blockPublicAccess ? "" : "public access is not blocked",
    policy?.Statement.some(refusesPlainHttp) ? "" : "it accepts requests without TLS",
  ];
  const { tags = {}, lifecycle } = seen.spec;
  const updated = tags[MARK_KEY] === MARK[MARK_KEY] && !equal(lifecycle, spec.lifecycle);
  if (updated) await putLifecycle(aws, name, spec.lifecycle, {});
  return { made: false, updated, lacks: lacks.filter((what) => what !== "") };
}
