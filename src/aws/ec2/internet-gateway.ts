// A gateway and its attachment to a VPC are separate: a gateway that was detached outside Fairlead is attached again, not
// replaced. It cannot be detached while anything in the VPC has a public address.
import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  DeleteInternetGatewayCommand,
  DescribeInternetGatewaysCommand,
  DetachInternetGatewayCommand,
  type InternetGateway as Listed,
} from "@aws-sdk/client-ec2";
import type { Aws } from "../aws.ts";
import { absent, hasCode } from "../errors.ts";
import { unlessHeld } from "../obstacles.ts";
import type { Tags } from "../tags.ts";
import { heldAttachment } from "./obstacles.ts";
import { ec2Kind, ec2Resources, ownIds } from "./ec2-kind.ts";
import { IN_USE, notSeenYet, tagSpecifications } from "./shared.ts";

export interface InternetGatewaySpec {
  vpcId: string;
  tags: Tags;
}

export interface InternetGatewayAttrs {
  internetGatewayId: string;
}

const gateways = ec2Resources<Listed>("ec2/internet-gateway", {
  describe: async (aws, { ids, filters, NextToken }) => {
    const page = await aws.ec2(
      new DescribeInternetGatewaysCommand({ InternetGatewayIds: ids, Filters: filters, NextToken }),
    );
    return { items: page.InternetGateways, next: page.NextToken };
  },
  idOf: ({ InternetGatewayId }) => InternetGatewayId,
  notFound: "InvalidInternetGatewayID.NotFound",
});

export const InternetGateway = ec2Kind<InternetGatewaySpec, InternetGatewayAttrs, Listed>(gateways, {
  fields: {
    vpcId: { immutable: true, unique: true },
    tags: {},
  },
  // An attachment is `attaching` first: NAT gateways created without waiting for it fail a minute later (Gateway.NotAttached), so
  // terraform-provider-aws waits (internal/service/ec2/vpc_internet_gateway.go, waitInternetGatewayAttached).
  timing: { ready: 2 },
  // A VPC can be deleted as soon as its gateway is detached.
  traits: { goesAlone: true },

  read(_aws, gateway) {
    // The state of an attachment is `available` here, which is missing in the SDK's enum.
    const { Attachments: attachments = [] } = gateway;
    const attached = attachments.find(({ State }) => State !== "detaching" && State !== "detached");
    return {
      attrs: { internetGatewayId: gateway.InternetGatewayId ?? "" },
      spec: { vpcId: attached?.VpcId },
      ready: attached !== undefined && attached.State !== "attaching",
      status: attached?.State ?? "detached",
      ...(attachments.every(({ State }) => State === "detached") ? { idle: true } : {}),
    };
  },

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
  },

  async delete(aws, { id: InternetGatewayId, spec: { vpcId: VpcId } }, deleting) {
    if (VpcId !== undefined)
      await absent(
        aws.ec2(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId }), {
          notYet: unlessHeld(aws, heldAttachment(aws, InternetGatewayId, VpcId), IN_USE),
        }),
        "Gateway.NotAttached",
        "InvalidInternetGatewayID.NotFound",
        "InvalidVpcID.NotFound",
      );
    deleting?.released();
    await aws.ec2(new DeleteInternetGatewayCommand({ InternetGatewayId }), { notYet: IN_USE });
  },
});

/** `Resource.AlreadyAssociated`: attached by a call whose response was lost, or attached to another VPC. */
async function attach(aws: Aws, InternetGatewayId: string, VpcId: string) {
  try {
    await aws.ec2(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId }), {
      notYet: notSeenYet("InvalidInternetGatewayID.NotFound", "InvalidVpcID.NotFound"),
    });
  } catch (error) {
    if (!hasCode(error, "Resource.AlreadyAssociated")) throw error;
    const gateway = await gateways.byId(aws, InternetGatewayId);
    if (gateway?.Attachments?.every((attachment) => attachment.VpcId !== VpcId) ?? true) throw error;
  }
}

/** The ids of the stack's internet gateways. */
export const ownInternetGateways = ownIds(gateways);
