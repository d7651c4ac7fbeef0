import { refuse } from "../errors.ts";
import type { Sim } from "../sim.ts";
import { queues, type Attributes } from "./records.ts";

/** The default attributes of a standard queue (SQS API Reference, CreateQueue: `Attributes`). */
export const DEFAULTS: Readonly<Attributes> = {
  DelaySeconds: "0",
  MaximumMessageSize: "1048576",
  MessageRetentionPeriod: "345600",
  ReceiveMessageWaitTimeSeconds: "0",
  SqsManagedSseEnabled: "true",
  VisibilityTimeout: "30",
};

/** The least and the most of each number (the same page). */
const RANGES: Readonly<Record<string, readonly [least: number, most: number]>> = {
  DelaySeconds: [0, 900],
  KmsDataKeyReusePeriodSeconds: [60, 86_400],
  MaximumMessageSize: [1_024, 1_048_576],
  MessageRetentionPeriod: [60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  VisibilityTimeout: [0, 43_200],
};

const TEXTS = ["KmsMasterKeyId", "Policy", "RedriveAllowPolicy", "RedrivePolicy", "SqsManagedSseEnabled"];

const invalid = (name: string, reason?: string): never =>
  refuse(
    "InvalidAttributeValue",
    `Invalid value for the parameter ${name}.${reason === undefined ? "" : ` Reason: ${reason}`}`,
  );

/** Refuses attributes that a standard queue cannot have. */
export function checkAttributes(sim: Sim, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    const range = RANGES[name];
    if (range && !(/^\d+$/.test(value) && Number(value) >= range[0] && Number(value) <= range[1])) invalid(name);
    // FifoQueue and its like belong to queues that Fairlead does not make.
    if (!range && !TEXTS.includes(name)) refuse("InvalidAttributeName", `Unknown Attribute ${name}.`);
  }
  const { Policy = "", RedrivePolicy = "", SqsManagedSseEnabled = "", KmsMasterKeyId = "" } = attributes;
  if (!["", "true", "false"].includes(SqsManagedSseEnabled)) invalid("SqsManagedSseEnabled");
  // The words are AWS's own, as mocks of it repeat them that are tested against it.
  if (SqsManagedSseEnabled === "true" && KmsMasterKeyId !== "")
    refuse(
      "InvalidAttributeName",
      "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.",
    );
  if (Policy !== "" && !isPolicy(Policy)) invalid("Policy");
  if (RedrivePolicy !== "") checkRedrive(sim, RedrivePolicy);
}

function isPolicy(text: string): boolean {
  const document = parsed(text);
  return Array.isArray(document?.["Statement"]);
}

/** serverless/serverless#5215 has the refusal's words; the bounds are those of the SQS console and of "Quotas related to queues". */
function checkRedrive(sim: Sim, text: string): void {
  const unfit = (reason: string) =>
    refuse("InvalidParameterValue", `Value ${text} for parameter RedrivePolicy is invalid. Reason: ${reason}`);
  const policy = parsed(text);
  const most = Number(policy?.["maxReceiveCount"]);
  const target = policy?.["deadLetterTargetArn"];
  if (!policy || typeof target !== "string") return unfit("Redrive policy is not a valid JSON map.");
  if (!Number.isInteger(most) || most < 1 || most > 1_000)
    unfit(`Invalid value for maxReceiveCount: ${most}, valid values are from 1 to 1000 both inclusive.`);
  const queue = Object.values(queues(sim)).find(({ arn }) => arn === target);
  if (!queue || (queue.usableAt ?? 0) > sim.now) unfit("Dead letter target does not exist.");
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Attributes on top of others: an empty one is taken away, and one kind of encryption switches the other off. */
export function withAttributes(now: Attributes, more: Attributes): Attributes {
  const encrypted: Attributes = more["KmsMasterKeyId"] ? { SqsManagedSseEnabled: "false" } : {};
  const all: Attributes = { ...now, ...more, ...encrypted };
  if (more["SqsManagedSseEnabled"] === "true") delete all["KmsMasterKeyId"];
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ""));
}
