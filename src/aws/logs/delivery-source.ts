// A resource can have a single delivery source in an account, whoever created it; and PutDeliverySource overwrites the source that has the name.
import {
  DeleteDeliverySourceCommand,
  DescribeDeliverySourcesCommand,
  GetDeliverySourceCommand,
  PutDeliverySourceCommand,
  type DeliverySource as Described,
} from "@aws-sdk/client-cloudwatch-logs";
import type { Look } from "../../engine/resource-kind.ts";
import type { Aws } from "../aws.ts";
import { awsCommand } from "../command-line.ts";
import { defineKind } from "../define-kind.ts";
import { absent, hasCode, messageOf } from "../errors.ts";
import { everyPage } from "../pages.ts";
import { arnsOf, observedRegion, sendersFor } from "../regional.ts";
import type { Tags } from "../tags.ts";
import { changePartTags, CROSSED, NOT_FOUND, partArn, partIn, partName, partTags } from "./deliveries.ts";

export interface DeliverySourceSpec {
  /** At most 60 letters, digits, hyphens and underscores. */
  name: string;
  /** The region if that is not the stack's; us-east-1 for a distribution. */
  region: string | undefined;
  /** What writes the logs. */
  resourceArn: string;
  /** Such as `ACCESS_LOGS` of a distribution. */
  logType: string;
  tags: Tags;
}

export interface DeliverySourceAttrs {
  name: string;
  arn: string;
}

export const DeliverySource = defineKind<DeliverySourceSpec, DeliverySourceAttrs>({
  type: "logs/delivery-source",
  fields: {
    // One that was adopted keeps its name: under another one, AWS would reject the second source of the resource.
    name: { immutable: true, unique: true, ignoreChanges: true },
    region: { immutable: true, unique: true },
    resourceArn: { immutable: true },
    logType: { immutable: true },
    tags: {},
  },
  traits: { markedAtOnce: true },
  inventory: { idIn: partIn("delivery-source") },

  async observe(aws, look) {
    for (const arn of arnsOf(look, (region, name) => partArn(aws, "delivery-source", region, name))) {
      const asked = sendersFor(aws, arn).logs(new GetDeliverySourceCommand({ name: partName(arn) }));
      const found = await absent(asked, NOT_FOUND);
      const read = found?.deliverySource && (await readSource(aws, look, arn, found.deliverySource));
      if (read) return read;
    }
    const other = await sourceOf(aws, look);
    return other?.arn === undefined ? undefined : readSource(aws, look, other.arn, other);
  },

  async create(aws, spec, making) {
    const arn = partArn(aws, "delivery-source", spec.region, spec.name);
    const { name, resourceArn, logType, tags } = spec;
    const command = new PutDeliverySourceCommand({ name, resourceArn, logType, tags });
    // `once`: where the source is there already, its tags are refused, as those of a delivery destination are.
    await sendersFor(aws, arn)
      .logs(command, { once: true, notYet: [CROSSED, NOT_SEEN_YET] })
      .catch((error: unknown) => refusedSecond(spec, arn, error));
    await making.created(arn);
    return { id: arn, attrs: { name, arn } };
  },

  update: (aws, { id, spec: now }, spec) => changePartTags(aws, id, spec.tags, now.tags),

  /** Rejected while it has deliveries; that they are gone may take a moment to be known. */
  async delete(aws, { id }) {
    const command = new DeleteDeliverySourceCommand({ name: partName(id) });
    await absent(sendersFor(aws, id).logs(command, { notYet: [{ code: "ConflictException", budget: 60 }] }), NOT_FOUND);
  },
});

/** A distribution that was created a moment ago. */
const NOT_SEEN_YET = { code: NOT_FOUND, budget: 60 };

/** A source as AWS tells of it; `undefined` if it was deleted in the meantime. */
async function readSource(aws: Aws, look: Look<DeliverySourceSpec>, arn: string, source: Described) {
  const tags = await partTags(aws, arn);
  if (!tags) return undefined;
  const name = partName(arn);
  return {
    id: arn,
    attrs: { name, arn },
    spec: {
      name,
      region: observedRegion(aws, look.spec.region, arn),
      resourceArn: source.resourceArns?.[0],
      logType: source.logType,
      tags,
    },
    ready: true,
  };
}

/** The source that the desired resource has already, whatever its name and whoever created it. */
async function sourceOf(aws: Aws, { spec, snapshot }: Look<DeliverySourceSpec>): Promise<Described | undefined> {
  const { region = aws.region, resourceArn, logType } = spec;
  // What is known only after apply is not a string yet: a new resource has no source.
  if (typeof resourceArn !== "string") return undefined;
  const all = await snapshot.once(`logs/delivery-sources ${region}`, () =>
    everyPage(async (nextToken) => {
      const page = await aws.in(region).logs(new DescribeDeliverySourcesCommand({ nextToken }));
      return { items: page.deliverySources, next: page.nextToken };
    }),
  );
  return all.find((one) => one.logType === logType && one.resourceArns?.includes(resourceArn));
}

/** "This ResourceId has already been used in another Delivery Source in this account" (CloudFront developer guide, "Configure standard logging (v2)"). */
function refusedSecond({ resourceArn }: DeliverySourceSpec, arn: string, error: unknown): never {
  if (!hasCode(error, "ConflictException") || !messageOf(error).includes("already been used")) throw error;
  const [, , , region = ""] = arn.split(":");
  const query = `deliverySources[?contains(resourceArns, '${resourceArn}')].name`;
  const command = awsCommand(["logs", "describe-delivery-sources", "--query", query], { region });
  throw new Error(
    `ConflictException: the logs of ${resourceArn} already have a delivery source that is not this stack's, and AWS allows one. To find it: ${command}. Delete it with its deliveries, or adopt it.`,
    { cause: error },
  );
}
