import { readFrom, type PriceTable } from "./items.ts";

const DATE = "2026-09-25";

/** Ireland. */
export const EU_WEST_1: PriceTable = {
  region: "eu-west-1",
  date: DATE,
  prices: {
    ...readFrom("AWS price list, offers/v1.0/aws/SERVICE/current/eu-west-1", DATE, {
      natHour: 0.048,
      natGigabyte: 0.048,
      ipv4Hour: 0.005,
      endpointGigabyte: 0.01,
      cdnGigabyte: 0.085,
    }),
    // The bill: 15.00 for 595 hours of a load balancer, 6.01 for 148 vCPU hours, 1.32 for 297 GB hours. AWS's page of Fargate's prices had one
    // row for N. Virginia, Ohio, Oregon and Ireland.
    ...readFrom("a bill of July 2026", "2026-07-31", { balancerHour: 0.0252, vcpuHour: 0.04048, memoryHour: 0.004445 }),
    ...readFrom("AWS price list of AWS PrivateLink", "2025", { endpointHour: 0.011 }),
  },
};
