import { aclsLet } from "../ec2/acls.ts";
import type { SimNatGateway, SimRouteTable, SimSubnet, SimVpcEndpoint } from "../ec2/records.ts";
import type { Placed } from "../efs/mounts.ts";
import type { Sim } from "../sim.ts";

const ANYWHERE = "0.0.0.0/0";

/** Where the images of ECR are without the internet (Amazon ECR user guide, "Amazon ECR interface VPC endpoints"). */
const ENDPOINTS = ["ecr.api", "ecr.dkr", "s3"];

/**
 * Why a task does not reach the registry from where it is, as ECS tells it; `undefined` where it does. "For a task on Fargate to pull a container image,
 * the task must have a route to the internet": "When using a public subnet, you can assign a public IP address to the task ENI" (Amazon ECS developer
 * guide, "Amazon ECS task networking options for Fargate"). The words are those of AWS re:Post, "How do I resolve the unable to pull secrets or registry auth error".
 * A subnet without any default route and without endpoints is not judged: its tasks may have a way that is not simulated.
 */
export function noWayOut(
  sim: Sim,
  { subnetId, publicIp = false }: Placed,
  images: readonly string[],
): string | undefined {
  const subnet = sim.table<SimSubnet>("ec2.subnets")[subnetId ?? ""];
  if (!subnet) return undefined;
  const tables = Object.values(sim.table<SimRouteTable>("ec2.routeTables"));
  const table =
    tables.find(({ associations }) => Object.values(associations).includes(subnet.id)) ??
    tables.find(({ vpcId, main }) => main && vpcId === subnet.vpcId);
  const target = table?.routes.find(({ destination }) => destination === ANYWHERE)?.target;
  const isOut = target !== undefined && leadsOut(sim, target, publicIp) && passesAcls(sim, subnet, target);
  if (isOut) return undefined;
  if (hasEndpoints(sim, subnet.vpcId) && endpointsAnswer(sim, subnet)) return behindEndpoints(images);
  if (target === undefined && passesAcls(sim, subnet, "")) return undefined;
  return (
    "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue " +
    "between the task and Amazon ECR. Check your task network configuration. RequestError: send request failed caused by: Post " +
    `"https://api.ecr.${sim.region}.amazonaws.com/": dial tcp: i/o timeout`
  );
}

/**
 * What a task without a way to the internet does not get: the endpoints lead to ECR's private registries alone (Amazon ECR user guide, "Considerations
 * for Amazon ECR VPC endpoints": none for public repositories).
 */
function behindEndpoints(images: readonly string[]): string | undefined {
  const outside = images.find((image) => !/^\d{12}\.dkr\.ecr\./.test(image));
  return outside === undefined
    ? undefined
    : `CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref ${outside}: failed to do request: dial tcp: i/o timeout`;
}

function leadsOut(sim: Sim, target: string, publicIp: boolean): boolean {
  if (target.startsWith("igw-")) return publicIp;
  if (!target.startsWith("nat-")) return true;
  const gateway = sim.table<SimNatGateway>("ec2.natGateways")[target];
  return (
    gateway !== undefined &&
    gateway.readyAt <= sim.now &&
    gateway.deletedAt === undefined &&
    gateway.failure === undefined
  );
}

/** HTTPS: the registry, and AWS. */
const HTTPS = 443;

/** Whether network ACLs let a task reach HTTPS servers on the internet, on the way through a NAT gateway both of its sides. */
function passesAcls(sim: Sim, subnet: SimSubnet, target: string): boolean {
  const nat = sim.table<SimNatGateway>("ec2.natGateways")[target];
  const between = nat && sim.table<SimSubnet>("ec2.subnets")[nat.subnetId];
  // Behind a NAT gateway, packets have the addresses of the internet in the task's subnet, and of the internet and the task in its own.
  return (
    aclsLet(sim, subnet, "internet", HTTPS) &&
    (between === undefined || (aclsLet(sim, between, "internet", HTTPS) && aclsLet(sim, subnet, between, HTTPS)))
  );
}

/** Whether network ACLs let a task reach the endpoints, wherever they are, and S3, whose addresses are those of the internet. */
function endpointsAnswer(sim: Sim, subnet: SimSubnet): boolean {
  const interfaces = Object.values(sim.table<SimVpcEndpoint>("ec2.vpcEndpoints")).filter(
    ({ vpcId, type }) => vpcId === subnet.vpcId && type === "Interface",
  );
  const places = interfaces.flatMap(({ subnetIds }) => subnetIds);
  return (
    aclsLet(sim, subnet, "internet", HTTPS) &&
    places.every((id) => {
      const place = sim.table<SimSubnet>("ec2.subnets")[id];
      return !place || aclsLet(sim, subnet, place, HTTPS);
    })
  );
}

const hasEndpoints = (sim: Sim, vpc: string): boolean => {
  const ready = Object.values(sim.table<SimVpcEndpoint>("ec2.vpcEndpoints")).filter(
    ({ vpcId, readyAt, goneAt }) => vpcId === vpc && readyAt <= sim.now && goneAt === undefined,
  );
  return ENDPOINTS.every((name) => ready.some(({ service }) => service.endsWith(`.${name}`)));
};
