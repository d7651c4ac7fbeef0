import { OPTIONAL_WHOLE, STANDING } from "../acceptance/whole.ts";
import type { StackConfig } from "../../src/index.ts";
import { PLAIN, SHOP, type Creatable } from "./stacks.ts";

const REGION = "ap-northeast-1";

/** Four services; the numbers and the time are what an edit changes. */
const optionalServices = (
  requestsPerTarget: number,
  backlogPerTask: number,
  from: string,
): Required<StackConfig>["services"] => ({
  web: {
    image: "nginx",
    container: { secrets: { SESSION_KEY: { generate: { length: 40 } } } },
    scaling: { requestsPerTarget, schedule: { nights: { from, until: "cron(0 6 * * ? *)", min: 1 } } },
  },
  // A release builds and scans this one, which waits for it.
  api: { path: "/api/*" },
  search: { internal: true, image: "nginx" },
  mail: { type: "worker", image: "nginx", queue: true, spot: {}, scaling: { min: 0, max: 4, backlogPerTask } },
});

/** Every setting that is off unless it is set, as far as moto has what it needs: test/acceptance/missing.ts lists what it has not. */
const ON = {
  services: optionalServices(500, 10, "cron(0 20 * * ? *)"),
  schedule: { sleep: "cron(0 22 * * ? *)", wake: "cron(0 5 * * ? *)" },
  alarms: { emails: ["ops@example.com"], urls: ["https://example.com/hook"], dashboard: true },
  service: { deploymentAlarms: true },
  accessLogs: { balancer: true },
  delivery: { failOn: "CRITICAL" },
  edge: { firewall: {} },
  domain: "shop.example.com",
  security: { guardDuty: true, securityHub: true, enhancedScanning: true },
  network: {
    zones: [`${REGION}a`],
    nat: "none",
    tasks: "public",
    ipv6: true,
    flowLogs: {},
    endpoints: ["s3", "sqs"],
    acls: { deny: ["203.0.113.0/24"], private: [{ direction: "in", ports: "5432", cidr: "192.168.0.0/16" }] },
  },
} satisfies StackConfig;

/** Another value of each setting that can change; without an IPv6 range. */
export const EDITED = {
  ...ON,
  services: optionalServices(600, 20, "cron(0 21 * * ? *)"),
  schedule: { sleep: "cron(0 23 * * ? *)", wake: "cron(0 5 * * ? *)", timezone: "Asia/Tokyo" },
  alarms: { emails: ["oncall@example.com"], cpuPercent: false, latencySeconds: 3 },
  accessLogs: { to: "cloudwatch", cookies: true },
  delivery: { failOn: "HIGH" },
  edge: { firewall: { rateLimit: 500 } },
  network: {
    zones: ON.network.zones,
    nat: "single",
    flowLogs: { traffic: "all" },
    endpoints: ["s3"],
    acls: { deny: ["198.51.100.0/24"] },
  },
} satisfies StackConfig;

/** A stack whose life moto carries. */
export interface LivedStack extends Creatable {
  /** How many it has of what only settings create that are off by default; left out: that is not counted. */
  readonly optional?: Readonly<Record<string, number>>;
  /** A hosted zone that has to be there before it: that of its domain. */
  readonly zone?: string;
}

/** All of `ON`: with the plain stack and the shop every kind that moto carries. */
export const OPTIONAL: LivedStack = {
  title: "a stack with all that is optional",
  name: "fairlead-app-dev",
  resources: 147,
  counts: OPTIONAL_WHOLE,
  optional: STANDING,
  zone: "example.com",
  write: (stage) => stage.edit(ON),
};

/**
 * The stacks that live where every fifth call fails (test/faults). A judge (test/unit/judges/suites.test.ts) demands that each kind which moto
 * carries is in one of them.
 */
export const FAULTED: readonly LivedStack[] = [PLAIN, SHOP, OPTIONAL];
