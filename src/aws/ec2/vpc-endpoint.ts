// DeleteVpcEndpoints returns 200 and lists failures in `Unsuccessful`; and the states are in lower case, unlike
// the SDK's enum.
import {
  CreateVpcEndpointCommand,
  DeleteVpcEndpointsCommand,
  DescribeVpcEndpointsCommand,
  ModifyVpcEndpointCommand,
  type VpcEndpoint as Endpoint,
} from "@aws-sdk/client-ec2";
import { afterSlash } from "../define-kind.ts";
import type { Tags } from "../tags.ts";
import { ec2Kind, ec2Resources } from "./ec2-kind.ts";
import { clientToken, notSeenYet, sorted, tagSpecifications } from "./shared.ts";

export interface VpcEndpointSpec {
  vpcId: string;
  /** In full: `com.amazonaws.ap-northeast-1.ecr.api`. */
  service: string;
  type: "Interface" | "Gateway";
  /** Sorted; an interface endpoint has subnets and groups, a gateway endpoint route tables. */
  subnetIds: string[];
  groupIds: string[];
  routeTableIds: string[];
  /** Whether the service's default hostname resolves to the endpoint; never for a gateway endpoint. */
  privateDns: boolean;
  tags: Tags;
}

export interface VpcEndpointAttrs {
  endpointId: string;
}

const endpoints = ec2Resources<Endpoint>("ec2/vpc-endpoint", {
  describe: async (aws, { ids, filters, NextToken }) => {
    const page = await aws.ec2(new DescribeVpcEndpointsCommand({ VpcEndpointIds: ids, Filters: filters, NextToken }));
    return { items: page.VpcEndpoints, next: page.NextToken };
  },
  idOf: ({ VpcEndpointId }) => VpcEndpointId,
  notFound: ["InvalidVpcEndpointId.NotFound", "InvalidVpcEndpoint.NotFound"],
  exists: (endpoint) => stateOf(endpoint) !== "deleted",
  rank: (endpoint) => (stateOf(endpoint) === "deleting" ? 1 : 0),
});

export const VpcEndpoint = ec2Kind<VpcEndpointSpec, VpcEndpointAttrs, Endpoint>(endpoints, {
  fields: {
    vpcId: { immutable: true, unique: true },
    service: { immutable: true, unique: true },
    type: { immutable: true },
    subnetIds: {},
    groupIds: {},
    routeTableIds: {},
    privateDns: {},
    tags: {},
  },
  // Tasks use it by its service's default hostname, without a reference to it: it is deleted once the routes that replace it work.
  // A gateway endpoint stays in the routes of subnets that tasks have yet to leave. An interface has one subnet in each zone, so a second one cannot
  // be added first ("DuplicateSubnetsInSameZone", Amazon EC2 API Reference, "Error codes").
  traits: { deletedLast: true, addsFirst: ["routeTableIds"] },
  timing: { ready: 60, gone: 60 },
  inventory: { idIn: afterSlash("ec2", "vpc-endpoint"), lists: "receipt" },

  canonical(spec) {
    const ofInterface = spec.type === "Interface";
    return {
      ...spec,
      subnetIds: ofInterface ? sorted(spec.subnetIds) : [],
      groupIds: ofInterface ? sorted(spec.groupIds) : [],
      routeTableIds: ofInterface ? [] : sorted(spec.routeTableIds),
      privateDns: ofInterface && spec.privateDns,
    };
  },

  read(_aws, endpoint) {
    const type = endpoint.VpcEndpointType === "Gateway" ? "Gateway" : "Interface";
    const state = stateOf(endpoint);
    const { LastError: error, FailureReason } = endpoint;
    return {
      attrs: { endpointId: endpoint.VpcEndpointId ?? "" },
      spec: {
        vpcId: endpoint.VpcId,
        service: endpoint.ServiceName,
        type,
        subnetIds: sorted(endpoint.SubnetIds),
        groupIds: sorted(endpoint.Groups?.map(({ GroupId = "" }) => GroupId)),
        routeTableIds: sorted(endpoint.RouteTableIds),
        privateDns: type === "Interface" && (endpoint.PrivateDnsEnabled ?? false),
      },
      ready: state === "available",
      status: state,
      ...(state === "deleting" ? { leaving: true } : {}),
      ...(FAILED.includes(state) ? { failed: error?.Message ?? error?.Code ?? FailureReason ?? state } : {}),
    };
  },

  async create(aws, spec, making) {
    const { VpcEndpoint: endpoint } = await aws.ec2(
      new CreateVpcEndpointCommand({
        VpcId: spec.vpcId,
        ServiceName: spec.service,
        VpcEndpointType: spec.type,
        ...(spec.type === "Gateway"
          ? { RouteTableIds: spec.routeTableIds }
          : { SubnetIds: spec.subnetIds, SecurityGroupIds: spec.groupIds, PrivateDnsEnabled: spec.privateDns }),
        TagSpecifications: tagSpecifications("vpc-endpoint", spec.tags),
        ClientToken: clientToken(making, spec.vpcId),
      }),
      { once: true, notYet: NOT_SEEN },
    );
    const endpointId = endpoint?.VpcEndpointId ?? "";
    await making.created(endpointId);
    return { id: endpointId, attrs: { endpointId } };
  },

  async update(aws, observed, spec, { addOnly = false } = { note: () => {} }) {
    const { subnetIds = [], groupIds = [], routeTableIds = [], privateDns } = observed.spec;
    const edit = {
      ...edits("SubnetIds", subnetIds, spec.subnetIds),
      ...edits("SecurityGroupIds", groupIds, spec.groupIds),
      ...edits(
        "RouteTableIds",
        routeTableIds,
        addOnly ? [...routeTableIds, ...spec.routeTableIds] : spec.routeTableIds,
      ),
      ...(privateDns === spec.privateDns ? {} : { PrivateDnsEnabled: spec.privateDns }),
    };
    if (Object.keys(edit).length > 0)
      await aws.ec2(new ModifyVpcEndpointCommand({ VpcEndpointId: observed.id, ...edit }), { notYet: NOT_SEEN });
  },

  async delete(aws, { id }) {
    const { Unsuccessful } = await aws.ec2(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }));
    const refused = Unsuccessful?.[0]?.Error;
    if (refused) throw Object.assign(new Error(refused.Message), { name: refused.Code });
  },
});

/** The endpoint API spells its error codes with `Id`. */
const NOT_SEEN = notSeenYet(
  "InvalidVpcId.NotFound",
  "InvalidVpcID.NotFound",
  "InvalidSubnetId.NotFound",
  "InvalidSubnetID.NotFound",
  "InvalidSecurityGroupId.NotFound",
  "InvalidGroup.NotFound",
  "InvalidRouteTableId.NotFound",
  "InvalidRouteTableID.NotFound",
);

const FAILED = ["failed", "rejected", "expired"];

const stateOf = ({ State }: Endpoint) => (State ?? "").toLowerCase();

/** The ModifyVpcEndpoint parameters for one list; none if it is unchanged. */
function edits(list: "SubnetIds" | "SecurityGroupIds" | "RouteTableIds", now: string[], wanted: string[]) {
  const add = wanted.filter((id) => !now.includes(id));
  const remove = now.filter((id) => !wanted.includes(id));
  return {
    ...(add.length > 0 ? { [`Add${list}`]: add } : {}),
    ...(remove.length > 0 ? { [`Remove${list}`]: remove } : {}),
  };
}
