// The place that logs are delivered to, under a name of its own; PutDeliveryDestination overwrites the destination that has the name, and the
// format cannot be changed ("You can only set the output format when you first create the delivery destination", CloudFront developer guide).
import {
  DeleteDeliveryDestinationCommand,
  GetDeliveryDestinationCommand,
  PutDeliveryDestinationCommand,
  type OutputFormat,
} from "@aws-sdk/client-cloudwatch-logs";
import { defineKind } from "../define-kind.ts";
import { absent } from "../errors.ts";
import { arnsOf, observedRegion, sendersFor } from "../regional.ts";
import type { Tags } from "../tags.ts";
import { changePartTags, CROSSED, NOT_FOUND, partArn, partIn, partName, partTags } from "./deliveries.ts";

export interface DeliveryDestinationSpec {
  /** At most 60 letters, digits, hyphens and underscores. */
  name: string;
  /** The region if that is not the stack's: that of the source, not that of the bucket. */
  region: string | undefined;
  format: OutputFormat;
  /** The bucket, with or without a prefix, or the log group, without `:*`. */
  resourceArn: string;
  tags: Tags;
}

export interface DeliveryDestinationAttrs {
  name: string;
  arn: string;
}

export const DeliveryDestination = defineKind<DeliveryDestinationSpec, DeliveryDestinationAttrs>({
  type: "logs/delivery-destination",
  fields: {
    name: { immutable: true, unique: true },
    region: { immutable: true, unique: true },
    format: { immutable: true },
    resourceArn: { immutable: true },
    tags: {},
  },
  traits: { markedAtOnce: true },
  inventory: { idIn: partIn("delivery-destination") },

  async observe(aws, look) {
    for (const arn of arnsOf(look, (region, name) => partArn(aws, "delivery-destination", region, name))) {
      const name = partName(arn);
      const [found, tags] = await Promise.all([
        absent(sendersFor(aws, arn).logs(new GetDeliveryDestinationCommand({ name })), NOT_FOUND),
        partTags(aws, arn),
      ]);
      const destination = found?.deliveryDestination;
      if (!destination || !tags) continue;
      return {
        id: arn,
        attrs: { name, arn },
        spec: {
          name,
          region: observedRegion(aws, look.spec.region, arn),
          format: destination.outputFormat,
          resourceArn: destination.deliveryDestinationConfiguration?.destinationResourceArn?.replace(/:\*$/, ""),
          tags,
        },
        ready: true,
      };
    }
    return undefined;
  },

  async create(aws, spec, making) {
    const arn = partArn(aws, "delivery-destination", spec.region, spec.name);
    const { name, format: outputFormat, resourceArn: destinationResourceArn, tags } = spec;
    const deliveryDestinationConfiguration = { destinationResourceArn };
    const command = new PutDeliveryDestinationCommand({ name, outputFormat, deliveryDestinationConfiguration, tags });
    // `notYet`: a bucket or group that was created a moment ago. `once`: where the destination is there already, tags are refused, "Tags can only
    // be provided when a resource is being created, not updated" (moto, put_delivery_destination), so that a lost answer is looked up instead.
    await sendersFor(aws, arn).logs(command, { once: true, notYet: [CROSSED, { code: NOT_FOUND, budget: 60 }] });
    await making.created(arn);
    return { id: arn, attrs: { name, arn } };
  },

  update: (aws, { id, spec: now }, spec) => changePartTags(aws, id, spec.tags, now.tags),

  /** Rejected while a delivery has it; that it is gone may take a moment to be known. */
  async delete(aws, { id }) {
    const command = new DeleteDeliveryDestinationCommand({ name: partName(id) });
    await absent(sendersFor(aws, id).logs(command, { notYet: [{ code: "ConflictException", budget: 60 }] }), NOT_FOUND);
  },
});
