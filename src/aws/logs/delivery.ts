// Connects a source to a destination. A delivery has an id of AWS's, and a second one of the same two is a conflict; where it writes in a bucket
// is AWS's own prefix, which it adds when the delivery is created and not when it is changed.
import {
  CreateDeliveryCommand,
  DeleteDeliveryCommand,
  DescribeDeliveriesCommand,
  GetDeliveryCommand,
  UpdateDeliveryConfigurationCommand,
  type Delivery as Described,
} from "@aws-sdk/client-cloudwatch-logs";
import { equal } from "../../engine/equal.ts";
import type { Look } from "../../engine/resource-kind.ts";
import type { Aws } from "../aws.ts";
import { driftedIn } from "../beyond.ts";
import { defineKind } from "../define-kind.ts";
import { absent } from "../errors.ts";
import { everyPage } from "../pages.ts";
import { sendersFor } from "../regional.ts";
import type { Tags } from "../tags.ts";
import { changePartTags, CROSSED, NOT_FOUND, partIn, partName, partTags } from "./deliveries.ts";

export interface DeliverySpec {
  /** The name of the delivery source. */
  sourceName: string;
  /** The ARN of the delivery destination, which names the region of both. */
  destinationArn: string;
  /** The fields of each record, in this order. */
  recordFields: string[];
  tags: Tags;
}

export interface DeliveryAttrs {
  arn: string;
  /** `S3`, `CWL` or `FH`. */
  destinationType: string;
}

/**
 * Where CloudFront writes in a bucket without a prefix. It prepends this to what CreateDelivery says, and not to what UpdateDeliveryConfiguration
 * does (aws-cloudformation/cloudformation-coverage-roadmap#2274): so the create call says nothing, and an update says all of it.
 */
const SUFFIX_PATH = "AWSLogs/{account-id}/CloudFront";

export const Delivery = defineKind<DeliverySpec, DeliveryAttrs>({
  type: "logs/delivery",
  fields: {
    sourceName: { immutable: true, unique: true },
    destinationArn: { immutable: true, unique: true },
    recordFields: {},
    tags: {},
  },
  attrs: { destinationType: { shared: true } },
  traits: { markedAtOnce: true },
  inventory: { idIn: partIn("delivery") },

  async observe(aws, look) {
    const delivery = await findDelivery(aws, look);
    const arn = delivery?.arn;
    const tags = arn === undefined ? undefined : await partTags(aws, arn);
    if (!delivery || arn === undefined || !tags) return undefined;
    const { suffixPath = "", enableHiveCompatiblePath } = delivery.s3DeliveryConfiguration ?? {};
    const path = suffixPath.replaceAll(/^\/|\/$/g, "");
    return {
      id: arn,
      attrs: attrsOf(delivery),
      spec: {
        sourceName: delivery.deliverySourceName,
        destinationArn: delivery.deliveryDestinationArn,
        recordFields: delivery.recordFields,
        tags,
      },
      drifted: driftedIn(
        "recordFields",
        { suffixPath: path === SUFFIX_PATH ? "" : path, enableHiveCompatiblePath },
        {},
        "s3",
      ),
      ready: true,
    };
  },

  async create(aws, spec, making) {
    const { sourceName, destinationArn, recordFields, tags } = spec;
    const command = new CreateDeliveryCommand({
      deliverySourceName: sourceName,
      deliveryDestinationArn: destinationArn,
      recordFields,
      tags,
    });
    const notYet = [CROSSED, { code: NOT_FOUND, budget: 60 }];
    const { delivery = {} } = await sendersFor(aws, destinationArn).logs(command, { once: true, notYet });
    const attrs = attrsOf(delivery);
    await making.created(attrs.arn);
    return { id: attrs.arn, attrs };
  },

  async update(aws, { id, attrs, spec: now, drifted = [] }, spec) {
    if (drifted.length > 0 || !equal(now.recordFields, spec.recordFields))
      await sendersFor(aws, id).logs(
        new UpdateDeliveryConfigurationCommand({
          id: partName(id),
          recordFields: spec.recordFields,
          ...(attrs.destinationType === "S3"
            ? { s3DeliveryConfiguration: { suffixPath: SUFFIX_PATH, enableHiveCompatiblePath: false } }
            : {}),
        }),
        { notYet: [CROSSED] },
      );
    await changePartTags(aws, id, spec.tags, now.tags);
  },

  async delete(aws, { id }) {
    const command = new DeleteDeliveryCommand({ id: partName(id) });
    await absent(sendersFor(aws, id).logs(command, { notYet: [CROSSED] }), NOT_FOUND);
  },
});

const attrsOf = ({ arn, deliveryDestinationType }: Described): DeliveryAttrs => ({
  arn: arn ?? "",
  destinationType: deliveryDestinationType ?? "",
});

/** The known delivery, or else the one of the declared source and destination: there can be no other. */
async function findDelivery(aws: Aws, { knownId, spec, snapshot }: Look<DeliverySpec>): Promise<Described | undefined> {
  if (knownId?.startsWith("arn:")) {
    const asked = sendersFor(aws, knownId).logs(new GetDeliveryCommand({ id: partName(knownId) }));
    const known = (await absent(asked, NOT_FOUND))?.delivery;
    if (known) return known;
  }
  const { sourceName, destinationArn } = spec;
  if (typeof sourceName !== "string" || typeof destinationArn !== "string") return undefined;
  const all = await snapshot.once(`logs/deliveries ${destinationArn.split(":")[3]}`, () =>
    everyPage(async (nextToken) => {
      const page = await sendersFor(aws, destinationArn).logs(new DescribeDeliveriesCommand({ nextToken }));
      return { items: page.deliveries, next: page.nextToken };
    }),
  );
  return all.find((one) => one.deliverySourceName === sourceName && one.deliveryDestinationArn === destinationArn);
}
