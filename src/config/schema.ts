import * as z from "zod";

import { closed, field, flag, named, optional, record, text } from "./fields.ts";
import { cluster, container, scaling, service } from "./schema-container.ts";
import { delivery, logs, state } from "./schema-delivery.ts";
import { services } from "./schema-services.ts";
import { balancer, edge, network, region, registry } from "./schema-network.ts";

/*
 * The one source of a setting: its type, default, rule and sentence. src/config/types.ts, docs/settings.md and docs/stack.schema.json are
 * generated from it (`npm run generate`). Rules that tie two settings together are in the check-*.ts files.
 */

const name = () =>
  text(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "lower-case letters, digits and single hyphens, beginning with a letter");

/**
 * The strictest of the services that a tag goes to: CodeBuild (API Reference, Tag) and Elastic Load Balancing ("Tag an Application Load
 * Balancer", restrictions) take 127 and 255 characters, and the latter no `aws:` in values and no spaces at the ends.
 */
const TAG = "letters, digits, spaces and _ . : / = + - @";

const tags = record(
  text(
    // AWS keeps "aws:" for itself in every spelling; "fairlead:" is where the owner is written.
    /^(?!aws:|fairlead:| )[\p{L}\p{N} _.:/=+\-@]{1,127}(?<! )$/iu,
    `1 to 127 ${TAG}, not beginning with aws: or fairlead:, no space at either end`,
  ),
  text(
    /^(?!aws:| )[\p{L}\p{N} _.:/=+\-@]{0,255}(?<! )$/iu,
    `up to 255 ${TAG}, not beginning with aws:, no space at either end`,
  ),
  "an object of tags",
);

/** What an environment may override: all but the name and the choice of environment. */
const environmentShape = {
  region: field(
    region,
    "ap-northeast-1",
    "AWS region that the stack lives in. When it is left out, the target `aws` uses the SDK's (`AWS_REGION`, or the profile's) where there is one. A change means another stack: the state of one region is refused in another.",
  ),
  tags: field(tags, {}, "Tags on every resource that takes tags, beside the owner tags. At most 40."),
  network,
  registry,
  container,
  cluster,
  service,
  scaling,
  balancer,
  services,
  edge,
  delivery,
  logs,
  state,
  patch: field(
    record(
      text(/^[a-z][a-z0-9/-]*$/, "ids of resources as a plan shows them, such as balancer/load-balancer"),
      z.record(z.string(), z.unknown(), { error: "an object of fields of the resource" }),
      `an object such as { "balancer/load-balancer": { attributes: { "routing.http2.enabled": "false" } } }`,
    ),
    {},
    "Fields of single resources that no other setting exposes, in AWS's own spelling, by the id that a plan shows. Records are merged key by key, everything else is replaced. Owner tags stay.",
  ),
  protect: field(
    flag(),
    false,
    "Refuse a teardown, and every plan that deletes or replaces what holds data: buckets, the repository of the images, log groups.",
  ),
};

const ownShape = {
  name: field(
    name(),
    "fairlead-app",
    "Name of the application; with the environment it names every resource. AWS limits the names made of it: name and environment together may have about 24 characters (a load balancer's name has 32, a bucket's 63).",
  ),
  environment: field(name(), "dev", "Name of the environment when `--env` does not pick one."),
};

/** The settings of one environment, once its overrides are merged in: what `fill.ts` makes a stack of. */
export const settingsSchema = z.object({ ...ownShape, ...environmentShape }).omit({ services: true });

/** The whole of `stack.config.ts`. */
export const stackSchema = named(
  "StackConfig",
  "The desired state of one stack, as `stack.config.ts` exports it. Every field can be left out.",
  closed({
    ...ownShape,
    ...environmentShape,
    environments: optional(
      record(
        name(),
        named(
          "EnvironmentConfig",
          "The settings that an environment may override: all but the name and the choice of environment.",
          closed(environmentShape),
        ),
        "an object of environments, such as { prod: { ... } }",
      ),
      "none",
      "What differs in an environment, by its name: `{ prod: { container: { memory: 1024 } } }`. The overrides of the picked environment are merged into the rest: groups and records field by field, lists and single values as a whole.",
    ),
  }),
);
