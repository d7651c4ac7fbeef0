// A gateway and its attachment to a VPC are two things: a gateway that was detached behind our back is attached again, not
// replaced. It cannot be detached while anything in the VPC still has a public address.
import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  DeleteInternetGatewayCommand,
  DescribeInternetGatewaysCommand,
  DetachInternetGatewayCommand,
} from "@aws-sdk/client-ec2";
import type { Aws, AwsKind } from "../aws.ts";
import { absent } from "../errors.ts";
import { everyPage } from "../pages.ts";
import { ownerOf, tagsFrom, type Tags } from "../tags.ts";
import { changeTags, EC2_LAG, find, IN_USE, notSeenYet, ofStack, tagSpecifications } from "./shared.ts";

export interface InternetGatewaySpec {
  vpcId: string;
  tags: Tags;
}

export interface InternetGatewayAttrs {
  internetGatewayId: string;
}

export const InternetGateway: AwsKind<InternetGatewaySpec, InternetGatewayAttrs> = {
  type: "ec2/internet-gateway",
  tagged: true,
  immutable: ["vpcId"],
  unique: ["vpcId"],
  usual: {},
  lag: EC2_LAG,

  async observe(aws, look) {
    const gateways = await look.snapshot.once("ec2/internet-gateway", () =>
      everyPage(async (NextToken) => {
        const page = await aws.ec2(new DescribeInternetGatewaysCommand({ Filters: ofStack(aws), NextToken }));
        return { items: page.InternetGateways, next: page.NextToken };
      }),
    );
    const gateway = await find(
      look,
      gateways,
      (candidate) => candidate.InternetGatewayId,
      async (id) =>
        (
          await absent(
            aws.ec2(new DescribeInternetGatewaysCommand({ InternetGatewayIds: [id] })),
            "InvalidInternetGatewayID.NotFound",
          )
        )?.InternetGateways?.[0],
    );
    if (!gateway?.InternetGatewayId) return undefined;
    const tags = tagsFrom(gateway.Tags);
    // An attachment's state is `available` here, a word that the SDK's own list of states does not have.
    const attached = gateway.Attachments?.find(({ State }) => State !== "detaching" && State !== "detached");
    return {
      id: gateway.InternetGatewayId,
      attrs: { internetGatewayId: gateway.InternetGatewayId },
      spec: { vpcId: attached?.VpcId, tags },
      owner: ownerOf(tags),
      ready: true,
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
    await changeTags(aws, observed.id, spec.tags, observed.spec.tags ?? {});
  },

  async delete(aws, observed) {
    const InternetGatewayId = observed.id;
    if (observed.spec.vpcId !== undefined)
      await absent(
        aws.ec2(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId: observed.spec.vpcId }), {
          notYet: IN_USE,
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
};

/** `Resource.AlreadyAssociated` is the answer to an attachment that was made by a call whose own answer was lost. */
const attach = (aws: Aws, InternetGatewayId: string, VpcId: string) =>
  absent(
    aws.ec2(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId }), {
      notYet: notSeenYet("InvalidInternetGatewayID.NotFound", "InvalidVpcID.NotFound"),
    }),
    "Resource.AlreadyAssociated",
  );
