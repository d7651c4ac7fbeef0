import { readFrom, type PriceTable } from "./items.ts";

const DATE = "2025";

/** Frankfurt: what stands there unused, as versions before this table had it; the rest is us-east-1's. */
export const EU_CENTRAL_1: PriceTable = {
  region: "eu-central-1",
  date: DATE,
  prices: readFrom("AWS price lists of Amazon VPC, Elastic Load Balancing and AWS PrivateLink", DATE, {
    natHour: 0.052,
    balancerHour: 0.027,
    ipv4Hour: 0.005,
    endpointHour: 0.012,
  }),
};
