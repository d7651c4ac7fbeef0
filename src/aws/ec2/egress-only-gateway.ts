// A gateway is created in its VPC and cannot be moved to another one, and nothing else has to be attached; routes to one that is deleted stay
// as black holes.
import {
  CreateEgressOnlyInternetGatewayCommand,
  DeleteEgressOnlyInternetGatewayCommand,
  DescribeEgressOnlyInternetGatewaysCommand,
  type EgressOnlyInternetGateway as Listed,
} from "@aws-sdk/client-ec2";
import { afterSlash } from "../define-kind.ts";
import type { Tags } from "../tags.ts";
import { ec2Kind, ec2Resources, ownIds } from "./ec2-kind.ts";
import { clientToken, IN_USE, notSeenYet, tagSpecifications } from "./shared.ts";

export interface EgressOnlyGatewaySpec {
  vpcId: string;
  tags: Tags;
}

export interface EgressOnlyGatewayAttrs {
  egressOnlyGatewayId: string;
}

const gateways = ec2Resources<Listed>("ec2/egress-only-gateway", {
  describe: async (aws, { ids, filters, NextToken }) => {
    const page = await aws.ec2(
      new DescribeEgressOnlyInternetGatewaysCommand({
        EgressOnlyInternetGatewayIds: ids,
        Filters: filters,
        NextToken,
      }),
    );
    return { items: page.EgressOnlyInternetGateways, next: page.NextToken };
  },
  idOf: ({ EgressOnlyInternetGatewayId }) => EgressOnlyInternetGatewayId,
  // terraform-provider-aws, internal/service/ec2/errors.go, errCodeInvalidGatewayIDNotFound. Whether an id that does not exist is an error here
  // is not documented, and is none for flow logs: an empty list is taken for the same.
  notFound: "InvalidGatewayID.NotFound",
  emptyIfAbsent: true,
});

/** The way out of private subnets for IPv6, which lets nothing in. */
export const EgressOnlyGateway = ec2Kind<EgressOnlyGatewaySpec, EgressOnlyGatewayAttrs, Listed>(gateways, {
  fields: {
    vpcId: { immutable: true },
    tags: {},
  },
  inventory: { idIn: afterSlash("ec2", "egress-only-internet-gateway"), lists: "receipt" },

  read: (_aws, gateway) => ({
    attrs: { egressOnlyGatewayId: gateway.EgressOnlyInternetGatewayId ?? "" },
    spec: { vpcId: gateway.Attachments?.[0]?.VpcId },
    ready: true,
  }),

  async create(aws, spec, making) {
    const { EgressOnlyInternetGateway: gateway } = await aws.ec2(
      new CreateEgressOnlyInternetGatewayCommand({
        VpcId: spec.vpcId,
        TagSpecifications: tagSpecifications("egress-only-internet-gateway", spec.tags),
        ClientToken: clientToken(making, spec.vpcId),
      }),
      { once: true, notYet: notSeenYet("InvalidVpcID.NotFound") },
    );
    const egressOnlyGatewayId = gateway?.EgressOnlyInternetGatewayId ?? "";
    await making.created(egressOnlyGatewayId);
    return { id: egressOnlyGatewayId, attrs: { egressOnlyGatewayId } };
  },

  delete: (aws, { id: EgressOnlyInternetGatewayId }) =>
    aws.ec2(new DeleteEgressOnlyInternetGatewayCommand({ EgressOnlyInternetGatewayId }), { notYet: IN_USE }),
});

/** The ids of the stack's egress-only internet gateways. */
export const ownEgressOnlyGateways = ownIds(gateways);
