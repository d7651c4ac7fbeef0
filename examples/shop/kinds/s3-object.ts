// A text file in an S3 bucket, as a resource kind of this stack. S3 keeps the object's owner in its metadata, which is written
// together with the object.
import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  type GetObjectCommandOutput,
} from "@aws-sdk/client-s3";
import { defineKind, type Aws } from "fairlead";

interface S3ObjectSpec {
  bucket: string;
  key: string;
  body: string;
}

interface S3ObjectAttrs {
  key: string;
}

/** The name of the metadata that has the owner. */
const OWNER = "owner";

const put = (aws: Aws, { bucket, key, body }: S3ObjectSpec, owner: string) =>
  aws.s3(
    new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: body,
      ContentType: "application/json",
      Metadata: { [OWNER]: owner },
    }),
  );

async function get(aws: Aws, Bucket: string, Key: string): Promise<GetObjectCommandOutput | undefined> {
  try {
    return await aws.s3(new GetObjectCommand({ Bucket, Key }));
  } catch (error) {
    if (error instanceof Error && ["NoSuchKey", "NoSuchBucket"].includes(error.name)) return undefined;
    throw error;
  }
}

export const S3Object = defineKind<S3ObjectSpec, S3ObjectAttrs>({
  type: "shop/s3-object",
  fields: {
    bucket: { immutable: true, unique: true },
    key: { immutable: true, unique: true },
    body: {},
  },
  // What npx fairlead policy grants for it, on the buckets of the stack. S3 tells who may not list a bucket not that an object is absent.
  permissions: ["s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"],

  // The bucket's name is unknown until the bucket exists, and so there is no object yet.
  async observe(aws, { spec: { bucket, key } }) {
    if (typeof bucket !== "string" || typeof key !== "string") return undefined;
    const found = await get(aws, bucket, key);
    if (found === undefined) return undefined;
    const body = (await found.Body?.transformToString()) ?? "";
    return {
      id: `${bucket}/${key}`,
      attrs: { key },
      spec: { bucket, key, body },
      owner: found.Metadata?.[OWNER],
      ready: true,
    };
  },

  async create(aws, spec, making) {
    await put(aws, spec, making.owner);
    const id = `${spec.bucket}/${spec.key}`;
    await making.created(id);
    return { id, attrs: { key: spec.key } };
  },

  async update(aws, observed, spec) {
    await put(aws, spec, observed.owner ?? "");
  },

  async delete(aws, { spec: { bucket, key } }) {
    await aws.s3(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  },
});
