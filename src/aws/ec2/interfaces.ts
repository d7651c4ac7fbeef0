// Everything in a subnet, security group or VPC has a network interface, and AWS's delete errors do not name it. Some interfaces
// disappear minutes after their load balancer or task was deleted; some of those are left behind; and the rest stays forever.
import {
  DeleteNetworkInterfaceCommand,
  DescribeNetworkInterfacesCommand,
  type Filter,
  type NetworkInterface,
} from "@aws-sdk/client-ec2";
import type { Aws } from "../aws.ts";
import { absent, hasCode, messageOf } from "../errors.ts";
import { awsCommand } from "../command-line.ts";
import { CannotClear, type Obstacle } from "../obstacles.ts";
import { everyPage } from "../pages.ts";
import { tagsFrom } from "../tags.ts";
import { bearerOf, isManaged, OF_BALANCER, OF_TASK } from "./interface-bearers.ts";

/** Which interfaces block a deletion. */
export interface Among {
  readonly filters: readonly Filter[];
  /** Which of them count; all if omitted. */
  readonly counts?: (one: NetworkInterface) => boolean;
  /** How they block it: `is in subnet-1`. */
  readonly how: string;
}

/** For `looks` of a `Held`: the blocking interfaces. Those that load balancers and tasks left behind are deleted. */
export const interfaces =
  (aws: Aws, among: Among) =>
  async (waited: number): Promise<Obstacle[]> =>
    (await looked(aws, among, waited)).obstacles;

/** The same, and how many interfaces there are, including those that disappear by themselves. */
export async function looked(
  aws: Aws,
  { filters, counts = () => true, how }: Among,
  waited: number,
): Promise<{ obstacles: Obstacle[]; count: number }> {
  const all = await everyPage(async (NextToken) => {
    const page = await aws.ec2(new DescribeNetworkInterfacesCommand({ Filters: [...filters], NextToken }));
    return { items: page.NetworkInterfaces, next: page.NextToken };
  });
  const counting = all.filter(counts);
  await Promise.all(counting.filter(isLeftBehind).map((one) => remove(aws, one)));
  const there = counting.filter((one) => !isLeftBehind(one));
  const found = await Promise.all(
    there.map(async (one): Promise<Obstacle[]> => {
      if (!isManaged(one)) return [obstacleOf(aws, one, how)];
      const bearer = await bearerOf(aws, one, waited);
      return bearer ? [{ ...bearer, how: `has network interface ${one.NetworkInterfaceId}, which ${how}` }] : [];
    }),
  );
  return { obstacles: found.flat(), count: counting.length };
}

/** Whether an interface that should have disappeared is detached, so that it can be deleted. */
const isLeftBehind = (one: NetworkInterface) =>
  one.Status === "available" &&
  isManaged(one) &&
  (OF_TASK.test(one.Description ?? "") || OF_BALANCER.test(one.Description ?? ""));

async function remove(aws: Aws, { NetworkInterfaceId }: NetworkInterface): Promise<void> {
  try {
    const command = new DeleteNetworkInterfaceCommand({ NetworkInterfaceId });
    await absent(aws.ec2(command), "InvalidNetworkInterfaceID.NotFound");
  } catch (error) {
    // It was attached again in the meantime: then it is deleted with that resource.
    if (hasCode(error, "InvalidParameterValue") && messageOf(error).includes("in use")) return;
    throw new CannotClear(messageOf(error), { cause: error });
  }
}

/** An unmanaged interface, described by its id and by hints about its owner. */
function obstacleOf(aws: Aws, one: NetworkInterface, how: string): Obstacle {
  const { NetworkInterfaceId: id = "", Description = "", Attachment, RequesterId, Status, TagSet } = one;
  const { InstanceId } = Attachment ?? {};
  const whose =
    InstanceId !== undefined
      ? ` attached to ${InstanceId}`
      : RequesterId !== undefined && RequesterId !== ""
        ? ` created by ${RequesterId}`
        : Status === "available"
          ? " not attached to anything"
          : "";
  const what = `network interface ${id}${Description === "" ? "" : ` "${Description}"`}${whose}`;
  const command = (...words: string[]) => awsCommand(["ec2", ...words], aws);
  return {
    what,
    tags: tagsFrom(TagSet),
    how,
    ...(Status === "available"
      ? { remove: command("delete-network-interface", "--network-interface-id", id) }
      : InstanceId !== undefined
        ? { show: command("describe-instances", "--instance-ids", InstanceId) }
        : { show: command("describe-network-interfaces", "--network-interface-ids", id) }),
  };
}
