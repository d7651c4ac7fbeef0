import type { DistributionConfig, Origin } from "@aws-sdk/client-cloudfront";
import { certificateRows, isFor } from "../../src/simulator/acm/records.ts";
import { aclsLet } from "../../src/simulator/ec2/acls.ts";
import type {
  SimSubnet,
  SimVpcEndpoint,
  SimNatGateway,
  SimRouteTable,
  SimSecurityGroup,
} from "../../src/simulator/ec2/records.ts";
import { distributions, type SimDistribution } from "../../src/simulator/cloudfront/records.ts";
import { vpcOrigins } from "../../src/simulator/cloudfront/vpc-origins.ts";
import {
  balancers,
  listeners,
  rules,
  targetGroups,
  type SimListener,
  type SimLoadBalancer,
} from "../../src/simulator/elb/records.ts";
import { services, taskDefinitions, type SimTask } from "../../src/simulator/ecs/records.ts";
import { present } from "../../src/simulator/ecs/present.ts";
import { glob } from "../../src/simulator/iam/matching.ts";
import { targetsOf } from "../../src/simulator/ecs/targets.ts";
import type { Sim } from "../../src/simulator/sim.ts";

const ANYWHERE = "0.0.0.0/0";
/** What a task asks AWS for where no NAT gateway leads out (Amazon ECS developer guide, "interface VPC endpoints"). */
const ASKED = ["ecr.api", "ecr.dkr", "logs"];

const table = <T>(sim: Sim, name: string) => Object.values(sim.table<T>(name));

/** A way into the load balancer: who asks, on which port, and what with. */
interface Entry {
  readonly balancer: SimLoadBalancer;
  readonly port: number;
  /** The peers that a security group's rule may name. */
  readonly from: (peer: string) => boolean;
  readonly secrets: readonly (string | undefined)[];
  /** Why TLS fails. */
  readonly unknownHost: (listener: SimListener) => string | undefined;
  /** Whether the request comes from inside the VPC, where no internet gateway is on its way. */
  readonly isInside?: boolean;
  /** What is asked for. */
  readonly path: string;
}

/**
 * Why a request of a user would not be answered by a task at this moment, hop by hop: distribution, load balancer, rule, target group,
 * healthy target, security groups, and the task's own way to AWS; `undefined` where it would be. `names`: the DNS names that users have for
 * the application; if there are none, they know that of the distribution or that of the load balancer. `path`: what they ask for.
 */
export function brokenAt(sim: Sim, names: readonly string[] = [], path = "/"): string | undefined {
  if (names.length > 0) return names.map((name) => brokenFor(sim, name, path)).find((why) => why !== undefined);
  const [distribution] = Object.values(distributions(sim));
  const direct = () => Object.values(balancers(sim)).map((balancer) => brokenDirectly(sim, balancer, path));
  const why = distribution ? brokenThrough(sim, distribution, path) : "there is no distribution";
  return why !== undefined && direct().some((broken) => broken === undefined) ? undefined : why;
}

const dnsNameOf = (sim: Sim, { name, hash, scheme }: SimLoadBalancer) =>
  `${scheme === "internal" ? "internal-" : ""}${name}-${hash.slice(0, 10)}.${sim.region}.elb.amazonaws.com`;

/** The same for users whose name servers answer with `name`. */
function brokenFor(sim: Sim, name: string, path: string): string | undefined {
  const distribution = Object.values(distributions(sim)).find(({ domainName }) => domainName === name);
  if (distribution) return brokenThrough(sim, distribution, path);
  const balancer = Object.values(balancers(sim)).find((one) => dnsNameOf(sim, one).toLowerCase() === name);
  return balancer ? brokenDirectly(sim, balancer, path) : `${name} is neither a distribution nor a load balancer`;
}

function brokenThrough(sim: Sim, { config, former, readyAt }: SimDistribution, path: string): string | undefined {
  // Until a change is deployed everywhere, edge locations go by either config.
  return brokenBy(sim, config, path) ?? (former && readyAt > sim.now ? brokenBy(sim, former, path) : undefined);
}

function brokenDirectly(sim: Sim, balancer: SimLoadBalancer, path: string): string | undefined {
  if (balancer.scheme === "internal") return "the load balancer is internal";
  const isSecure = Object.values(listeners(sim)).some(
    ({ loadBalancerArn, port }) => loadBalancerArn === balancer.arn && port === 443,
  );
  return brokenInto(sim, {
    balancer,
    port: isSecure ? 443 : 80,
    from: (peer) => peer === ANYWHERE,
    secrets: [],
    path,
    unknownHost: () => undefined,
  });
}

function brokenBy(sim: Sim, config: DistributionConfig, path: string): string | undefined {
  if (!config.Enabled) return undefined;
  const [origin] = config.Origins?.Items ?? [];
  return brokenOrigin(sim, config, origin, path);
}

/** The same for a request that the distribution sends to one of its origins, in the region of `sim`. */
export function brokenOrigin(
  sim: Sim,
  config: DistributionConfig,
  origin: Origin | undefined,
  path = "/",
): string | undefined {
  const inside = vpcOrigins(sim).find(({ id }) => id === origin?.VpcOriginConfig?.VpcOriginId);
  if (origin?.VpcOriginConfig && !inside) return "the VPC origin does not exist";
  const policy = inside?.config.OriginProtocolPolicy ?? origin?.CustomOriginConfig?.OriginProtocolPolicy;
  const isSecure = policy === "https-only";
  const balancer = Object.values(balancers(sim)).find((one) => dnsNameOf(sim, one) === origin?.DomainName);
  if (!balancer) return `the origin ${origin?.DomainName} is no load balancer`;
  if (inside && inside.config.Arn !== balancer.arn) return "the VPC origin leads to another load balancer";
  if (!inside && balancer.scheme === "internal") return "the load balancer is internal";
  return brokenInto(sim, {
    balancer,
    port: isSecure ? 443 : 80,
    from: (peer) => peer.startsWith("pl-"),
    secrets: (origin?.CustomHeaders?.Items ?? []).map(({ HeaderValue }) => HeaderValue),
    isInside: inside !== undefined,
    path,
    unknownHost: (listener) => (isSecure ? unknownHost(sim, config, listener) : undefined),
  });
}

function brokenInto(
  sim: Sim,
  { balancer, port: originPort, from, secrets, path, unknownHost: tls, isInside = false }: Entry,
) {
  if (balancer.readyAt > sim.now) return "the load balancer is not active yet";
  const groups = balancer.groupIds.flatMap((id) => groupOf(sim, id) ?? []);
  if (!groups.some(({ ingress }) => ingress.some((rule) => rule.from === originPort && from(rule.peer))))
    return `the load balancer's groups do not let the request in on port ${originPort}`;
  const closed = balancer.subnetIds.find((id) => !routeOf(sim, id, ANYWHERE)?.startsWith("igw-"));
  if (closed !== undefined && !isInside)
    return `the load balancer's subnet ${closed} has no route to the internet gateway`;
  const subnets = balancer.subnetIds.flatMap((id) => subnetOf(sim, id) ?? []);
  const barred = subnets.find((subnet) => !aclsLet(sim, "internet", subnet, originPort));
  if (barred && !isInside)
    return `the network ACL of the load balancer's subnet ${barred.id} does not let the request in`;
  const listener = Object.values(listeners(sim)).find(
    (one) => one.loadBalancerArn === balancer.arn && one.port === originPort,
  );
  if (!listener) return `the load balancer does not listen on port ${originPort}`;
  const unknown = tls(listener);
  if (unknown !== undefined) return unknown;
  const group = forwardedTo(sim, listener, { secrets, path });
  if (group === undefined || !targetGroups(sim)[group]) return "no rule of the listener takes the request";
  const healthy = targetsOf(sim, group).filter(({ health }) => health === "healthy");
  if (healthy.length === 0) return `no target of ${group} is healthy`;
  const tasks = Object.values(services(sim)).flatMap((service) => present(sim, service).tasks);
  const reached = healthy.flatMap(({ id, port }) => {
    // A world of an earlier version does not say of a task in which target groups it is.
    const task = tasks.find(
      ({ address, stoppedAt, loadBalancers = [{ targetGroupArn: group }] }) =>
        address === id &&
        stoppedAt === undefined &&
        loadBalancers.some(({ targetGroupArn }) => targetGroupArn === group),
    );
    const place = subnetOf(sim, task?.subnetId ?? "");
    const isBarred = place && subnets.some((subnet) => !aclsLet(sim, subnet, place, port));
    return task && !isBarred && passes(sim, groups, task, port) && listens(sim, task, port) ? [task] : [];
  });
  if (reached.length === 0)
    return "the security groups, network ACLs or the container's port keep the request from every target";
  const outward = reached.map((task) => shutIn(sim, task));
  return outward.every((why) => why !== undefined) ? outward[0] : undefined;
}

const subnetOf = (sim: Sim, id: string) => sim.table<SimSubnet>("ec2.subnets")[id];

const groupOf = (sim: Sim, id: string) => sim.table<SimSecurityGroup>("ec2.securityGroups")[id];

/** Origin request policies that send the viewer's Host header on: AllViewer and HostHeaderOnly. */
const FORWARDS_HOST = ["216adef6-5c7f-47e4-b989-5492eafa07d3", "bf0718e1-ba1e-49d1-88b1-f726733018ae"];

/**
 * Why the TLS connection to the origin fails: its certificate must be for the Host header that is forwarded ("Require HTTPS for communication
 * between CloudFront and your custom origin", CloudFront Developer Guide). The origin's own name is AWS's, so no certificate is for it.
 */
function unknownHost(
  sim: Sim,
  config: DistributionConfig,
  { certificateArn, otherCertificates = [] }: SimListener,
): string | undefined {
  const shown = Object.values(certificateRows.records(sim)).filter(({ arn }) =>
    [certificateArn, ...otherCertificates].includes(arn),
  );
  const stranger = config.Aliases?.Items?.find((alias) => !shown.some((certificate) => isFor(certificate, alias)));
  if (stranger !== undefined) return `the listener's certificate is not for ${stranger}`;
  const behaviors = [config.DefaultCacheBehavior, ...(config.CacheBehaviors?.Items ?? [])];
  const closed = behaviors.find((one) => !FORWARDS_HOST.includes(one?.OriginRequestPolicyId ?? ""));
  return closed && "a behavior does not forward the host that the certificate is for";
}

/** The target group that the listener's rules forward a request to that comes with one of these secrets. */
function forwardedTo(
  sim: Sim,
  { arn }: SimListener,
  { secrets, path: asked }: Pick<Entry, "secrets" | "path">,
): string | undefined {
  const own = Object.values(rules(sim)).filter(({ listenerArn }) => listenerArn === arn);
  const taken = own
    .toSorted((one, other) => one.priority - other.priority)
    .find(({ conditions }) =>
      conditions.every(({ HttpHeaderConfig: header, PathPatternConfig: path }) =>
        header
          ? header.Values?.some((value) => secrets.includes(value))
          : path?.Values?.some((one) => glob(one, asked)),
      ),
    );
  return taken?.actions.flatMap(({ TargetGroupArn }) => TargetGroupArn ?? [])[0];
}

/** Whether the balancer's groups let the request out to the task, and the task's groups let it in. */
function passes(sim: Sim, balancer: readonly SimSecurityGroup[], { groupIds = [] }: SimTask, port: number): boolean {
  const fits = (rule: SimSecurityGroup["ingress"][number], peers: readonly string[]) =>
    (rule.protocol === "-1" || (rule.from <= port && port <= rule.to)) &&
    (rule.peer === ANYWHERE || peers.includes(rule.peer));
  const out = balancer.some(({ egress }) => egress.some((rule) => fits(rule, groupIds)));
  const from = balancer.map(({ id }) => id);
  return out && groupIds.some((id) => groupOf(sim, id)?.ingress.some((rule) => fits(rule, from)));
}

const listens = (sim: Sim, task: SimTask, port: number) =>
  taskDefinitions(sim)[task.taskDefinition]?.definition.containerDefinitions?.some(({ portMappings = [] }) =>
    portMappings.some(({ containerPort }) => containerPort === port),
  ) ?? false;

/** Where what leaves a subnet goes to. */
function routeOf(sim: Sim, subnetId: string, destination: string): string | undefined {
  const routes = table<SimRouteTable>(sim, "ec2.routeTables").find(({ associations }) =>
    Object.values(associations).includes(subnetId),
  );
  return routes?.routes.find((route) => route.destination === destination)?.target;
}

/** Why a task does not reach the registry, the logs and S3; `undefined` where it does. */
function shutIn(sim: Sim, { subnetId = "", groupIds = [], publicIp = false }: SimTask): string | undefined {
  const target = routeOf(sim, subnetId, ANYWHERE);
  const place = subnetOf(sim, subnetId);
  const between = subnetOf(sim, sim.table<SimNatGateway>("ec2.natGateways")[target ?? ""]?.subnetId ?? "");
  const ends = between
    ? ([
        [place, between],
        [between, "internet"],
        [place, "internet"],
      ] as const)
    : ([[place, "internet"]] as const);
  if (ends.some(([from, to]) => from && !aclsLet(sim, from, to, 443)))
    return `network ACLs keep the task in ${subnetId} from AWS`;
  if (target?.startsWith("igw-") && publicIp) return undefined;
  const gateway = sim.table<SimNatGateway>("ec2.natGateways")[target ?? ""];
  const works =
    gateway !== undefined &&
    gateway.readyAt <= sim.now &&
    gateway.deletedAt === undefined &&
    gateway.failure === undefined;
  if (works && routeOf(sim, gateway.subnetId, ANYWHERE)?.startsWith("igw-")) return undefined;
  const endpoints = table<SimVpcEndpoint>(sim, "ec2.vpcEndpoints").filter(
    ({ readyAt, goneAt }) => readyAt <= sim.now && goneAt === undefined,
  );
  const lacking = ASKED.find(
    (service) =>
      !endpoints.some(
        (endpoint) =>
          endpoint.service.endsWith(`.${service}`) &&
          endpoint.privateDns &&
          endpoint.groupIds.some((id) =>
            groupOf(sim, id)?.ingress.some(({ from, peer }) => from === 443 && groupIds.includes(peer)),
          ),
      ),
  );
  if (lacking !== undefined)
    return `the task in ${subnetId} has no NAT gateway (${target}) and no endpoint of ${lacking}`;
  const s3 = endpoints.some(({ type, routeTableIds }) =>
    type === "Gateway"
      ? table<SimRouteTable>(sim, "ec2.routeTables").some(
          ({ id, associations }) => routeTableIds.includes(id) && Object.values(associations).includes(subnetId),
        )
      : false,
  );
  return s3 ? undefined : `the task in ${subnetId} has no NAT gateway (${target}) and no endpoint of S3`;
}
