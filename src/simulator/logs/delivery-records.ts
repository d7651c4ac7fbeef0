import { distributions } from "../cloudfront/records.ts";
import { refuse } from "../errors.ts";
import { plain, type PlainRecord, type Refusal } from "../plain.ts";
import { buckets } from "../s3/records.ts";
import type { Sim } from "../sim.ts";
import { TIMING } from "../timing.ts";
import { groups } from "./records.ts";

/** What all parts of a delivery are: one call at a time may change a source or a destination. */
interface SimPart extends PlainRecord {
  name: string;
  busyUntil?: number;
}

export interface SimDeliverySource extends SimPart {
  resourceArn: string;
  logType: string;
}

export interface SimDeliveryDestination extends SimPart {
  resourceArn: string;
  format: string | undefined;
  type: "S3" | "CWL";
}

export interface SimDelivery extends PlainRecord {
  id: string;
  source: string;
  destination: string;
  fields: string[];
  suffixPath?: string | undefined;
  hive?: boolean | undefined;
}

const INVALID = "ValidationException";
export const CONFLICT = "ConflictException";
const NAMES = {
  rule: /^[\w-]{1,60}$/,
  refusal: [INVALID, "1 validation error detected: Value failed to satisfy constraint: [\\w-]*, 1 to 60"],
} as const satisfies { rule: RegExp; refusal: Refusal };
const TAGS = { code: "ValidationException", limitCode: "TooManyTagsException" };
const PAGES = { usual: 50, code: INVALID, sorted: true };
const missing = (what: string) => (): Refusal => [
  "ResourceNotFoundException",
  `Requested ${what} does not exist in this account.`,
];

/** hashicorp/terraform-provider-aws#42194 and #42947: changes of one source or destination at the same time. */
export function occupy(sim: Sim, ...parts: readonly SimPart[]): void {
  if (parts.some(({ busyUntil = 0 }) => busyUntil > sim.now))
    refuse(CONFLICT, "Requested resource is currently being updated. Please try again later.");
  for (const part of parts) part.busyUntil = sim.in(TIMING.logDelivery);
}

/** botocore logs, DeleteDeliverySource and DeleteDeliveryDestination: not "if any current deliveries are associated" with it. */
function refuseInUse(sim: Sim, isMeant: (delivery: SimDelivery) => boolean) {
  if (Object.values(deliveries.records(sim)).some(isMeant))
    refuse(CONFLICT, "This resource cannot be deleted because it is associated with a delivery.");
}

interface SourceSaid {
  readonly resourceArn: string;
  readonly logType: string;
}

/** CloudFront developer guide, "Configure standard logging (v2)": the only log type, the region, and one source for each distribution. */
export const deliverySources = plain<SimDeliverySource, SourceSaid>({
  table: "logs.deliverySources",
  arn: (sim, name) => sim.arn("logs", `delivery-source:${name}`),
  names: NAMES,
  check(sim, { resourceArn, logType }, name) {
    if (!resourceArn.startsWith("arn:aws:cloudfront:"))
      refuse("SimulatorUnknownOption", `The simulated CloudWatch Logs does not know logs of ${resourceArn}.`, 501);
    if (sim.region !== "us-east-1" || logType !== "ACCESS_LOGS")
      refuse(INVALID, "The log type is not supported for this resource in this region.");
    if (!Object.values(distributions(sim)).some(({ arn }) => arn === resourceArn))
      refuse("ResourceNotFoundException", "The specified resource does not exist.");
    const other = Object.values(deliverySources.records(sim)).find((one) => one.resourceArn === resourceArn);
    if (other && other.name !== name)
      refuse(CONFLICT, "This ResourceId has already been used in another Delivery Source in this account.");
  },
  made: (_sim, { resourceArn, logType }, name) => ({ name, resourceArn, logType }),
  // "All the current delivery source parameters are overwritten" (botocore logs, PutDeliverySource).
  again: (before, said) => Object.assign(before, said),
  missing: missing("Delivery Source"),
  tags: TAGS,
  pages: PAGES,
  inUse: (sim, { name }) => refuseInUse(sim, ({ source }) => source === name),
});

interface DestinationSaid {
  readonly resourceArn: string;
  readonly format: string | undefined;
}

export const deliveryDestinations = plain<SimDeliveryDestination, DestinationSaid>({
  table: "logs.deliveryDestinations",
  arn: (sim, name) => sim.arn("logs", `delivery-destination:${name}`),
  names: NAMES,
  check(sim, { resourceArn }) {
    if (bucketIn(sim, resourceArn) || groupIn(sim, resourceArn)) return;
    refuse("ResourceNotFoundException", "The specified destination resource does not exist.");
  },
  made: (_sim, { resourceArn, format }, name) => ({
    name,
    resourceArn,
    format,
    type: resourceArn.startsWith("arn:aws:s3:") ? "S3" : "CWL",
  }),
  // "You can only set the output format when you first create the delivery destination" (CloudFront developer guide, as above); and whether the
  // resource can be changed is not documented (terraform-provider-aws replaces the destination for both).
  again(before, { resourceArn, format }) {
    if (before.format !== format || before.resourceArn !== resourceArn)
      refuse(INVALID, "The output format and the destination resource cannot be updated.");
    return before;
  },
  missing: missing("Delivery Destination"),
  tags: TAGS,
  pages: PAGES,
  inUse: (sim, { arn }) => refuseInUse(sim, ({ destination }) => destination === arn),
});

export const deliveries = plain<SimDelivery, Omit<SimDelivery, keyof PlainRecord | "id">>({
  table: "logs.deliveries",
  arn: (sim, id) => sim.arn("logs", `delivery:${id}`),
  made: (_sim, said, id) => ({ id, ...said }),
  sameAs: (before, said) => before.source === said.source && before.destination === said.destination,
  again: () => refuse(CONFLICT, "A delivery already exists for this delivery source and delivery destination."),
  missing: missing("Delivery"),
  tags: TAGS,
  pages: PAGES,
});

/** The bucket in a destination's ARN, which may end with a prefix. */
export const bucketIn = (sim: Sim, arn: string) => buckets(sim)[/^arn:aws:s3:::([^/]+)/.exec(arn)?.[1] ?? ""];

/** The group of a destination, which is in its region. */
export const groupIn = (sim: Sim, arn: string) => Object.values(groups(sim)).find((group) => group.arn === arn);
