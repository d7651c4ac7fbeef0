// Whatever is in a subnet, a group or a VPC is there by a network interface, and AWS's refusal to delete those names none. Some of
// them go by themselves, minutes after their load balancer or task is gone; some of those are left behind; and the rest stays for ever.
import {
  DeleteNetworkInterfaceCommand,
  DescribeNetworkInterfacesCommand,
  type NetworkInterface,
} from "@aws-sdk/client-ec2";
import type { Aws } from "../aws.ts";
import type { NotYet } from "../call.ts";
import { absent, hasCode, messageOf } from "../errors.ts";
import { everyPage } from "../pages.ts";
import { IN_USE } from "./shared.ts";

/** What cannot be deleted while interfaces are in it. */
export interface Held {
  /** EC2's own filter for the interfaces that are in it. */
  readonly filter: "subnet-id" | "group-id" | "vpc-id";
  readonly id: string;
  /** Those among them that stand in the way; all when left out. */
  readonly among?: (one: NetworkInterface) => boolean;
  /** What is refused; `<id> cannot be deleted` when left out. */
  readonly refusal?: string;
  /** Where those are that stand in the way; `in it` when left out. */
  readonly where?: string;
}

/**
 * `IN_USE` with a look at what it is used by: interfaces that somebody else put there are told at once instead of waited for, and
 * what load balancers and tasks left behind is deleted.
 */
export const inUse = (aws: Aws, held: Held): readonly NotYet[] =>
  IN_USE.map((answer) => ({ ...answer, meanwhile: () => clear(aws, held) }));

async function clear(aws: Aws, held: Held): Promise<void> {
  const { filter: Name, id, among = () => true } = held;
  const all = await everyPage(async (NextToken) => {
    const Filters = [{ Name, Values: [id] }];
    const page = await aws.ec2(new DescribeNetworkInterfacesCommand({ Filters, NextToken }));
    return { items: page.NetworkInterfaces, next: page.NextToken };
  });
  const there = all.filter(among);
  const foreign = there.filter((one) => !goesByItself(one));
  if (foreign.length > 0) throw new Error(textOf(held, foreign));
  await Promise.all(there.filter(isLeftBehind).map((one) => remove(aws, one)));
}

/** AWS's descriptions of interfaces of load balancers, NAT gateways and endpoints; anybody may write them, but AWS manages only its own. */
const MANAGED = /^(ELB |Interface for NAT Gateway |VPC Endpoint Interface )/;
/** What ECS calls the interface of a task. */
const OF_TASK = /^arn:[\w-]+:ecs:[\w-]+:\d{12}:attachment\//;
/** The types that say the same; load balancers of HTTP have none of their own. */
const TYPES = new Set<string | undefined>([
  "gateway_load_balancer",
  "gateway_load_balancer_endpoint",
  "load_balancer",
  "natGateway",
  "nat_gateway",
  "network_load_balancer",
  "vpc_endpoint",
]);

/**
 * Whether AWS takes an interface away when what it belongs to goes. That some service of AWS made it is not enough: those of a
 * Lambda function or a database stay as long as these do, and nobody deletes these here.
 */
const goesByItself = ({ Description = "", InterfaceType, RequesterId, RequesterManaged }: NetworkInterface) =>
  OF_TASK.test(Description) ||
  RequesterId === "amazon-elb" ||
  TYPES.has(InterfaceType) ||
  (RequesterManaged === true && MANAGED.test(Description));

/** Whether one that should have gone by itself is attached to nothing any more, so that it can be deleted. */
const isLeftBehind = ({ Description = "", Status }: NetworkInterface) =>
  Status === "available" && (OF_TASK.test(Description) || Description.startsWith("ELB "));

async function remove(aws: Aws, { NetworkInterfaceId }: NetworkInterface): Promise<void> {
  try {
    const command = new DeleteNetworkInterfaceCommand({ NetworkInterfaceId });
    await absent(aws.ec2(command), "InvalidNetworkInterfaceID.NotFound");
  } catch (error) {
    // It found something to be attached to meanwhile: then it goes with that.
    if (!(hasCode(error, "InvalidParameterValue") && messageOf(error).includes("in use"))) throw error;
  }
}

function textOf({ id, refusal = `${id} cannot be deleted`, where = "in it" }: Held, foreign: NetworkInterface[]) {
  const names = foreign.map(nameOf);
  const [are, them] = names.length === 1 ? ["is", "it"] : ["are", "them"];
  const list = [names.slice(0, -1).join(", "), names.at(-1)].filter((part) => part !== "").join(" and ");
  return `${refusal}: ${list} ${are} ${where} and ${are} not Fairlead's. Delete ${them} or move ${them} away, then run again.`;
}

/** An interface by its id, and by what tells a person whose it is. */
function nameOf({ NetworkInterfaceId, Description = "", Attachment, RequesterId, Status }: NetworkInterface) {
  const { InstanceId } = Attachment ?? {};
  const whose =
    InstanceId !== undefined
      ? `attached to ${InstanceId}`
      : RequesterId !== undefined
        ? `made by ${RequesterId}`
        : Status === "available"
          ? "attached to nothing"
          : "";
  const told = [Description === "" ? "" : `"${Description}"`, whose].filter((part) => part !== "").join(", ");
  return told === "" ? NetworkInterfaceId : `${NetworkInterfaceId} (${told})`;
}
