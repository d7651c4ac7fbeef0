// A gateway and its attachment to a VPC are two things: a gateway that was detached outside Fairlead is attached again, not
// replaced. It cannot be detached while anything in the VPC still has a public address.
import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  DeleteInternetGatewayCommand,
  DescribeInternetGatewaysCommand,
  DetachInternetGatewayCommand,
  type InternetGateway as Listed,
} from "@aws-sdk/client-ec2";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { absent, hasCode } from "../errors.ts";
import { unlessHeld } from "../obstacles.ts";
import { everyPage } from "../pages.ts";
import { defineKind } from "../define-kind.ts";
import { tagsFrom, type Tags } from "../tags.ts";
import { heldAttachment } from "./obstacles.ts";
import {
  changeTags,
  EC2_LAG,
  find,
  IN_USE,
  notSeenYet,
  ofStack,
  ownedIn,
  tagSpecifications,
  findById,
} from "./shared.ts";

export interface InternetGatewaySpec {
  vpcId: string;
  tags: Tags;
}

export interface InternetGatewayAttrs {
  internetGatewayId: string;
}

export const InternetGateway = defineKind<InternetGatewaySpec, InternetGatewayAttrs>({
  type: "ec2/internet-gateway",
  fields: {
    vpcId: { immutable: true, unique: true },
    tags: {},
  },
  // An attachment is `attaching` first: whoever does not wait for it makes NAT gateways that fail a minute later (Gateway.NotAttached), so
  // terraform-provider-aws waits (internal/service/ec2/vpc_internet_gateway.go, waitInternetGatewayAttached).
  timing: { ready: 2, listed: EC2_LAG },
  inventory: { lists: "plan" },

  async observe(aws, look) {
    const gateway = await find(look, await look.snapshot.once("ec2/internet-gateway", () => listed(aws)), idOf, (id) =>
      gatewayOf(aws, id),
    );
    if (!gateway?.InternetGatewayId) return undefined;
    const tags = tagsFrom(gateway.Tags);
    // An attachment's state is `available` here, a word that the SDK's own list of states does not have.
    const attached = gateway.Attachments?.find(({ State }) => State !== "detaching" && State !== "detached");
    return {
      id: gateway.InternetGatewayId,
      attrs: { internetGatewayId: gateway.InternetGatewayId },
      spec: { vpcId: attached?.VpcId, tags },
      ready: attached !== undefined && attached.State !== "attaching",
      status: attached?.State ?? "detached",
    };
  },

  list: async (aws, _ids, snapshot = new Snapshot()) =>
    ownedIn(aws, await snapshot.once("ec2/internet-gateway", () => listed(aws)), idOf),

  async create(aws, spec, making) {
    const { InternetGateway: gateway } = await aws.ec2(
      new CreateInternetGatewayCommand({ TagSpecifications: tagSpecifications("internet-gateway", spec.tags) }),
      { once: true },
    );
    const internetGatewayId = gateway?.InternetGatewayId ?? "";
    await making.created(internetGatewayId);
    await attach(aws, internetGatewayId, spec.vpcId);
    return { id: internetGatewayId, attrs: { internetGatewayId } };
  },

  async update(aws, observed, spec) {
    if (observed.spec.vpcId === undefined) await attach(aws, observed.id, spec.vpcId);
    await changeTags(aws, observed.id, spec.tags, observed.spec.tags ?? {});
  },

  async delete(aws, observed) {
    const InternetGatewayId = observed.id;
    const { vpcId: VpcId } = observed.spec;
    if (VpcId !== undefined)
      await absent(
        aws.ec2(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId }), {
          notYet: unlessHeld(aws, heldAttachment(aws, InternetGatewayId, VpcId), IN_USE),
        }),
        "Gateway.NotAttached",
        "InvalidInternetGatewayID.NotFound",
        "InvalidVpcID.NotFound",
      );
    await absent(
      aws.ec2(new DeleteInternetGatewayCommand({ InternetGatewayId }), { notYet: IN_USE }),
      "InvalidInternetGatewayID.NotFound",
    );
  },
});

const idOf = ({ InternetGatewayId }: Listed) => InternetGatewayId;

function gatewayOf(aws: Aws, id: string): Promise<Listed | undefined> {
  const asking = aws.ec2(new DescribeInternetGatewaysCommand({ InternetGatewayIds: [id] }));
  return findById(
    id,
    idOf,
    asking.then(({ InternetGateways }) => InternetGateways),
    "InvalidInternetGatewayID.NotFound",
  );
}

/** The stack's gateways. */
const listed = (aws: Aws): Promise<Listed[]> =>
  everyPage(async (NextToken) => {
    const page = await aws.ec2(new DescribeInternetGatewaysCommand({ Filters: ofStack(aws), NextToken }));
    return { items: page.InternetGateways, next: page.NextToken };
  });

/** `Resource.AlreadyAssociated` is the answer to an attachment that was made by a call whose own answer was lost; or to another VPC. */
async function attach(aws: Aws, InternetGatewayId: string, VpcId: string) {
  try {
    await aws.ec2(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId }), {
      notYet: notSeenYet("InvalidInternetGatewayID.NotFound", "InvalidVpcID.NotFound"),
    });
  } catch (error) {
    if (!hasCode(error, "Resource.AlreadyAssociated")) throw error;
    const gateway = await gatewayOf(aws, InternetGatewayId);
    if (gateway?.Attachments?.every((attachment) => attachment.VpcId !== VpcId) ?? true) throw error;
  }
}
