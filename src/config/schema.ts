import * as z from "zod";

import { closed, field, flag, named, oneOf, optional, record, text } from "./fields.ts";
import { accessLogs } from "./schema-access-logs.ts";
import { budget } from "./schema-budget.ts";
import { alarms } from "./schema-alarms.ts";
import { cluster, container, service } from "./schema-container.ts";
import { dns, domain } from "./schema-domain.ts";
import { scaling } from "./schema-scaling.ts";
import { schedule } from "./schema-schedule.ts";
import { delivery, logs, state, storage } from "./schema-delivery.ts";
import { replicate } from "./schema-secrets.ts";
import { security } from "./schema-security.ts";
import { services } from "./schema-services.ts";
import { balancer, edge, network, region, registry, twoRegions } from "./schema-network.ts";

/*
 * The single source of settings: type, default, rule and sentence. src/config/types.ts, docs/settings.md and docs/stack.schema.json are
 * generated from it (`npm run generate`). Rules between two settings are in the check-*.ts files.
 */

const NAME = "[a-z][a-z0-9]*(-[a-z0-9]+)*";

const name = () =>
  text(new RegExp(`^${NAME}$`), "lower-case letters, digits and single hyphens, starting with a letter");

/**
 * The strictest of the services that a tag goes to: CodeBuild (API Reference, Tag) and Elastic Load Balancing ("Tag an Application Load
 * Balancer", restrictions) take 127 and 255 characters, and the latter no `aws:` in values and no spaces at the ends.
 */
const TAG = "letters, digits, spaces and _ . : / = + - @";

const tags = record(
  text(
    // AWS reserves "aws:" in any case; "fairlead:" holds the owner tags.
    /^(?!aws:|fairlead:| )[\p{L}\p{N} _.:/=+\-@]{1,127}(?<! )$/iu,
    `1 to 127 ${TAG}, not starting with aws: or fairlead:, no space at either end`,
  ),
  text(
    /^(?!aws:| )[\p{L}\p{N} _.:/=+\-@]{0,255}(?<! )$/iu,
    `up to 255 ${TAG}, not starting with aws:, no space at either end`,
  ),
  "an object of tags",
);

/** What an environment may override: all except `name` and `environment`. */
const environmentShape = {
  region: field(
    region,
    "ap-northeast-1",
    "AWS region of the stack. When omitted, the target `aws` uses the SDK's region (`AWS_REGION`, or the profile's) if there is one. Changing it means another stack: the state of one region is rejected in another.",
  ),
  regions: optional(
    twoRegions,
    "one region, that of `region`",
    'Run the stack in two regions behind one distribution: `["ap-northeast-1", "us-west-2"]`. The first one, which replaces `region`, has the distribution and the DNS records; each has its own network, load balancer, cluster, services, pipeline and state. See docs/regions.md for what fails over by itself.',
  ),
  replicate,
  tags: field(tags, {}, "Tags on every resource that supports tags, in addition to the owner tags. At most 40."),
  network,
  registry,
  container,
  cluster,
  service,
  scaling,
  schedule,
  balancer,
  services,
  domain,
  dns,
  edge,
  delivery,
  logs,
  accessLogs,
  alarms,
  budget,
  security,
  storage,
  state,
  shareable: field(
    flag(),
    false,
    "Let other stacks in the same account and region run on this stack's VPC, load balancer, CDN and cluster, with `shared`. The stack may then have no services of its own (`services: {}`).",
  ),
  shared: optional(
    text(
      new RegExp(`^${NAME}(/${NAME})?$`),
      "the name of a stack with shareable: true, such as platform, or with its environment: platform/prod",
    ),
    "none: the stack creates its own",
    "Run on the VPC, load balancer, CDN and cluster of another stack instead of creating them: its name, or `name/environment`; without an environment, that of this stack. Public services need a `path` or `host` of their own.",
  ),
  patch: field(
    record(
      text(/^[a-z][a-z0-9/-]*$/, "resource ids as shown in a plan, such as balancer/load-balancer"),
      z.record(z.string(), z.unknown(), { error: "an object of resource fields" }),
      `an object such as { "balancer/load-balancer": { attributes: { "routing.http2.enabled": "false" } } }`,
    ),
    {},
    "Overrides for fields of single resources that no other setting exposes, with AWS's field names, by the id shown in a plan. Objects are merged key by key, all other values are replaced. Owner tags are always kept.",
  ),
  confirm: field(
    oneOf(["yes", "name"]),
    "yes",
    "What a person at a terminal answers before `reconcile` deletes or replaces resources on AWS: yes, or the name of the stack and its environment, as a teardown always asks for. `--yes` answers both.",
  ),
  protect: field(
    flag(),
    false,
    "Refuse a teardown, and every plan that deletes or replaces a resource that holds data: buckets, image repositories, the EFS file system, log groups.",
  ),
};

const ownShape = {
  name: field(
    name(),
    "fairlead-app",
    "Name of the application; resource names consist of it and the environment. AWS limits their length: name and environment together can have about 24 characters (a load balancer name can have 32, a bucket name 63).",
  ),
  environment: field(name(), "dev", "Name of the environment when `--env` is not given."),
};

/** The settings of one environment, after its overrides are merged: the input of `fill.ts`. */
export const settingsSchema = z.object({ ...ownShape, ...environmentShape }).omit({ services: true });

/** The schema of `stack.config.ts` as a whole. */
export const stackSchema = named(
  "StackConfig",
  "The desired state of one stack, as `stack.config.ts` exports it. Every field is optional.",
  closed({
    ...ownShape,
    ...environmentShape,
    environments: optional(
      record(
        name(),
        named(
          "EnvironmentConfig",
          "The settings that an environment may override: all except `name` and `environment`.",
          closed(environmentShape),
        ),
        "an object of environments, such as { prod: { ... } }",
      ),
      "none",
      "Overrides by environment name: `{ prod: { container: { memory: 1024 } } }`. The overrides of the selected environment are merged into the other settings: objects field by field; lists and single values are replaced.",
    ),
  }),
);
