import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SHOP_WHOLE, WHOLE } from "../acceptance/whole.ts";
import type { StackConfig } from "../../src/index.ts";
import { copyExample } from "./example.ts";
import { writeService } from "./service.ts";
import type { Stage } from "./stage.ts";

/** Where a stack is written: what a stage has of it. */
type Folder = Pick<Stage, "directory" | "edit">;

/** A stack that a suite creates and tears down. */
export interface Creatable {
  readonly title: string;
  /** Its name and environment, as AWS resources and its state file are named. */
  readonly name: string;
  /** The names of its state files without `.json` by region, if it has others than the one of its name. */
  readonly states?: Readonly<Record<string, string>>;
  /** Writes its config, and the sources of its services. */
  readonly write: (stage: Folder) => void;
  /** What `deploy` is told to release; left out: everything that the config builds. */
  readonly source?: string;
  /** How many resources it has, and of each sort as boto3 counts them; left out where it never stands on moto. */
  readonly resources?: number;
  readonly counts?: Readonly<Record<string, number>>;
}

/** A stack that a suite releases and edits too. */
export interface StackUnderTest extends Creatable {
  /** Edits the source of one service. */
  readonly change: (stage: Folder) => void;
  /** Edits the config: a target group is replaced and a NAT gateway deleted; of several services, one is removed. */
  readonly edit: (stage: Folder) => void;
  /** Edits the config so that the VPC is replaced. */
  readonly move: (stage: Folder) => void;
}

/** One web service, with the default of every setting. */
export const PLAIN: StackUnderTest = {
  title: "a plain stack",
  name: "fairlead-app-dev",
  resources: 42,
  counts: WHOLE,
  source: "service",
  write(stage) {
    stage.edit({});
    writeService(stage);
  },
  change: (stage) => writeService(stage, "", { "version.txt": "2" }),
  edit: (stage) => stage.edit({ container: { port: 8080 }, network: { nat: "single" } }),
  move: (stage) => stage.edit({ network: { cidr: "10.1.0.0/16" } }),
};

const IN_BOTH: StackConfig = {
  regions: ["ap-northeast-1", "us-west-2"],
  replicate: { secrets: true },
  container: { secrets: { SESSION_KEY: { generate: { length: 40 } } } },
  edge: { methods: "read" },
};

export const ALL_SETTINGS: StackConfig = {
  container: { secrets: { SESSION_KEY: { generate: { length: 40, rotateDays: 30 } } } },
  scaling: { releaseMin: 3, schedule: { nights: { from: "cron(0 20 * * ? *)", until: "cron(0 6 * * ? *)", min: 1 } } },
  schedule: { sleep: "cron(0 22 * * ? *)", wake: "cron(0 5 * * ? *)" },
  alarms: { emails: ["ops@example.com"], urls: ["https://example.com/hook"], dashboard: true },
  service: { deploymentAlarms: true },
  accessLogs: { balancer: true },
  budget: { monthly: 200, emails: ["ops@example.com"] },
  delivery: { failOn: "CRITICAL", keepRevisions: 40 },
  edge: { firewall: {} },
  security: { guardDuty: true, securityHub: true, enhancedScanning: true },
  domain: "shop.example.com",
  network: {
    nat: "none",
    tasks: "public",
    ipv6: true,
    flowLogs: {},
    endpoints: ["s3", "sqs"],
    acls: { deny: ["203.0.113.0/24"], private: [{ direction: "in", cidr: "192.0.2.0/24", protocol: "all" }] },
  },
};

/** One web service, with every setting that is off unless it is set. */
export const ALL_ON: StackUnderTest = {
  title: "a stack with everything on",
  name: "fairlead-app-dev",
  source: "service",
  write(stage) {
    stage.edit(ALL_SETTINGS);
    writeService(stage);
  },
  change: (stage) => writeService(stage, "", { "version.txt": "2" }),
  edit: (stage) =>
    stage.edit({
      ...ALL_SETTINGS,
      container: { ...ALL_SETTINGS.container, port: 8080 },
      alarms: { emails: ["oncall@example.com"], cpuPercent: false, latencySeconds: 3 },
      accessLogs: { to: "cloudwatch", cookies: true },
      network: { nat: "single", ipv6: true, flowLogs: { traffic: "all" }, acls: { deny: ["198.51.100.0/24"] } },
    }),
  move: (stage) => stage.edit({ ...ALL_SETTINGS, network: { ...ALL_SETTINGS.network, cidr: "10.1.0.0/16" } }),
};

/** The plain stack in two regions, with a secret that both read. */
export const BOTH_REGIONS: StackUnderTest = {
  title: "a stack in two regions",
  name: "fairlead-app-dev",
  states: { "ap-northeast-1": "fairlead-app-dev", "us-west-2": "fairlead-app-dev.local.us-west-2" },
  source: "service",
  write(stage) {
    stage.edit(IN_BOTH);
    writeService(stage);
  },
  change: PLAIN.change,
  edit: (stage) =>
    stage.edit({ ...IN_BOTH, container: { ...IN_BOTH.container, port: 8080 }, network: { nat: "single" } }),
  move: (stage) => stage.edit({ ...IN_BOTH, network: { cidr: "10.1.0.0/16" } }),
};

/** What a CDN reaches by a VPC origin: a service that calls one of the same network, beside a worker that costs nothing while it has no work. */
export const INSIDE: Creatable = {
  title: "a stack behind a VPC origin, with an internal service and a worker that scales to zero",
  name: "fairlead-app-dev",
  write: (stage) =>
    stage.edit({
      domain: "shop.example.com",
      edge: { origin: "vpc" },
      network: { nat: "single" },
      services: {
        web: { image: "nginx" },
        search: { internal: true, image: "nginx" },
        mail: { type: "worker", image: "nginx", queue: true, scaling: { min: 0, backlogPerTask: 10 } },
      },
    }),
};

/** Two web services, a worker with a queue, a job, a migration before traffic, a resource kind of its own and a patch. */
export const SHOP: StackUnderTest = {
  title: "the example of a shop",
  name: "shop-dev",
  resources: 90,
  counts: SHOP_WHOLE,
  write: (stage) => copyExample("shop", stage.directory),
  change: ({ directory }) => appendFileSync(join(directory, "service/web/server.js"), "\n// A second version.\n"),
  edit(stage) {
    editConfig(stage, [
      ['name: "shop",', 'name: "shop",\n  network: { nat: "single" },'],
      ["api: {\n", "api: {\n      container: { port: 8080 },\n"],
      [/^ {4}report: \{\n[^]*?^ {4}\},\n/m, ""],
    ]);
    writeFileSync(join(stage.directory, "catalog.json"), "[]\n");
  },
  move: (stage) => editConfig(stage, [['name: "shop",', 'name: "shop",\n  network: { cidr: "10.1.0.0/16" },']]),
};

/**
 * The stacks that the crash suite creates and tears down, dead at any moment. A judge (test/unit/judges/suites.test.ts) demands that each kind
 * is in one of them.
 */
export const CRASHED: readonly Creatable[] = [PLAIN, ALL_ON, SHOP, INSIDE, BOTH_REGIONS];

/** Replaces parts of the config; throws if one of them is not there. */
function editConfig({ directory }: Folder, edits: readonly (readonly [string | RegExp, string])[]): void {
  const path = join(directory, "stack.config.ts");
  let text = readFileSync(path, "utf8");
  for (const [from, to] of edits) {
    const edited = text.replace(from, to);
    if (edited === text) throw new Error(`${from} is not in ${path}`);
    text = edited;
  }
  writeFileSync(path, text);
}
