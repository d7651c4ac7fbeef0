// S3 can make a write depend on what is there, which is all that a state and its lock need. The one refusal that is not final is the
// 409 of two writes at the same moment; and a delete that depends on an ETag says of what is gone already that it does not match.
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { UncertainAnswer } from "../../engine/kind.ts";
import { UncertainWrite, type ObjectStore } from "../../../state/objects.ts";
import { StateError } from "../../../state/state.ts";
import type { Aws } from "../aws.ts";
import type { CallOptions } from "../call.ts";
import { absent, hasCode } from "../errors.ts";
import { everyPage } from "../pages.ts";

/** Sent once: whoever gets no answer looks. A conflict with another write is over in a moment. */
const WRITE: CallOptions = { once: true, notYet: [{ code: "ConditionalRequestConflict", budget: 30 }] };

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
      if (error instanceof UncertainAnswer) throw new UncertainWrite(error.message, { cause: error });
      throw explained(error, bucket, region);
    }
  };
  /** `undefined` where the condition did not hold. */
  const conditional = async <T>(work: Promise<T>) => absent(speak(work), "PreconditionFailed", "NoSuchKey");
  return {
    get: (Key) =>
      speak(
        absent(
          s3(new GetObjectCommand({ ...where, Key })).then(async ({ Body, ETag, LastModified }) => ({
            text: (await Body?.transformToString()) ?? "",
            etag: ETag ?? "",
            changedAt: LastModified?.getTime() ?? 0,
          })),
          "NoSuchKey",
        ),
      ),

    async put(Key, Body, when) {
      const answer = await conditional(
        s3(
          new PutObjectCommand({
            ...where,
            Key,
            Body,
            ContentType: "application/json",
            ServerSideEncryption: "AES256",
            ...(when === undefined
              ? {}
              : "ifMatch" in when
                ? { IfMatch: when.ifMatch }
                : { IfNoneMatch: when.ifNoneMatch }),
          }),
          WRITE,
        ),
      );
      return answer && (answer.ETag ?? "");
    },

    async remove(Key, IfMatch) {
      const call = new DeleteObjectCommand({ ...where, Key, ...(IfMatch === undefined ? {} : { IfMatch }) });
      if (await conditional(s3(call, WRITE))) return true;
      return (await this.get(Key)) === undefined;
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

/** What a refusal means for the state, where it means more than it says. */
function explained(error: unknown, bucket: string, region: string): unknown {
  if (hasCode(error, "NoSuchBucket"))
    return new StateError(
      `There is no bucket ${bucket}, in which stack.config.ts keeps the state. Nothing was touched. Run fairlead state init to make it, or correct state.s3.bucket.`,
      { cause: error },
    );
  if (hasCode(error, "PermanentRedirect", "AuthorizationHeaderMalformed"))
    return new StateError(
      `The bucket ${bucket}, in which stack.config.ts keeps the state, is not in ${region}, where the stack lives. Nothing was touched. Name a bucket in that region as state.s3.bucket, or one that does not exist yet and run fairlead state init.`,
      { cause: error },
    );
  if (hasCode(error, "AccessDenied", "AllAccessDisabled"))
    return new StateError(
      `S3 refuses the state in the bucket ${bucket}: it belongs to another account, or these credentials may not list, read, write and delete its objects (${(error as Error).message}). Nothing was touched.`,
      { cause: error },
    );
  return error;
}
