// S3 can make a write depend on what is there, which is all that a state and its lock need. A condition that does not hold is a 412,
// and a 404 where there is nothing that an ETag could match. The one refusal that is not final is the 409 of two writes at the same
// moment. Each of them counts by its status too: an answer without a body has no code.
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type GetObjectCommandOutput,
} from "@aws-sdk/client-s3";
import { UncertainAnswer } from "../../engine/resource-kind.ts";
import { UncertainWrite, type ObjectStore, type StoredObject } from "../../../state/objects.ts";
import { StateError } from "../../../state/state.ts";
import type { Aws } from "../aws.ts";
import type { CallOptions, NotYet } from "../call.ts";
import { absent, hasCode, messageOf } from "../errors.ts";
import { everyPage } from "../pages.ts";

/** A conflict with another write is over in a moment. */
const CONFLICTS: readonly NotYet[] = [
  { code: "ConditionalRequestConflict", budget: 30 },
  { code: "OperationAborted", budget: 30 },
];

/**
 * Amazon S3 User Guide, "Using versioning in S3 buckets": for up to 15 minutes after versioning was enabled for the first time, requests
 * to objects may meet an intermittent 404 NoSuchKey.
 */
const VERSIONING_SETTLES = 900;

/** Thrown instead of a 404 where the list says so too: nothing is there. */
class Gone extends Error {}

/** How often an object is asked for whose bytes break off on their way. */
const READS = 3;

/** The guard of other calls looks at the lock, which is one of these objects. */
const OF_STATE = { ofState: true } as const;

/** The objects of a bucket of this account. */
export function stateObjects(
  { s3, account, region }: Pick<Aws, "s3" | "account" | "region">,
  bucket: string,
): ObjectStore {
  // S3 then refuses what another account may have made under this name, instead of handing the state over.
  const where = { Bucket: bucket, ExpectedBucketOwner: account };
  const speak = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw explained(error, bucket, region);
    }
  };
  /** What became of a write that depends on something, where S3 reports. */
  const conditional = async <T>(work: Promise<T>): Promise<T | "refused" | "gone"> => {
    try {
      return await work;
    } catch (error) {
      if (error instanceof Gone || hasCode(error, "NoSuchKey")) return "gone";
      const status = statusOf(error);
      if (status === 412) return "refused";
      // Whoever looks sees which of the two writes it was.
      if (error instanceof UncertainAnswer || status === 409)
        throw new UncertainWrite(messageOf(error), { cause: error });
      throw explained(error, bucket, region);
    }
  };
  const isListed = async (Key: string): Promise<boolean> => {
    const { Contents = [] } = await s3(new ListObjectsV2Command({ ...where, Prefix: Key, MaxKeys: 1 }));
    // Keys are listed in order, so the very key comes before all that begin with it.
    return Contents[0]?.Key === Key;
  };
  /**
   * A 404 for what the list shows, which is consistent, is none: it is asked again until the two agree. `begun` is a list that was asked for
   * together with the call: what it does not show was absent at a moment of that call.
   */
  const reallyThere = (Key: string, begun?: Promise<boolean>): NotYet => {
    let first = begun;
    return {
      code: "NoSuchKey",
      budget: VERSIONING_SETTLES,
      meanwhile: async () => {
        const listed = first ?? isListed(Key);
        first = undefined;
        if (!(await listed)) throw new Gone();
      },
    };
  };
  /** Sent once: whoever gets no answer looks. */
  const conditionally = (Key: string): CallOptions => ({
    ...OF_STATE,
    once: true,
    notYet: [...CONFLICTS, reallyThere(Key)],
  });
  const get = async (Key: string, begun?: Promise<boolean>) => {
    try {
      return await absent(
        speak(s3(new GetObjectCommand({ ...where, Key }), { notYet: [reallyThere(Key, begun)] })),
        "NoSuchKey",
      );
    } catch (error) {
      if (error instanceof Gone) return undefined;
      throw error;
    }
  };

  return {
    async get(Key, unsure) {
      const begun = unsure && isListed(Key);
      // It counts only where the object is not found.
      begun?.catch(() => {});
      for (let reads = 1; ; reads++) {
        const answer = await get(Key, reads === 1 ? begun : undefined);
        if (answer === undefined) return undefined;
        try {
          return await contentOf(answer);
        } catch (error) {
          if (reads === READS) throw error;
        }
      }
    },

    async put(Key, Body, when) {
      const call = new PutObjectCommand({
        ...where,
        Key,
        Body,
        // How it is encrypted is the bucket's to say: a policy may demand a key of KMS.
        ContentType: "application/json",
        ...(when === undefined
          ? {}
          : "ifMatch" in when
            ? { IfMatch: when.ifMatch }
            : { IfNoneMatch: when.ifNoneMatch }),
      });
      // What depends on nothing may be written twice.
      const answer =
        when === undefined ? await speak(s3(call, OF_STATE)) : await conditional(s3(call, conditionally(Key)));
      return typeof answer === "string" ? undefined : (answer.ETag ?? "");
    },

    async offer(Key, Body) {
      const call = new PutObjectCommand({ ...where, Key, Body, ContentType: "application/json" });
      await s3(call, { ...OF_STATE, unimportant: true });
    },

    async remove(Key, IfMatch) {
      const call = new DeleteObjectCommand({ ...where, Key, ...(IfMatch === undefined ? {} : { IfMatch }) });
      if (IfMatch === undefined) {
        await speak(s3(call, OF_STATE));
        return true;
      }
      return (await conditional(s3(call, conditionally(Key)))) !== "refused";
    },

    async list(Prefix) {
      const all = await speak(
        everyPage(async (ContinuationToken) => {
          const page = await s3(new ListObjectsV2Command({ ...where, Prefix, ContinuationToken }));
          return { items: page.Contents, next: page.NextContinuationToken };
        }),
      );
      return all.flatMap(({ Key, LastModified }) =>
        Key === undefined ? [] : [{ key: Key, changedAt: LastModified?.getTime() ?? 0 }],
      );
    },
  };
}

const contentOf = async ({ Body, ETag, LastModified }: GetObjectCommandOutput): Promise<StoredObject> => ({
  text: (await Body?.transformToString()) ?? "",
  etag: ETag ?? "",
  changedAt: LastModified?.getTime() ?? 0,
});

const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;

/** Whether a refusal has one of `codes`, or none and this status: the SDK then calls it by a name of its own. */
const says = (error: unknown, status: number, ...codes: readonly string[]) =>
  hasCode(error, ...codes) || (statusOf(error) === status && hasCode(error, "Unknown", "UnknownError", "NotFound"));

/** What a refusal means for the state, where it means more than it says. */
function explained(error: unknown, bucket: string, region: string): unknown {
  if (hasCode(error, "NoSuchBucket"))
    return new StateError(
      `The state bucket ${bucket} from stack.config.ts does not exist. No changes were made. Correct state.s3.bucket, or create it: npx fairlead state init`,
      { cause: error },
    );
  if (says(error, 301, "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"))
    return new StateError(
      `The state bucket ${bucket} from stack.config.ts is not in ${region}, the region of the stack. No changes were made. Set state.s3.bucket to a bucket in that region, or to one that does not exist yet, and create it: npx fairlead state init`,
      { cause: error },
    );
  if (says(error, 403, "AccessDenied", "AllAccessDisabled"))
    return new StateError(
      `S3 denies access to the state bucket ${bucket}: it belongs to another account, or these credentials are not allowed to list, read, write and delete its objects (${messageOf(error)}). No changes were made.`,
      { cause: error },
    );
  // Never taken for "no state": everything would be made anew.
  if (says(error, 404))
    return new StateError(
      `Something other than S3 answered that the state bucket ${bucket} from stack.config.ts does not exist: S3 itself would give an error code. No changes were made. Check the proxy and AWS_ENDPOINT_URL.`,
      { cause: error },
    );
  return error;
}
