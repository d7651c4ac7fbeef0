// DeleteVpcEndpoints answers 200 and lists in `Unsuccessful` what it refused; and the states come in small letters, though
// the SDK's own list of them has capitals.
import {
  CreateVpcEndpointCommand,
  DeleteVpcEndpointsCommand,
  DescribeVpcEndpointsCommand,
  ModifyVpcEndpointCommand,
  type VpcEndpoint as Endpoint,
} from "@aws-sdk/client-ec2";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { absent } from "../errors.ts";
import { everyPage } from "../pages.ts";
import { afterSlash, defineKind } from "../define-kind.ts";
import { tagsFrom, type Tags } from "../tags.ts";
import {
  changeTags,
  clientToken,
  EC2_LAG,
  find,
  notSeenYet,
  ofStack,
  ownedIn,
  sorted,
  tagSpecifications,
  findById,
} from "./shared.ts";

export interface VpcEndpointSpec {
  vpcId: string;
  /** In full: `com.amazonaws.ap-northeast-1.ecr.api`. */
  service: string;
  type: "Interface" | "Gateway";
  /** Sorted; an interface endpoint has subnets and groups, a gateway endpoint route tables. */
  subnetIds: string[];
  groupIds: string[];
  routeTableIds: string[];
  /** Whether the service's own name leads to the endpoint; never for a gateway endpoint. */
  privateDns: boolean;
  tags: Tags;
}

export interface VpcEndpointAttrs {
  endpointId: string;
}

export const VpcEndpoint = defineKind<VpcEndpointSpec, VpcEndpointAttrs>({
  type: "ec2/vpc-endpoint",
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
  // Tasks reach AWS through it by its service's own name, without a reference to it: it goes once the routes that take its place work.
  traits: { deletedLast: true },
  timing: { ready: 60, gone: 60, listed: EC2_LAG },
  inventory: { idIn: afterSlash("ec2", "vpc-endpoint"), lists: "teardown" },

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

  async observe(aws, look) {
    const endpoint = await find(
      look,
      await look.snapshot.once("ec2/vpc-endpoint", () => listed(aws)),
      idOf,
      async (id) => {
        const asking = aws.ec2(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] }));
        const one = await findById(
          id,
          idOf,
          asking.then(({ VpcEndpoints }) => VpcEndpoints),
          ...NO_ENDPOINT,
        );
        return one && exists(one) ? one : undefined;
      },
    );
    if (!endpoint?.VpcEndpointId) return undefined;
    const tags = tagsFrom(endpoint.Tags);
    const type = endpoint.VpcEndpointType === "Gateway" ? "Gateway" : "Interface";
    const state = stateOf(endpoint);
    const { LastError: error, FailureReason } = endpoint;
    return {
      id: endpoint.VpcEndpointId,
      attrs: { endpointId: endpoint.VpcEndpointId },
      spec: {
        vpcId: endpoint.VpcId,
        service: endpoint.ServiceName,
        type,
        subnetIds: sorted(endpoint.SubnetIds),
        groupIds: sorted(endpoint.Groups?.map(({ GroupId = "" }) => GroupId)),
        routeTableIds: sorted(endpoint.RouteTableIds),
        privateDns: type === "Interface" && (endpoint.PrivateDnsEnabled ?? false),
        tags,
      },
      ready: state === "available",
      status: state,
      ...(state === "deleting" ? { leaving: true } : {}),
      ...(FAILED.includes(state) ? { failed: error?.Message ?? error?.Code ?? FailureReason ?? state } : {}),
    };
  },

  list: async (aws, _ids, snapshot = new Snapshot()) =>
    ownedIn(aws, await snapshot.once("ec2/vpc-endpoint", () => listed(aws)), idOf),

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

  async update(aws, observed, spec) {
    const { subnetIds = [], groupIds = [], routeTableIds = [], privateDns, tags = {} } = observed.spec;
    const edit = {
      ...edits("SubnetIds", subnetIds, spec.subnetIds),
      ...edits("SecurityGroupIds", groupIds, spec.groupIds),
      ...edits("RouteTableIds", routeTableIds, spec.routeTableIds),
      ...(privateDns === spec.privateDns ? {} : { PrivateDnsEnabled: spec.privateDns }),
    };
    if (Object.keys(edit).length > 0)
      await aws.ec2(new ModifyVpcEndpointCommand({ VpcEndpointId: observed.id, ...edit }), { notYet: NOT_SEEN });
    await changeTags(aws, observed.id, spec.tags, tags);
  },

  async delete(aws, observed) {
    const asked = aws.ec2(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [observed.id] }));
    const refused = (await absent(asked, ...NO_ENDPOINT))?.Unsuccessful?.[0]?.Error;
    if (refused)
      await absent(Promise.reject(Object.assign(new Error(refused.Message), { name: refused.Code })), ...NO_ENDPOINT);
  },
});

const NO_ENDPOINT = ["InvalidVpcEndpointId.NotFound", "InvalidVpcEndpoint.NotFound"];

/** This part of EC2 spells its codes with `Id`. */
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

const idOf = ({ VpcEndpointId }: Endpoint) => VpcEndpointId;

/** The stack's endpoints. One that is on its way out bears the same owner tags as the one that takes its place, and comes last. */
async function listed(aws: Aws): Promise<Endpoint[]> {
  const all = await everyPage(async (NextToken) => {
    const page = await aws.ec2(new DescribeVpcEndpointsCommand({ Filters: ofStack(aws), NextToken }));
    return { items: page.VpcEndpoints, next: page.NextToken };
  });
  return all.filter(exists).toSorted((one, other) => rank(one) - rank(other));
}

const stateOf = ({ State }: Endpoint) => (State ?? "").toLowerCase();

const exists = (endpoint: Endpoint) => stateOf(endpoint) !== "deleted";

const rank = (endpoint: Endpoint) => (stateOf(endpoint) === "deleting" ? 1 : 0);

/** What ModifyVpcEndpoint wants to hear of one of its lists; nothing where it stays as it is. */
function edits(list: "SubnetIds" | "SecurityGroupIds" | "RouteTableIds", now: string[], wanted: string[]) {
  const add = wanted.filter((id) => !now.includes(id));
  const remove = now.filter((id) => !wanted.includes(id));
  return {
    ...(add.length > 0 ? { [`Add${list}`]: add } : {}),
    ...(remove.length > 0 ? { [`Remove${list}`]: remove } : {}),
  };
}
