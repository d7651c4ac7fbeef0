import type {
  CreateDeliveryCommandInput,
  CreateDeliveryCommandOutput,
  DeleteDeliveryCommandInput,
  DeleteDeliveryDestinationCommandInput,
  DeleteDeliverySourceCommandInput,
  Delivery,
  DeliverySource,
  DescribeDeliveriesCommandInput,
  DescribeDeliveriesCommandOutput,
  DescribeDeliverySourcesCommandInput,
  DescribeDeliverySourcesCommandOutput,
  GetDeliveryCommandInput,
  GetDeliveryCommandOutput,
  GetDeliveryDestinationCommandInput,
  GetDeliveryDestinationCommandOutput,
  GetDeliverySourceCommandInput,
  GetDeliverySourceCommandOutput,
  OutputFormat,
  PutDeliveryDestinationCommandInput,
  PutDeliveryDestinationCommandOutput,
  PutDeliverySourceCommandInput,
  PutDeliverySourceCommandOutput,
  UpdateDeliveryConfigurationCommandInput,
} from "@aws-sdk/client-cloudwatch-logs";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import {
  bucketIn,
  deliveries,
  deliveryDestinations,
  deliverySources,
  occupy,
  type SimDelivery,
  type SimDeliveryDestination,
  type SimDeliverySource,
} from "./delivery-records.ts";

/**
 * The fields of CloudFront's access logs (CloudFront developer guide, "Standard logging reference", and "Configure standard logging (v2)": those
 * of real-time logs). All but the last four are what a delivery has that names none.
 */
const FIELDS =
  `date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end c-country cache-behavior-path-pattern timestamp(ms) origin-fbl origin-lbl asn`.split(
    " ",
  );
const USUAL = FIELDS.slice(0, -4);

/** What CloudFront prepends to the path in a bucket without a prefix ("Configure standard logging (v2)", "Example paths to access logs"). */
const PREFIX = "AWSLogs/{account-id}/CloudFront/";

const sourceAnswer = (source: SimDeliverySource): DeliverySource => ({
  name: source.name,
  arn: source.arn,
  resourceArns: [source.resourceArn],
  service: "cloudfront",
  logType: source.logType,
});

const destinationAnswer = (destination: SimDeliveryDestination) => ({
  name: destination.name,
  arn: destination.arn,
  deliveryDestinationType: destination.type,
  outputFormat: destination.format as OutputFormat,
  deliveryDestinationConfiguration: { destinationResourceArn: destination.resourceArn },
});

const destinationOf = (sim: Sim, arn: string | undefined) => deliveryDestinations.byArn(sim, arn);

function deliveryAnswer(sim: Sim, delivery: SimDelivery): Delivery {
  const { type, format } = destinationOf(sim, delivery.destination);
  return {
    id: delivery.id,
    arn: delivery.arn,
    deliverySourceName: delivery.source,
    deliveryDestinationArn: delivery.destination,
    deliveryDestinationType: type,
    recordFields: delivery.fields,
    fieldDelimiter: format === "json" ? "" : "\t",
    ...(type === "S3"
      ? {
          s3DeliveryConfiguration: {
            suffixPath: delivery.suffixPath,
            enableHiveCompatiblePath: delivery.hive ?? false,
          },
        }
      : {}),
  };
}

function checkFields(fields: readonly string[] = USUAL): string[] {
  const strange = fields.find((field) => !FIELDS.includes(field));
  if (strange !== undefined) refuse("ValidationException", `Provided recordFields are invalid: ${strange}`);
  return [...fields];
}

/** A put of what exists takes no tags: in AWS's words by moto (models of logs, put_delivery_source and put_delivery_destination). */
function refuseTags(standing: object | undefined, tags: object | undefined): void {
  if (standing && tags)
    refuse("ConflictException", "Tags can only be provided when a resource is being created, not updated.");
}

/** The sources, destinations and deliveries of logs, as far as they are CloudFront's. */
export const deliveryOperations = {
  PutDeliverySource(input: PutDeliverySourceCommandInput, sim): Answer<PutDeliverySourceCommandOutput> {
    onlyKnown("PutDeliverySource", input, "name", "resourceArn", "logType", "tags");
    const { name: key = "", resourceArn = "", logType = "", tags } = input;
    refuseTags(deliverySources.records(sim)[key], tags);
    return { deliverySource: sourceAnswer(deliverySources.create(sim, { key, tags }, { resourceArn, logType })) };
  },

  GetDeliverySource: (input: GetDeliverySourceCommandInput, sim): Answer<GetDeliverySourceCommandOutput> => ({
    deliverySource: sourceAnswer(deliverySources.find(sim, input.name)),
  }),

  DescribeDeliverySources(
    input: DescribeDeliverySourcesCommandInput,
    sim,
  ): Answer<DescribeDeliverySourcesCommandOutput> {
    const { page, next } = deliverySources.list(sim, { token: input.nextToken, size: input.limit });
    return { deliverySources: page.map(sourceAnswer), nextToken: next };
  },

  DeleteDeliverySource(input: DeleteDeliverySourceCommandInput, sim) {
    occupy(sim, deliverySources.find(sim, input.name));
    deliverySources.delete(sim, input.name);
  },

  PutDeliveryDestination(input: PutDeliveryDestinationCommandInput, sim): Answer<PutDeliveryDestinationCommandOutput> {
    onlyKnown("PutDeliveryDestination", input, "name", "outputFormat", "deliveryDestinationConfiguration", "tags");
    const { name: key = "", outputFormat: format, deliveryDestinationConfiguration: to, tags } = input;
    const said = { resourceArn: to?.destinationResourceArn ?? "", format };
    refuseTags(deliveryDestinations.records(sim)[key], tags);
    return { deliveryDestination: destinationAnswer(deliveryDestinations.create(sim, { key, tags }, said)) };
  },

  GetDeliveryDestination: (
    input: GetDeliveryDestinationCommandInput,
    sim,
  ): Answer<GetDeliveryDestinationCommandOutput> => ({
    deliveryDestination: destinationAnswer(deliveryDestinations.find(sim, input.name)),
  }),

  DeleteDeliveryDestination(input: DeleteDeliveryDestinationCommandInput, sim) {
    occupy(sim, deliveryDestinations.find(sim, input.name));
    deliveryDestinations.delete(sim, input.name);
  },

  CreateDelivery(input: CreateDeliveryCommandInput, sim): Answer<CreateDeliveryCommandOutput> {
    onlyKnown(
      "CreateDelivery",
      input,
      "deliverySourceName",
      "deliveryDestinationArn",
      "recordFields",
      "s3DeliveryConfiguration",
      "tags",
    );
    const source = deliverySources.find(sim, input.deliverySourceName);
    const destination = destinationOf(sim, input.deliveryDestinationArn);
    const { suffixPath = "", enableHiveCompatiblePath: hive } = input.s3DeliveryConfiguration ?? {};
    const said = {
      source: source.name,
      destination: destination.arn,
      fields: checkFields(input.recordFields),
      suffixPath: destination.resourceArn.includes("/") ? suffixPath : `${PREFIX}${suffixPath}`,
      hive,
    };
    occupy(sim, source, destination);
    const made = deliveries.create(sim, { key: sim.world.hex(16), tags: input.tags }, said);
    letIn(sim, destination, source.arn);
    return { delivery: deliveryAnswer(sim, made) };
  },

  GetDelivery: (input: GetDeliveryCommandInput, sim): Answer<GetDeliveryCommandOutput> => ({
    delivery: deliveryAnswer(sim, deliveries.find(sim, input.id)),
  }),

  DescribeDeliveries(input: DescribeDeliveriesCommandInput, sim): Answer<DescribeDeliveriesCommandOutput> {
    const { page, next } = deliveries.list(sim, { token: input.nextToken, size: input.limit });
    return { deliveries: page.map((delivery) => deliveryAnswer(sim, delivery)), nextToken: next };
  },

  /** Takes the path as it is, without what CreateDelivery prepends (aws-cloudformation/cloudformation-coverage-roadmap#2274). */
  UpdateDeliveryConfiguration(input: UpdateDeliveryConfigurationCommandInput, sim) {
    onlyKnown("UpdateDeliveryConfiguration", input, "id", "recordFields", "s3DeliveryConfiguration");
    const delivery = deliveries.find(sim, input.id);
    const destination = destinationOf(sim, delivery.destination);
    if (input.s3DeliveryConfiguration && destination.type !== "S3")
      refuse("ValidationException", "s3DeliveryConfiguration is only valid for S3 destinations");
    occupy(sim, deliverySources.find(sim, delivery.source), destination);
    if (input.recordFields) delivery.fields = checkFields(input.recordFields);
    delivery.suffixPath = input.s3DeliveryConfiguration?.suffixPath ?? delivery.suffixPath;
    delivery.hive = input.s3DeliveryConfiguration?.enableHiveCompatiblePath ?? delivery.hive;
    return {};
  },

  DeleteDelivery(input: DeleteDeliveryCommandInput, sim) {
    const delivery = deliveries.find(sim, input.id);
    occupy(sim, deliverySources.find(sim, delivery.source), destinationOf(sim, delivery.destination));
    deliveries.delete(sim, input.id);
  },
} satisfies Operations;

/**
 * Adds the statement that lets the deliveries of a source into a bucket (CloudWatch Logs user guide, "Logs sent to Amazon S3": "that statement is
 * appended to the bucket's resource policy" unless it is there). What AWS compares is not documented; the least forgiving is every word.
 */
function letIn(sim: Sim, { resourceArn }: SimDeliveryDestination, sourceArn: string): void {
  const bucket = bucketIn(sim, resourceArn);
  if (!bucket) return;
  const policy = JSON.parse(
    bucket.policy ?? `{"Version":"2012-10-17","Id":"AWSLogDeliveryWrite20150319","Statement":[]}`,
  );
  const at = resourceArn.includes("/") ? resourceArn : `${resourceArn}/AWSLogs/${sim.account}/CloudFront`;
  const said = {
    Effect: "Allow",
    Principal: { Service: "delivery.logs.amazonaws.com" },
    Action: "s3:PutObject",
    Resource: `${at}/*`,
    Condition: {
      StringEquals: { "aws:SourceAccount": sim.account, "s3:x-amz-acl": "bucket-owner-full-control" },
      ArnLike: { "aws:SourceArn": sourceArn },
    },
  };
  const statements = policy.Statement as Record<string, unknown>[];
  const isThere = statements.some((one) => JSON.stringify({ ...one, Sid: undefined }) === JSON.stringify(said));
  if (!isThere) statements.push({ Sid: `AWSLogDeliveryWrite${statements.length}`, ...said });
  bucket.policy = JSON.stringify(policy);
}
