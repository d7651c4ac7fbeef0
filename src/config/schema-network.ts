import * as z from "zod";

import { defaultSubnets } from "./cidr.ts";
import { field, flag, group, INT32, line, named, oneOf, optional, text, texts, whole } from "./fields.ts";
import { regions } from "./regions.ts";

/* The settings of the network, the load balancer, the CDN and the registry. */

export const region = named("Region", "The commercial AWS regions that Fairlead knows.", oneOf(regions));

const CIDR = "10.0.0.0/16";

/** Where subnets are when nobody says it, in words. */
const pattern = (tier: "public" | "private") =>
  `${
    defaultSubnets(CIDR, 3)
      ?.[tier].map((range) => `\`${range}\``)
      .join(", ") ?? "none"
  }, as many as there are zones, or the same pattern inside your own \`cidr\``;

/** Two or more: a load balancer takes one subnet of each zone, and no region has more than six; a service takes up to sixteen. */
const subnets = () =>
  texts(2, 16, "a list of two or more ranges, one for each zone, or of the ids of subnets of `vpc`");

export const network = group("NetworkConfig", "The VPC, its subnets and its way out: created, or existing ones.", {
  vpc: optional(
    text(/^vpc-[0-9a-f]{8,17}$/, "the id of a VPC, such as vpc-0123456789abcdef0"),
    "the stack creates a VPC of its own",
    "Existing VPC to use. Fairlead checks it and never changes, tags or deletes anything of it; `publicSubnets` and `privateSubnets` then name existing subnets, and `cidr`, `zones` and `nat` do not apply.",
  ),
  cidr: field(
    z.string({ error: "an IPv4 range, such as 10.0.0.0/16" }),
    CIDR,
    "Address range of the VPC, /16 to /28. A change replaces the whole network.",
  ),
  zones: optional(
    texts(2, 3, "a list of two or three zones"),
    "the zones that the network stands in, or else the first two of the account that have Fargate",
    "Availability zones, each with one public and one private subnet.",
  ),
  publicSubnets: optional(
    subnets(),
    pattern("public"),
    "Address ranges of the public subnets, in the order of `zones`, /16 to /27 (a load balancer needs /27). With `vpc`, ids of existing subnets, one in each zone of the load balancer.",
  ),
  privateSubnets: optional(
    subnets(),
    pattern("private"),
    "Address ranges of the private subnets, where the tasks run, in the order of `zones`, /16 to /28. With `vpc`, ids of existing subnets that lead to the internet or to VPC endpoints.",
  ),
  nat: field(
    named("NatMode", "How the private subnets reach the internet.", oneOf(["perZone", "single", "none"])),
    "perZone",
    "How tasks reach the internet. `perZone`: one NAT gateway in each zone, survives the loss of a zone; `single`: one shared NAT gateway, cheaper; `none`: no NAT gateway, VPC endpoints to ECR, S3, CloudWatch Logs and Secrets Manager only.",
  ),
});

export const registry = group("RegistryConfig", "The ECR repository for the application's images.", {
  keepImages: field(
    whole(1, INT32),
    30,
    "How many images to keep: the newest builds, and besides them the newest that were deployed.",
  ),
  untaggedDays: field(whole(1, INT32), 1, "Days after which an untagged image expires."),
  scanOnPush: field(flag(), true, "Scan each image for known vulnerabilities when it is pushed."),
  mutableTags: field(
    flag(),
    true,
    "Whether a tag may be moved to another image; releases need no such tag, since they are deployed by digest.",
  ),
});

export const healthCheck = {
  interval: field(whole(5, 300), 30, "Seconds between two checks of a task."),
  timeout: field(whole(2, 120), 5, "Seconds to wait for an answer, less than `interval`."),
  healthyThreshold: field(whole(2, 10), 2, "Checks in a row that make a task healthy."),
  unhealthyThreshold: field(whole(2, 10), 2, "Checks in a row that make a task unhealthy."),
  matcher: field(
    text(
      /^[234]\d\d(-[234]\d\d)?(,[234]\d\d(-[234]\d\d)?)*$/,
      `HTTP codes from 200 to 499 in quotes, such as "200", "200,204" or "200-299"`,
    ),
    "200",
    "HTTP codes that count as healthy.",
  ),
};

export const deregistrationDelay = field(
  whole(0, 3600),
  30,
  "Seconds that a task may finish its requests in after it was taken out of the load balancer.",
);

export const balancerHealthCheck = group(
  "BalancerHealthCheckConfig",
  "The target group's health check; its path is `container.healthCheckPath`.",
  healthCheck,
);

export const balancer = group("BalancerConfig", "The application load balancer.", {
  deregistrationDelay,
  idleTimeout: field(whole(1, 4000), 60, "Seconds after which an idle connection is closed."),
  healthCheck: balancerHealthCheck,
  deletionProtection: field(
    flag(),
    false,
    "Refuse to delete the load balancer, by hand and by replacement; teardown lifts it first.",
  ),
});

const pathPattern = () =>
  text(
    /^\/[\w\-.*$/~"'@:+?&]{0,254}$/,
    `a path pattern that begins with /, of at most 255 letters, digits and _ - . * $ / ~ " ' @ : + ? &`,
  );

export const edge = group("EdgeConfig", "The CloudFront distribution in front of the load balancer.", {
  priceClass: field(
    named(
      "PriceClass",
      "Which of CloudFront's edge locations serve the application.",
      oneOf(["PriceClass_100", "PriceClass_200", "PriceClass_All"]),
    ),
    "PriceClass_100",
    "Edge locations to serve from; `PriceClass_100` is the cheapest: North America, Europe and Israel.",
  ),
  staticPath: field(pathPattern(), "/static/*", "Path pattern that is cached for a day; `*` and `?` are wildcards."),
  apiPath: field(pathPattern(), "/api/*", "Path pattern that is never cached; `*` and `?` are wildcards."),
  comment: optional(line(128), "the stack's name and its region", "Comment on the distribution."),
  enabled: field(
    flag(),
    true,
    "Whether the distribution answers; a disabled one is kept, and nothing else reaches the application.",
  ),
});
