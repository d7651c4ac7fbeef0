import * as z from "zod";

import { defaultSubnets } from "./cidr.ts";
import {
  closed,
  field,
  flag,
  group,
  INT32,
  line,
  named,
  oneOf,
  optional,
  switchable,
  text,
  texts,
  whole,
} from "./fields.ts";
import { acls } from "./schema-network-acls.ts";
import { regions } from "./regions.ts";
import { firewall } from "./schema-firewall.ts";
import { retentionDays } from "./schema-delivery.ts";

/* The settings of the network, the load balancer, the CDN and the registry. */

export const region = named("Region", "The commercial AWS regions that Fairlead supports.", oneOf(regions));

const TWO_REGIONS = "a list of two different regions, the first one primary";

/** Two of them. */
export const twoRegions = z.array(region, { error: TWO_REGIONS }).length(2, { error: TWO_REGIONS });

const CIDR = "10.0.0.0/16";

/** The default subnets, in words. */
const pattern = (tier: "public" | "private") =>
  `${
    defaultSubnets(CIDR, 3)
      ?.[tier].map((range) => `\`${range}\``)
      .join(", ") ?? "none"
  }, one per zone, or the same pattern inside your own \`cidr\``;

/** A load balancer accepts one subnet per zone, and no region has more than six zones; a service accepts up to sixteen subnets. */
const subnets = () => texts(1, 16, "a list of CIDR ranges, one per zone, or of subnet ids of `vpc`");

/** The part of a service's name after `com.amazonaws.<region>.` (AWS PrivateLink Guide, "AWS services that integrate with AWS PrivateLink"). */
const ENDPOINT =
  "the name of an AWS service without com.amazonaws and the region, such as s3, ecr.api or secretsmanager";
const endpoint = text(/^[a-z0-9][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)*$/, ENDPOINT);

export const network = group(
  "NetworkConfig",
  "The VPC, its subnets and its internet access: created by the stack, or existing.",
  {
    vpc: optional(
      text(/^vpc-[0-9a-f]{8,17}$/, "a VPC id, such as vpc-0123456789abcdef0"),
      "the stack creates its own VPC",
      "Existing VPC to use. Fairlead checks it and never changes, tags or deletes any part of it; `publicSubnets` and `privateSubnets` then name existing subnets, and `cidr`, `zones`, `nat` and `tasks` do not apply.",
    ),
    cidr: field(
      z.string({ error: "an IPv4 range, such as 10.0.0.0/16" }),
      CIDR,
      "Address range of the VPC, /16 to /28. A change replaces the whole network.",
    ),
    zones: optional(
      texts(1, 3, "a list of one to three zones"),
      "the zones of the deployed network, or else the first two zones of the account that support Fargate",
      "Availability zones, each with one public and one private subnet. With a single one, tasks, NAT gateway and endpoints are in that zone, which is cheaper and stops with it; a load balancer needs two zones, so a second public subnet for it is created in another one.",
    ),
    publicSubnets: optional(
      subnets(),
      pattern("public"),
      "Address ranges of the public subnets, in the order of `zones`, /16 to /27 (a load balancer requires /27 or larger); two with a single zone and a load balancer. With `vpc`, ids of existing subnets, one in each zone of the load balancer.",
    ),
    privateSubnets: optional(
      subnets(),
      pattern("private"),
      "Address ranges of the private subnets, where the tasks run, in the order of `zones`, /16 to /28. With `vpc`, ids of existing subnets with a route to the internet or to VPC endpoints.",
    ),
    nat: field(
      named("NatMode", "How the private subnets reach the internet.", oneOf(["perZone", "single", "none"])),
      "perZone",
      "How tasks reach the internet. `perZone`: one NAT gateway per zone, which survives the loss of a zone; `single`: one shared NAT gateway, which is cheaper; `none`: no NAT gateway, only VPC endpoints for ECR, S3, CloudWatch Logs and Secrets Manager.",
    ),
    endpoints: field(
      z.array(endpoint, { error: `a list of AWS services, such as ["s3", "sqs"]` }),
      [],
      'AWS services that get a VPC endpoint, so that tasks reach them inside the VPC, in addition to those that `nat: "none"` needs. Those of `s3` and `dynamodb` are free; each other one is charged by the hour in each zone.',
    ),
    acls,
    ipv6: field(
      flag(),
      false,
      "Give the VPC an IPv6 range of Amazon's beside its IPv4 range (dual stack): tasks get an IPv6 address too and reach the internet with it, through an egress-only internet gateway where they are private. Without a CDN, users reach the load balancer by IPv6 as well. No charge.",
    ),
    tasks: field(
      named("TaskSubnets", "Which subnets the tasks run in.", oneOf(["private", "public"])),
      "private",
      "Where tasks run. `private`: in the private subnets; `public`: in the public subnets, each with a public IP address and a security group that lets nobody in but the load balancer, which is the cheapest and needs `nat` to be `none`.",
    ),
    flowLogs: optional(
      named(
        "FlowLogsConfig",
        "Flow logs of the VPC: who sent packets to whom, and whether they were let through.",
        closed({
          traffic: field(
            named("FlowLogTraffic", "Which packets flow logs record.", oneOf(["rejected", "all"])),
            "rejected",
            "Packets to record: those that a security group or network ACL rejected, or all, which costs many times as much.",
          ),
          retentionDays: field(retentionDays, 30, "Days to keep the flow logs."),
        }),
      ),
      "no flow logs",
      "Record the packets of the VPC in CloudWatch Logs: `{}` records those that are rejected. Not with `vpc`, whose flow logs are its owner's.",
    ),
  },
);

export const registry = group("RegistryConfig", "The ECR repository for the application's images.", {
  keepImages: field(
    whole(1, INT32),
    30,
    "Number of images to keep: this many of the latest builds, and this many of the latest deployed images.",
  ),
  untaggedDays: field(whole(1, INT32), 1, "Days after which an untagged image expires."),
  scanOnPush: field(flag(), true, "Scan each image for known vulnerabilities on push."),
  mutableTags: field(
    flag(),
    true,
    "Whether a tag can be moved to another image. Releases do not need it, since they are deployed by digest.",
  ),
});

export const healthCheck = {
  interval: field(whole(5, 300), 30, "Seconds between checks of a task."),
  timeout: field(whole(2, 120), 5, "Seconds to wait for a response; must be less than `interval`."),
  healthyThreshold: field(whole(2, 10), 2, "Consecutive successful checks after which a task is healthy."),
  unhealthyThreshold: field(whole(2, 10), 2, "Consecutive failed checks after which a task is unhealthy."),
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
  "Seconds that a deregistered task has to finish its requests.",
);

export const balancerHealthCheck = group(
  "BalancerHealthCheckConfig",
  "The target group's health check; its path is `container.healthCheckPath`.",
  healthCheck,
);

/** Amazon VPC User Guide, "Amazon VPC quotas": 60 inbound rules per security group, where a prefix list counts as its maximum number of entries. */
const MOST_SOURCES = 60;

const sources = () =>
  texts(
    1,
    MOST_SOURCES,
    `a list of 1 to ${MOST_SOURCES} ranges, such as 203.0.113.0/24, or ids of prefix lists, such as pl-0123456789abcdef0`,
  );

export const balancer = group("BalancerConfig", "The application load balancer.", {
  deregistrationDelay,
  idleTimeout: field(whole(1, 4000), 60, "Seconds after which an idle connection is closed."),
  healthCheck: balancerHealthCheck,
  deletionProtection: field(
    flag(),
    false,
    "Protect the load balancer from deletion, by hand or by replacement; teardown turns it off first.",
  ),
  allowFrom: field(
    sources(),
    ["0.0.0.0/0"],
    "Who may reach the load balancer of a stack without CDN (`edge: false`): IPv4 ranges, such as those of your own CDN, and ids of managed prefix lists. With `network.ipv6` IPv6 ranges too; if omitted, everyone is let in by IPv6 as well.",
  ),
});

const pathPattern = () =>
  text(
    /^\/[\w\-.*$/~"'@:+?&]{0,254}$/,
    `a path pattern that starts with /, of at most 255 letters, digits and _ - . * $ / ~ " ' @ : + ? &`,
  );

/* The members of the CDN, which a stack may do without. */
const edgeShape = {
  origin: field(
    named("EdgeOrigin", "How CloudFront reaches the load balancer.", oneOf(["public", "vpc"])),
    "public",
    "How CloudFront reaches the load balancer. `public`: over the internet; `vpc`: inside AWS, through a VPC origin, so that the load balancer is internal, in the private subnets, and has no public address.",
  ),
  priceClass: field(
    named(
      "PriceClass",
      "CloudFront price class: which edge locations serve the application.",
      oneOf(["PriceClass_100", "PriceClass_200", "PriceClass_All"]),
    ),
    "PriceClass_100",
    "Edge locations to serve from; `PriceClass_100` is the cheapest: North America, Europe and Israel.",
  ),
  methods: field(
    named("EdgeMethods", "Which requests the default behavior takes.", oneOf(["all", "read"])),
    "all",
    "HTTP methods of requests that match neither `staticPath` nor `apiPath`. `read`: only GET and HEAD; with `regions`, CloudFront then sends such requests to the second region by itself when the first one fails.",
  ),
  staticPath: field(pathPattern(), "/static/*", "Path pattern cached for a day; `*` and `?` are wildcards."),
  apiPath: field(pathPattern(), "/api/*", "Path pattern never cached; `*` and `?` are wildcards."),
  comment: optional(line(128), "the stack's name and its region", "Comment on the distribution."),
  firewall,
  enabled: field(
    flag(),
    true,
    "Whether the distribution serves requests. A disabled distribution is kept, and the application cannot be reached in any other way.",
  ),
};

export const edge = switchable(
  "EdgeConfig",
  "The CloudFront distribution in front of the load balancer, or `false` for none: users then reach the load balancer directly, by HTTPS if there is a `domain`.",
  "The CloudFront distribution.",
  edgeShape,
);
