import { readFrom, type PriceTable } from "./items.ts";

const DATE = "2026-09-25";
const OF = "AWS price list, offers/v1.0/aws/SERVICE/current/ap-northeast-1";

/** Tokyo. What is missing has no document that was read: the prices of us-east-1 stand in, and the estimate says so. */
export const AP_NORTHEAST_1: PriceTable = {
  region: "ap-northeast-1",
  date: DATE,
  prices: {
    ...readFrom(OF, DATE, {
      natHour: 0.062,
      secretMonth: 0.4,
      natGigabyte: 0.062,
      balancerHour: 0.0243,
      lcuHour: 0.008,
      vcpuHour: 0.05056,
      memoryHour: 0.00553,
      armVcpuHour: 0.04045,
      armMemoryHour: 0.00442,
      ipv4Hour: 0.005,
      endpointHour: 0.014,
      endpointGigabyte: 0.01,
      alarmMonth: 0.1,
      cdnGigabyte: 0.114,
    }),
    ...readFrom(OF, "2026-07-20", { logsGigabyte: 0.76, logsMonth: 0.033, objectsMonth: 0.025 }),
  },
};
