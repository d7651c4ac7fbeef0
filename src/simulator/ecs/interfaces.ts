import type { NetworkConfiguration } from "@aws-sdk/client-ecs";
import type { SimNetworkInterface, SimSubnet } from "../ec2/records.ts";
import { dotted, rangeOf } from "../ec2/shared.ts";
import { ipv6AddressIn } from "../ec2/ipv6-address.ts";
import type { Sim } from "../sim.ts";

/** The addresses of one service lie so far apart that those of others fit in between. */
const APART = 12;

/**
 * Where a task is put: a subnet in turn, and an address at its end, which is no other's there. `slot`: what tells the services of a cluster apart;
 * tasks without a service have none.
 */
export function placeOf(sim: Sim, network: NetworkConfiguration | undefined, turn: number, slot = 0) {
  const { subnets = [], securityGroups = [], assignPublicIp } = network?.awsvpcConfiguration ?? {};
  const subnetId = subnets[turn % Math.max(1, subnets.length)];
  const subnet = sim.table<SimSubnet>("ec2.subnets")[subnetId ?? ""];
  if (!subnet) return { address: `10.0.${10 + (turn % 2) * 10}.${20 + ((turn * APART + slot) % 200)}` };
  const place = turn * APART + slot;
  const { first, last } = rangeOf(subnet.cidr);
  // AWS keeps the first four addresses and the last one of every subnet.
  const room = Math.min(1_000, last - first - 5);
  return {
    address: dotted(last - 1 - (place % room)),
    subnetId: subnet.id,
    groupIds: [...securityGroups],
    ...(assignPublicIp === "ENABLED" ? { publicIp: true } : {}),
    // "If your VPC is configured for dual-stack mode and you use a subnet with an IPv6 CIDR block, your task's ENI also receives an IPv6 address"
    // (Amazon ECS developer guide, "Amazon ECS task networking options for Fargate").
    ...(subnet.ipv6 && { ipv6: ipv6AddressIn(subnet, place.toString(16).padStart(16, "0")) }),
  };
}

/** A task as far as its network interface goes. */
interface Placed {
  readonly id: string;
  readonly address: string;
  readonly subnetId?: string;
  readonly groupIds?: readonly string[];
  readonly ipv6?: string | undefined;
  readonly stoppedAt?: number;
}

/** The network interface that holds a task's subnet and groups until the task has stopped. */
export function interfaceOf(sim: Sim, task: Placed): SimNetworkInterface[] {
  const { id, address, subnetId, groupIds = [], ipv6, stoppedAt } = task;
  const subnet = sim.table<SimSubnet>("ec2.subnets")[subnetId ?? ""];
  if (!subnet || stoppedAt !== undefined) return [];
  return [
    {
      id: `eni-${id.slice(0, 17)}`,
      subnetId: subnet.id,
      vpcId: subnet.vpcId,
      groupIds: [...groupIds],
      // As AWS words it for a task on Fargate.
      description: sim.arn(
        "ecs",
        `attachment/${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20)}`,
      ),
      privateIp: address,
      ...(ipv6 === undefined ? {} : { ipv6 }),
    },
  ];
}
