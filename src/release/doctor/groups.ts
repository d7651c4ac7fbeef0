import type { IpPermission, SecurityGroup } from "@aws-sdk/client-ec2";
import { idIn, isPublic, serviceName, settingsOf, type ServiceRef } from "../service-ref.ts";
import { broken, list, ok, type Verdict } from "./hop.ts";
import { owned, parts, type Network } from "./network.ts";
import type { Seen } from "./seen.ts";

const ANYWHERE = "0.0.0.0/0";

export async function balancerGroupVerdict(ref: ServiceRef, seen: Seen): Promise<Verdict> {
  const [{ isOpen }, network, balancer, prefixList, listener] = await Promise.all([
    seen.front,
    parts(seen.network, "groups"),
    seen.balancer,
    seen.prefixList,
    // A failure is reported by the check of the listener.
    seen.listener.catch(() => undefined),
  ]);
  const { balancer: group, https, openGroup, tasks, sharing } = groupsOf(ref, network);
  const open = listener?.Port ?? (ref.stack.domains.length > 0 ? 443 : 80);
  const { port } = ref.stack.container;
  if (!group?.GroupId) return broken(`Security group ${ref.names.securityGroups.balancer} does not exist.`);
  const it = `Security group ${group.GroupId} of the load balancer`;
  if (balancer && !balancer.SecurityGroups?.includes(group.GroupId))
    return broken(`Security group ${group.GroupId} is not attached to the load balancer.`);
  const attached = [group, https, openGroup].filter(
    (one) => one && (!balancer || balancer.SecurityGroups?.includes(`${one.GroupId}`)),
  );
  const inbound = attached.flatMap((one) => one?.IpPermissions ?? []);
  const onlyCloudFront = !isOpen && allows(inbound, open, prefixList);
  // Whom a shared stack lets in is set in its own config.
  const { allowFrom } = ref.stack.balancer;
  const missing = isOpen && !ref.stack.shared ? allowFrom.find((peer) => !allows(inbound, open, peer)) : undefined;
  if (missing !== undefined)
    return broken(`${it} does not allow inbound traffic from ${missing} (balancer.allowFrom) on port ${open}.`);
  if (!isOpen && !onlyCloudFront && !allows(inbound, open, ANYWHERE))
    return broken(`${it} does not allow inbound traffic from CloudFront (${prefixList}) on port ${open}.`);
  if (!allows(group.IpPermissionsEgress, port, (sharing ?? tasks)?.GroupId ?? ANYWHERE, ANYWHERE))
    return broken(
      `${it} does not allow outbound traffic to the tasks' security group ${(sharing ?? tasks)?.GroupId ?? "(none)"} on port ${port}.`,
    );
  const who = isOpen
    ? `users (${ref.stack.shared ? "as the shared stack's config says" : list(allowFrom)})`
    : onlyCloudFront
      ? `CloudFront (${prefixList})`
      : "anywhere (not only CloudFront)";
  return ok(
    `${it} allows inbound traffic from ${who} on port ${open} and outbound traffic to the tasks on port ${port}.`,
  );
}

export async function tasksGroupVerdict(ref: ServiceRef, seen: Seen): Promise<Verdict> {
  const [network, service] = await Promise.all([parts(seen.network, "groups"), seen.service]);
  const { balancer, tasks: group, sharing } = groupsOf(ref, network);
  const { port } = ref.stack.container;
  if (!group?.GroupId) return broken(`Security group ${ref.names.securityGroups.tasks} does not exist.`);
  const it = `Security group ${group.GroupId} of the tasks`;
  const borne = service?.networkConfiguration?.awsvpcConfiguration?.securityGroups;
  const unattached = [group, sharing].find((one) => one?.GroupId !== undefined && !borne?.includes(one.GroupId));
  if (borne && unattached)
    return broken(`The service does not attach security group ${unattached.GroupId} to its tasks.`);
  const way = isPublic(ref)
    ? [{ who: "the load balancer", id: balancer?.GroupId ?? ANYWHERE, told: balancer?.GroupId ?? "(none)" }]
    : callersOf(ref, network);
  const blocked = way.find(({ id }) => !allows(group.IpPermissions, port, id, ANYWHERE));
  if (blocked)
    return broken(
      `${it} does not allow inbound traffic from ${blocked.who}'s security group ${blocked.told} on port ${port}.`,
    );
  if (!allows(group.IpPermissionsEgress, 443, ANYWHERE))
    return broken(`${it} does not allow outbound traffic on port 443, which tasks need for images and logs.`);
  const whom = way.map(({ who }) => who);
  return ok(
    whom.length === 0
      ? `${it} allows outbound traffic on port 443 and no inbound traffic.`
      : `${it} allows inbound traffic from ${list(whom)} on port ${port} and outbound traffic on port 443.`,
  );
}

/** The services that call an internal service, if they have a security group; workers are not called. */
function callersOf(ref: ServiceRef, { groups }: Pick<Network, "groups">) {
  if (settingsOf(ref)?.type !== "web") return [];
  const others = ref.stack.services.filter(({ name, type }) => name !== serviceName(ref) && type !== "job");
  return others.flatMap(({ name: service }) => {
    const id = owned(ref.aws, groups, idIn({ service }, "security/tasks-group"))?.GroupId;
    return id === undefined ? [] : [{ who: `service ${service}`, id, told: id }];
  });
}

/** The stack's two security groups: by tags, or by name if the tags were removed; and that of a shared stack, by name. */
export function groupsOf(ref: ServiceRef, { groups }: Pick<Network, "groups">) {
  const { aws, names, stack } = ref;
  const find = (id: string, name: string): SecurityGroup | undefined =>
    owned(aws, groups, id) ?? groups.find(({ GroupName }) => GroupName === name);
  return {
    balancer: find("security/balancer-group", names.securityGroups.balancer),
    https: find("security/https-group", names.securityGroups.https),
    openGroup: find("security/open-group", names.securityGroups.open),
    tasks: find(idIn(ref, "security/tasks-group"), names.securityGroups.tasks),
    sharing: stack.shared && groups.find(({ GroupName }) => GroupName === names.securityGroups.sharing),
  };
}

/** Whether rules allow one of `peers` (a CIDR block, or the id of a security group or prefix list) on a TCP port. */
export const allows = (rules: readonly IpPermission[] = [], port: number, ...peers: readonly string[]): boolean =>
  rules.some((rule) => covers(rule, port) && peersOf(rule).some((peer) => peers.includes(peer)));

const covers = ({ IpProtocol, FromPort = 0, ToPort = 65_535 }: IpPermission, port: number): boolean =>
  IpProtocol === "-1" || (IpProtocol === "tcp" && FromPort <= port && port <= ToPort);

const peersOf = ({
  IpRanges = [],
  Ipv6Ranges = [],
  UserIdGroupPairs = [],
  PrefixListIds = [],
}: IpPermission): string[] => [
  ...IpRanges.flatMap(({ CidrIp }) => CidrIp ?? []),
  ...Ipv6Ranges.flatMap(({ CidrIpv6 }) => CidrIpv6 ?? []),
  ...UserIdGroupPairs.flatMap(({ GroupId }) => GroupId ?? []),
  ...PrefixListIds.flatMap(({ PrefixListId }) => PrefixListId ?? []),
];
