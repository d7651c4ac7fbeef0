// The ARNs of a stack's resources, by the resource types of AWS's service authorization reference: as narrow as its names make them.

/** Whose resources are meant, as owner tags have it. */
export interface Owner {
  readonly name: string;
  readonly environment: string;
}

/** The names and ids from which the ARNs of a stack's resources follow; `*` in a name stands for what is only known later. */
export interface Places extends Owner {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
  /** `<name>-<environment>`. */
  readonly prefix: string;
  /** The load balancer and the cluster, which may be those of a stack that this one shares. */
  readonly loadBalancer: string;
  readonly cluster: string;
  /** Names whose start AWS's limits may shorten. */
  readonly roles: readonly string[];
  readonly rules: readonly string[];
  readonly targetGroups: readonly string[];
  readonly pipeline: string;
  /** The bucket of the state, if it is in S3, and the start of the keys in it. */
  readonly state: { readonly bucket: string; readonly prefix: string } | undefined;
  /** Secrets that the config names, by name or ARN. */
  readonly secrets: readonly string[];
  /** The domain names of the CDN. */
  readonly domains: readonly string[];
  /** The regions that the stack runs in: one or two. */
  readonly regions: readonly string[];
  /** The network, if it is not the stack's own: a VPC that exists already, or that of a stack that this one shares. */
  readonly network: { readonly vpc: string } | { readonly owner: Owner } | undefined;
  /** Names that no pattern covers, by resource type: those of the user's own resources. */
  readonly further: Readonly<Record<string, readonly string[]>>;
}

/** Where the resources of one type are. */
export interface Place {
  readonly arns: readonly string[];
  /** Their ARNs have an id of AWS's in place of a name: their owner tags say whose they are. */
  readonly byTag?: true;
}

/** CloudFront's certificates, and the topics that its alarms publish to, are there whatever the region of the stack. */
const GLOBAL_REGION = "us-east-1";

/** EC2's types with the stack's tags: those limit them all, so that one pattern does for all of them. */
const EC2 = [
  "egress-only-internet-gateway",
  "elastic-ip",
  "internet-gateway",
  "natgateway",
  "network-acl",
  "route-table",
  "security-group",
  "security-group-rule",
  "subnet",
  "vpc",
  "vpc-endpoint",
  "vpc-flow-log",
];

/** Names of a stack: the prefix itself, and what begins with it and a hyphen. */
const both = (prefix: string, end = ""): string[] => [`${prefix}${end}`, `${prefix}-*${end}`];

/** The place of each resource type that a stack has resources of, or that it acts on. */
export function placesOf(places: Places): Readonly<Record<string, Place>> {
  const { partition, account, region, prefix, cluster, loadBalancer, pipeline } = places;
  const arn = (service: string, resource: string, at = region) =>
    `arn:${partition}:${service}:${at}:${account}:${resource}`;
  const arns = (service: string, resources: readonly string[], at?: string) =>
    resources.map((resource) => arn(service, resource, at));
  const everywhere = (service: string, resources: readonly string[]) =>
    [...new Set([region, GLOBAL_REGION])].flatMap((at) => arns(service, resources, at));
  const ids = (service: string, type: string, at?: string): Place => ({ arns: [arn(service, type, at)], byTag: true });
  const elb = (type: string) => ({ arns: [arn("elasticloadbalancing", `${type}/app/${loadBalancer}/*`)] });
  const buckets = [`${prefix}-*-${account}-${region}`, ...(places.further["s3:bucket"] ?? [])];
  const further = (type: string) => places.further[type] ?? [];
  const groups = ["/ecs", "/aws/codebuild", "/aws/vpc"].flatMap((start) => [
    `${start}/${prefix}`,
    `${start}/${prefix}:*`,
  ]);
  return {
    "acm:certificate": { arns: everywhere("acm", ["certificate/*"]), byTag: true },
    "application-autoscaling:ScalableTarget": ids("application-autoscaling", "scalable-target/*"),
    "budgets:budget": { arns: arns("budgets", [`budget/${prefix}-*`], "") },
    "cloudfront:distribution": ids("cloudfront", "distribution/*", ""),
    "cloudfront:response-headers-policy": { arns: [arn("cloudfront", "response-headers-policy/*", "")] },
    "cloudfront:vpcorigin": ids("cloudfront", "vpcorigin/*", ""),
    "cloudwatch:alarm": {
      arns: everywhere("cloudwatch", [
        `alarm:${prefix}-*`,
        ...further("cloudwatch:alarm").map((one) => `alarm:${one}`),
      ]),
    },
    "cloudwatch:dashboard": { arns: arns("cloudwatch", [`dashboard/${prefix}-*`], "") },
    "codebuild:project": {
      arns: arns("codebuild", [`project/${prefix}-*`, ...further("codebuild:project").map((one) => `project/${one}`)]),
    },
    "codepipeline:action": { arns: arns("codepipeline", [`${pipeline}/*`]) },
    "codepipeline:pipeline": { arns: arns("codepipeline", [pipeline, ...further("codepipeline:pipeline")]) },
    "codepipeline:stage": { arns: arns("codepipeline", [`${pipeline}/*`]) },
    // Interfaces of load balancers, tasks and mount targets have none of the stack's tags.
    "ec2:network-interface": { arns: [arn("ec2", "network-interface/*")] },
    ...Object.fromEntries(EC2.map((type) => [`ec2:${type}`, ids("ec2", "*/*")])),
    "ecr:repository": {
      arns: arns(
        "ecr",
        [...both(prefix), ...further("ecr:repository")].map((one) => `repository/${one}`),
      ),
    },
    "ecs:cluster": {
      arns: arns(
        "ecs",
        [cluster, ...further("ecs:cluster")].map((one) => `cluster/${one}`),
      ),
    },
    "ecs:container-instance": { arns: [arn("ecs", `container-instance/${cluster}/*`)] },
    "ecs:service": { arns: [arn("ecs", `service/${cluster}/${prefix}-*`)] },
    "ecs:service-deployment": { arns: [arn("ecs", `service-deployment/${cluster}/${prefix}-*`)] },
    "ecs:service-revision": { arns: [arn("ecs", `service-revision/${cluster}/${prefix}-*`)] },
    "ecs:task": { arns: [arn("ecs", `task/${cluster}/*`)] },
    "ecs:task-definition": {
      arns: arns(
        "ecs",
        [...both(prefix), ...further("ecs:task-definition")].map((one) => `task-definition/${one}:*`),
      ),
    },
    "elasticfilesystem:access-point": ids("elasticfilesystem", "access-point/*"),
    "elasticfilesystem:file-system": ids("elasticfilesystem", "file-system/*"),
    "elasticloadbalancing:listener-rule/app": elb("listener-rule"),
    "elasticloadbalancing:listener/app": elb("listener"),
    "elasticloadbalancing:loadbalancer": elb("loadbalancer"),
    "elasticloadbalancing:loadbalancer/app/": elb("loadbalancer"),
    "elasticloadbalancing:targetgroup": {
      arns: arns(
        "elasticloadbalancing",
        places.targetGroups.map((one) => `targetgroup/${one}/*`),
      ),
    },
    "events:rule-on-default-event-bus": {
      arns: arns(
        "events",
        [...places.rules, ...further("events:rule")].map((one) => `rule/${one}`),
      ),
    },
    "iam:role": {
      arns: arns(
        "iam",
        places.roles.map((one) => `role/${one}`),
        "",
      ),
    },
    "logs:delivery": { arns: everywhere("logs", ["delivery:*"]) },
    "logs:delivery-destination": { arns: everywhere("logs", [`delivery-destination:${prefix}-*`]) },
    "logs:delivery-source": { arns: everywhere("logs", [`delivery-source:${prefix}-*`]) },
    "logs:log-group": {
      arns: arns(
        "logs",
        [
          ...groups,
          `/ecs/${prefix}-*`,
          `/aws/codebuild/${prefix}/*`,
          `/aws/ecs/containerinsights/${cluster}/*`,
          ...further("logs:log-group").flatMap((one) => [one, `${one}:*`]),
        ].map((one) => `log-group:${one}`),
      ).concat(arns("logs", [`log-group:aws-waf-logs-${prefix}-*`, `log-group:${prefix}-*`], GLOBAL_REGION)),
    },
    // Zones belong to no stack; records are limited by their names.
    "route53:hostedzone": { arns: [`arn:${partition}:route53:::hostedzone/*`] },
    "s3:bucket": { arns: buckets.map((one) => `arn:${partition}:s3:::${one}`) },
    "s3:object": { arns: buckets.map((one) => `arn:${partition}:s3:::${one}/*`) },
    "scheduler:schedule": { arns: arns("scheduler", both(`schedule/default/${prefix}`)) },
    // Replication is asked for where the primary is.
    "secretsmanager:Secret": {
      arns: places.regions.flatMap((at) => arns("secretsmanager", [`secret:${prefix}/*`], at)),
    },
    "servicediscovery:namespace": ids("servicediscovery", "namespace/*"),
    "servicediscovery:service": ids("servicediscovery", "service/*"),
    "sns:topic": { arns: everywhere("sns", [`${prefix}-*`, ...further("sns:topic")]) },
    // The account's own, which stay: no stack deletes them.
    "guardduty:detector": { arns: [arn("guardduty", "detector/*")] },
    "securityhub:hub": { arns: [arn("securityhub", "hub/default")] },
    // AWS's groups of rules, and the stack's web ACL.
    "wafv2:managedruleset": { arns: [arn("wafv2", "global/managedruleset/*", GLOBAL_REGION)] },
    "wafv2:webacl": { arns: [arn("wafv2", `global/webacl/${prefix}-*`, GLOBAL_REGION)] },
    "sqs:queue": { arns: arns("sqs", [`${prefix}-*`, ...further("sqs:queue")]) },
  };
}
