import type { Sim } from "../sim.ts";
import type { Resources } from "./by-name.ts";
import { fieldsOf, textsIn, textsWithin } from "./inputs.ts";

/** The types of EC2's resources by the start of their ids. */
const EC2_TYPES: Readonly<Record<string, string>> = {
  acl: "network-acl",
  eigw: "egress-only-internet-gateway",
  eipalloc: "elastic-ip",
  eni: "network-interface",
  fl: "vpc-flow-log",
  i: "instance",
  igw: "internet-gateway",
  nat: "natgateway",
  pcx: "vpc-peering-connection",
  rtb: "route-table",
  sg: "security-group",
  sgr: "security-group-rule",
  subnet: "subnet",
  vgw: "vpn-gateway",
  vpc: "vpc",
  vpce: "vpc-endpoint",
};

const ec2Arn = (sim: Sim, id: string): string[] => {
  const [, start = ""] = /^([a-z]+)-[0-9a-f]+$/.exec(id) ?? [];
  const type = EC2_TYPES[start];
  return type === undefined ? [] : [sim.arn("ec2", `${type}/${id}`)];
};

/** Where a rule names another security group, the call is not about that one. */
const RULES = /^(IpPermissions|SecurityGroupRuleDescriptions)$/;

const ec2: Resources = (input, sim) => {
  const asked = Object.fromEntries(Object.entries(input).filter(([field]) => !RULES.test(field)));
  const ids = [...textsWithin(asked)].map(({ text }) => text);
  const tables = sim.table<{ associations: Record<string, string> }>("ec2.routeTables");
  // An association is of a table and a subnet.
  const associated = textsIn(input["AssociationId"]).flatMap((id) =>
    Object.entries(tables).flatMap(([table, { associations }]) => {
      const subnet = associations[id];
      return subnet === undefined ? [] : [table, subnet];
    }),
  );
  // That of a range is of the VPC or the subnet that has it.
  const ranged = textsIn(input["AssociationId"]).flatMap((id) =>
    ["ec2.vpcs", "ec2.subnets"].flatMap((name) =>
      Object.entries(sim.table<{ ipv6?: { id: string } }>(name)).flatMap(([of, { ipv6 }]) =>
        ipv6?.id === id ? [of] : [],
      ),
    ),
  );
  return [...ids, ...associated, ...ranged].flatMap((id) => ec2Arn(sim, id));
};

/** Some calls say a load balancer by its ARN only, others one of its parts. */
const ELB_FIELDS = ["LoadBalancerArn", "ListenerArn", "RuleArn", "TargetGroupArn", "ResourceArns"];

const elb: Resources = (input) => [
  ...ELB_FIELDS.flatMap((name) => textsIn(input[name])),
  ...[input["RulePriorities"] ?? []].flat().flatMap((one) => textsIn(fieldsOf(one)["RuleArn"])),
];

const last = (value: string) => value.split("/").at(-1) ?? "";

const ecs: Resources = (input, sim, operation) => {
  const [cluster = "default"] = ["cluster", "clusters", "clusterName"]
    .flatMap((name) => textsIn(input[name]))
    .map(last);
  const of = (type: string, ids: readonly string[]) =>
    ids.map((id) => (id.startsWith("arn:") ? id : sim.arn("ecs", `${type}/${cluster}/${id}`)));
  const clusters = ["cluster", "clusters", "clusterName"].flatMap((name) => textsIn(input[name])).map(last);
  // `service` of ListTasks filters, and `serviceName` of UpdateService does not exist.
  const services = ["service", "services", ...(operation === "CreateService" ? ["serviceName"] : [])];
  const definitions = ["taskDefinition", "taskDefinitions"].flatMap((name) => textsIn(input[name]));
  const deployed = ["serviceDeploymentArn", "serviceDeploymentArns", "serviceRevisionArns"].flatMap((name) =>
    textsIn(input[name]),
  );
  return [
    ...clusters.map((name) => sim.arn("ecs", `cluster/${name}`)),
    ...of(
      "service",
      services.flatMap((name) => textsIn(input[name])),
    ),
    ...of(
      "task",
      ["task", "tasks"].flatMap((name) => textsIn(input[name])),
    ),
    ...definitions.map((id) => definitionArn(sim, id)),
    ...textsIn(input["family"]).map((family) => sim.arn("ecs", `task-definition/${family}:*`)),
    ...deployed,
    // The service of a deployment or a revision is in its ARN.
    ...deployed.map((arn) => arn.replace(/:service-(deployment|revision)\//, ":service/").replace(/\/[^/]+$/, "")),
    ...(operation === "ListTasks" ? [sim.arn("ecs", `container-instance/${cluster}/*`)] : []),
    ...textsIn(input["resourceArn"]),
  ];
};

/** A family alone stands for its newest revision. */
function definitionArn(sim: Sim, id: string): string {
  if (id.startsWith("arn:")) return id;
  return sim.arn("ecs", `task-definition/${id.includes(":") ? id : `${id}:*`}`);
}

const s3: Resources = (input) => {
  const buckets = textsIn(input["Bucket"]).map((bucket) => `arn:aws:s3:::${bucket}`);
  const listed = [fieldsOf(input["Delete"])["Objects"] ?? []].flat().flatMap((one) => textsIn(fieldsOf(one)["Key"]));
  const keys = [...textsIn(input["Key"]), ...listed];
  return [...buckets, ...buckets.flatMap((bucket) => keys.map((key) => `${bucket}/${key}`))];
};

/** What the calls of a service are about, for services whose resources are found by an id of AWS's, or are parts of others. */
export const BY_ID: Readonly<Record<string, Resources>> = { ec2, ecs, elasticloadbalancing: elb, s3 };

/**
 * What a create call creates, as far as its ARN is known before: that is what its tags are authorized for. Of the calls that are not here it
 * is what they are about.
 */
export function createdBy(action: string, input: Readonly<Record<string, unknown>>, sim: Sim): readonly string[] {
  const texts = (name: string) => textsIn(input[name]);
  const below = (name: string, from: string, to: string) =>
    texts(name).map((arn) => `${arn.replace(`:${from}/`, `:${to}/`)}/*`);
  switch (action) {
    case "ecs:CreateService":
      return ecs(input, sim, "CreateService").filter((arn) => arn.includes(":service/"));
    case "ecs:RunTask":
      return [sim.arn("ecs", `task/${texts("cluster").map(last)[0] ?? "default"}/*`)];
    case "ecs:CreateCluster":
    case "ecs:RegisterTaskDefinition":
      return ecs(input, sim, "");
    case "elasticfilesystem:CreateFileSystem":
      return [sim.arn("elasticfilesystem", "file-system/*")];
    case "elasticfilesystem:CreateAccessPoint":
      return [sim.arn("elasticfilesystem", "access-point/*")];
    case "elasticloadbalancing:CreateLoadBalancer":
      return texts("Name").map((name) => sim.arn("elasticloadbalancing", `loadbalancer/app/${name}/*`));
    case "elasticloadbalancing:CreateTargetGroup":
      return texts("Name").map((name) => sim.arn("elasticloadbalancing", `targetgroup/${name}/*`));
    case "elasticloadbalancing:CreateListener":
      return below("LoadBalancerArn", "loadbalancer", "listener");
    case "elasticloadbalancing:CreateRule":
      return below("ListenerArn", "listener", "listener-rule");
    case "logs:CreateDelivery":
      return [sim.arn("logs", "delivery:*")];
    case "logs:PutDeliveryDestination":
      return texts("name").map((name) => sim.arn("logs", `delivery-destination:${name}`));
    case "logs:PutDeliverySource":
      return texts("name").map((name) => sim.arn("logs", `delivery-source:${name}`));
    case "cloudfront:CreateVpcOrigin":
      return [sim.arn("cloudfront", "vpcorigin/*", "")];
    case "guardduty:CreateDetector":
      return [sim.arn("guardduty", "detector/*")];
    case "acm:RequestCertificate":
      return [sim.arn("acm", "certificate/*")];
    case "cloudfront:CreateDistributionWithTags":
      return [sim.arn("cloudfront", "distribution/*", "")];
    default:
      return [];
  }
}
