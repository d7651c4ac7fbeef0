// What was set is seen only up to a minute later, a queue that was deleted answers for up to a minute more, and for that minute its
// name stays taken.
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  SetQueueAttributesCommand,
  TagQueueCommand,
  UntagQueueCommand,
  type QueueAttributeName,
} from "@aws-sdk/client-sqs";
import type { Look } from "../../engine/resource-kind.ts";
import { answered, readJson } from "../answer.ts";
import type { Arn, Aws } from "../aws.ts";
import { SET, some, unmanagedIn, type Usual } from "../beyond.ts";
import type { NotYet } from "../call.ts";
import { absent } from "../errors.ts";
import { defineKind } from "../define-kind.ts";
import { byName } from "../named.ts";
import { namedAfter, ownedAmong } from "../owned.ts";
import { everyPage } from "../pages.ts";
import { canonicalPolicy, parsePolicy, policyText, type PolicyDocument } from "../policy.ts";
import { tagChanges, tagsFrom, tagListLower, type Tags } from "../tags.ts";

export interface QueueSpec {
  /** Of a standard queue: at most 80 letters, digits, hyphens and underscores. */
  name: string;
  /** For how many seconds a message that was received is hidden from other receivers. */
  visibilityTimeout: number;
  /** For how many seconds a message is kept that no one deletes. */
  retentionSeconds: number;
  /** For how many seconds a receive waits for a message. */
  receiveWaitSeconds: number;
  /** Where a message goes that was received that often and not deleted; `undefined`: nowhere, it stays. */
  redrivePolicy: { deadLetterTargetArn: string; maxReceiveCount: number } | undefined;
  /** Encrypt messages at rest with keys that SQS keeps. */
  managedEncryption: boolean;
  policy: PolicyDocument | undefined;
  tags: Tags;
}

export interface QueueAttrs {
  name: string;
  url: string;
  arn: string;
}

const GONE = "QueueDoesNotExist";

const CREATE_NOT_YET: readonly NotYet[] = [
  // Sixty seconds by the API reference of CreateQueue; terraform-provider-aws#3148 saw more than sixty.
  { code: "QueueDeletedRecently", budget: 120 },
];
/** A dead-letter queue that was created a moment ago. The code differs between SQS's two protocols; the words do not. */
const TARGET_NOT_SEEN: readonly NotYet[] = ["InvalidParameterValue", "InvalidAttributeValue"].map((code) => ({
  code,
  says: "Dead letter target does not exist",
  budget: 60,
}));

/** Attributes take up to 60 seconds to be seen, MessageRetentionPeriod up to 15 minutes (SQS API Reference, SetQueueAttributes). */
const SEEN_WITHIN = 900;

export const Queue = defineKind<QueueSpec, QueueAttrs>({
  type: "sqs/queue",
  fields: {
    name: { immutable: true, unique: true },
    visibilityTimeout: {},
    retentionSeconds: {},
    receiveWaitSeconds: {},
    redrivePolicy: {},
    managedEncryption: {},
    policy: {},
    tags: {},
  },
  traits: { markedAtOnce: true, holdsData: true },
  timing: { consistent: 10, gone: 30 },
  inventory: { idIn: nameIn, lists: "receipt" },

  canonical: (spec) => ({ ...spec, ...(spec.policy ? { policy: canonicalPolicy(spec.policy) } : {}) }),

  async observe(aws, look) {
    const found = await byName(look, (name) => described(aws, look, name));
    if (!found) return undefined;
    const { url: QueueUrl, attributes, tags } = found;
    const name = nameOf(QueueUrl);
    return {
      id: name,
      attrs: { name, url: QueueUrl, arn: attributes.QueueArn ?? "" },
      spec: {
        name,
        visibilityTimeout: numberIn(attributes.VisibilityTimeout),
        retentionSeconds: numberIn(attributes.MessageRetentionPeriod),
        receiveWaitSeconds: numberIn(attributes.ReceiveMessageWaitTimeSeconds),
        redrivePolicy: redriveIn(name, attributes.RedrivePolicy),
        managedEncryption: attributes.SqsManagedSseEnabled === "true",
        policy: attributes.Policy ? parsePolicy(attributes.Policy) : undefined,
        tags,
      },
      unmanaged: some(unmanagedIn(withoutUsualSize(attributes), USUAL)),
      ready: true,
      within: SEEN_WITHIN,
    };
  },

  async list(aws) {
    const urls = await everyPage(async (NextToken) => {
      // Without a size there is no token either (SQS API Reference, ListQueues).
      const command = new ListQueuesCommand({ QueueNamePrefix: aws.stack, MaxResults: 1_000, NextToken });
      const page = await aws.sqs(command);
      return { items: page.QueueUrls, next: page.NextToken };
    });
    const candidates = urls.filter((url) => namedAfter(aws.stack, nameOf(url)));
    return ownedAmong(
      aws,
      candidates.map((url) => ({ id: nameOf(url), tags: () => tagsOf(aws, url) })),
    );
  },

  /** Without `once`: the queue of that name with the very same attributes is the answer, where there is one. */
  async create(aws, spec, making) {
    const { name: QueueName, tags } = spec;
    const command = new CreateQueueCommand({ QueueName, Attributes: attributesOf(spec, ALL), tags });
    const { QueueUrl: url = "" } = await aws.sqs(command, { notYet: [...CREATE_NOT_YET, ...TARGET_NOT_SEEN] });
    await making.created(QueueName);
    return { id: QueueName, attrs: { name: QueueName, url, arn: arnOf(aws, QueueName) } };
  },

  async update(aws, { attrs, spec: now }, spec, changed) {
    const QueueUrl = attrs.url;
    const Attributes = attributesOf(spec, changed);
    // A key of KMS's goes with it: a queue is encrypted in one of the two ways.
    const encryption = changed.has("managedEncryption") && spec.managedEncryption ? { KmsMasterKeyId: "" } : {};
    if (Object.keys(Attributes).length > 0)
      await aws.sqs(new SetQueueAttributesCommand({ QueueUrl, Attributes: { ...Attributes, ...encryption } }), {
        notYet: TARGET_NOT_SEEN,
      });
    const { write, remove } = tagChanges(spec.tags, now.tags ?? {});
    if (Object.keys(write).length > 0) await aws.sqs(new TagQueueCommand({ QueueUrl, Tags: write }));
    if (remove.length > 0) await aws.sqs(new UntagQueueCommand({ QueueUrl, TagKeys: remove }));
  },

  async delete(aws, { attrs }) {
    await absent(aws.sqs(new DeleteQueueCommand({ QueueUrl: attrs.url })), GONE);
  },
});

/** A queue of that name. Its URL stays the same as long as it exists, so that of a recorded queue is not asked for. */
async function described(aws: Aws, { knownId, knownAttrs }: Look<object>, QueueName: string) {
  const known = QueueName === knownId ? knownAttrs?.["url"] : undefined;
  const asked = () => absent(aws.sqs(new GetQueueUrlCommand({ QueueName })), GONE);
  const answer = typeof known === "string" ? { QueueUrl: known } : await asked();
  if (!answer) return undefined;
  const url = answered("the URL of a queue", answer.QueueUrl);
  const [all, tags] = await Promise.all([
    absent(aws.sqs(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] })), GONE),
    tagsOf(aws, url),
  ]);
  // It does not exist, or was deleted between the calls.
  if (!all || !tags) return undefined;
  return { url, attributes: answered(`the attributes of ${url}`, all.Attributes), tags };
}

async function tagsOf(aws: Aws, QueueUrl: string): Promise<Tags | undefined> {
  const answer = await absent(aws.sqs(new ListQueueTagsCommand({ QueueUrl })), GONE);
  return answer && tagsFrom(tagListLower(answer.Tags ?? {}));
}

/** The name at the end of a queue's URL. */
const nameOf = (url: string) => url.slice(url.lastIndexOf("/") + 1);

function nameIn({ service, resource }: Arn): string | undefined {
  return service === "sqs" ? resource : undefined;
}

const arnOf = (aws: Aws, name: string) => `arn:${aws.partition}:sqs:${aws.region}:${aws.account}:${name}`;

const numberIn = (text: string | undefined) => (text === undefined ? undefined : Number(text));

/** `maxReceiveCount` comes back as it was sent, as a number or as its text. */
function redriveIn(name: string, text: string | undefined): QueueSpec["redrivePolicy"] {
  if (!text) return undefined;
  const policy = readJson(`a redrive policy of the queue ${name}`, text) as
    | { deadLetterTargetArn: string; maxReceiveCount: number | string }
    | undefined;
  return policy && { ...policy, maxReceiveCount: Number(policy.maxReceiveCount) };
}

const ALL: ReadonlySet<string> = new Set<keyof QueueSpec>([
  "visibilityTimeout",
  "retentionSeconds",
  "receiveWaitSeconds",
  "redrivePolicy",
  "managedEncryption",
  "policy",
]);

/** The attributes that these fields are on SQS. An empty text takes one away, which a create has no need of. */
function attributesOf(spec: QueueSpec, fields: ReadonlySet<string>): Record<string, string> {
  const fresh = fields === ALL;
  const { redrivePolicy, policy } = spec;
  const values: Record<string, readonly [attribute: string, value: string]> = {
    visibilityTimeout: ["VisibilityTimeout", String(spec.visibilityTimeout)],
    retentionSeconds: ["MessageRetentionPeriod", String(spec.retentionSeconds)],
    receiveWaitSeconds: ["ReceiveMessageWaitTimeSeconds", String(spec.receiveWaitSeconds)],
    redrivePolicy: ["RedrivePolicy", redrivePolicy ? JSON.stringify(redrivePolicy) : ""],
    managedEncryption: ["SqsManagedSseEnabled", String(spec.managedEncryption)],
    policy: ["Policy", policy ? policyText(policy) : ""],
  };
  const chosen = Object.entries(values).flatMap(([field, pair]) => (fields.has(field) ? [pair] : []));
  return Object.fromEntries(chosen.filter(([, value]) => !fresh || value !== ""));
}

/** The largest message is 1 MiB by default, and was 256 KiB until August 2025 (SQS Developer Guide, "Document history"). */
const withoutUsualSize = ({ MaximumMessageSize: size, ...rest }: Partial<Record<QueueAttributeName, string>>) =>
  size === "1048576" || size === "262144" ? rest : { ...rest, MaximumMessageSize: size };

/** What Fairlead or SQS sets. */
const USUAL: Usual = {
  ApproximateNumberOfMessages: SET,
  ApproximateNumberOfMessagesDelayed: SET,
  ApproximateNumberOfMessagesNotVisible: SET,
  CreatedTimestamp: SET,
  LastModifiedTimestamp: SET,
  QueueArn: SET,
  VisibilityTimeout: SET,
  MessageRetentionPeriod: SET,
  ReceiveMessageWaitTimeSeconds: SET,
  RedrivePolicy: SET,
  SqsManagedSseEnabled: SET,
  Policy: SET,
  DelaySeconds: "0",
};
