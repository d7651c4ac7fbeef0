// Whatever is in a subnet, a group or a VPC is there by a network interface, and AWS's refusal to delete those names none. Some of
// them go by themselves, minutes after their load balancer or task is gone; some of those are left behind; and the rest stays for ever.
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

/** Which interfaces are in the way of something. */
export interface Among {
  readonly filters: readonly Filter[];
  /** Those of them that count; all when left out. */
  readonly counts?: (one: NetworkInterface) => boolean;
  /** What they do there: `is in subnet-1`. */
  readonly how: string;
}

/** For `looks` of a `Held`: the interfaces that are in the way. What load balancers and tasks left behind is deleted on the way. */
export const interfaces =
  (aws: Aws, among: Among) =>
  async (waited: number): Promise<Obstacle[]> =>
    (await looked(aws, among, waited)).obstacles;

/** The same, and how many interfaces there are, those included that go by themselves. */
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

/** Whether one that should have gone by itself is attached to nothing any more, so that it can be deleted. */
const isLeftBehind = (one: NetworkInterface) =>
  one.Status === "available" &&
  isManaged(one) &&
  (OF_TASK.test(one.Description ?? "") || OF_BALANCER.test(one.Description ?? ""));

async function remove(aws: Aws, { NetworkInterfaceId }: NetworkInterface): Promise<void> {
  try {
    const command = new DeleteNetworkInterfaceCommand({ NetworkInterfaceId });
    await absent(aws.ec2(command), "InvalidNetworkInterfaceID.NotFound");
  } catch (error) {
    // It found something to be attached to meanwhile: then it goes with that.
    if (hasCode(error, "InvalidParameterValue") && messageOf(error).includes("in use")) return;
    throw new CannotClear(messageOf(error), { cause: error });
  }
}

/** An interface that somebody else put there, told by its id and by what tells a person whose it is. */
function obstacleOf(aws: Aws, one: NetworkInterface, how: string): Obstacle {
  const { NetworkInterfaceId: id = "", Description = "", Attachment, RequesterId, Status, TagSet } = one;
  const { InstanceId } = Attachment ?? {};
  const whose =
    InstanceId !== undefined
      ? ` attached to ${InstanceId}`
      : RequesterId !== undefined && RequesterId !== ""
        ? ` made by ${RequesterId}`
        : Status === "available"
          ? " attached to nothing"
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
