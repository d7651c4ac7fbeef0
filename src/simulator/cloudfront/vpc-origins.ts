import type {
  CreateVpcOriginCommandInput,
  CreateVpcOriginCommandOutput,
  DeleteVpcOriginCommandInput,
  DeleteVpcOriginCommandOutput,
  DistributionConfig,
  GetVpcOriginCommandInput,
  GetVpcOriginCommandOutput,
  ListDistributionsByVpcOriginIdCommandInput,
  ListDistributionsByVpcOriginIdCommandOutput,
  ListVpcOriginsCommandInput,
  ListVpcOriginsCommandOutput,
  UpdateVpcOriginCommandInput,
  UpdateVpcOriginCommandOutput,
  VpcOriginEndpointConfig,
} from "@aws-sdk/client-cloudfront";
import { addServiceInterfaces, removeServiceInterfaces } from "../ec2/vpc-origin-interfaces.ts";
import { balancers } from "../elb/records.ts";
import { refuse } from "../errors.ts";
import { pageOf } from "../pages.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { tagsOfInput, type SimTags } from "../tagging.ts";
import { TIMING } from "../timing.ts";
import { checkMatch, distributions, newId, PAGES } from "./records.ts";

interface SimVpcOrigin {
  id: string;
  arn: string;
  etag: string;
  config: VpcOriginEndpointConfig;
  createdAt: number;
  changedAt: number;
  /** When the last change has reached all of CloudFront. */
  readyAt: number;
  /** When it is gone, once it is being deleted. */
  goneAt?: number;
  /** The interfaces that CloudFront has in the VPC. */
  interfaceIds: string[];
  /** The region of its load balancer. */
  place: string;
  tags: SimTags;
}

const table = (sim: Sim) => sim.global<SimVpcOrigin>("cloudfront.vpcOrigins");
/** Those that are being deleted. */
const leaving = (sim: Sim) => sim.global<SimVpcOrigin>("~cloudfront.vpcOriginsLeaving");

/** Those that are there now, also those on their way out. */
export const vpcOrigins = (sim: Sim): SimVpcOrigin[] => [
  ...Object.values(table(sim)),
  ...Object.values(leaving(sim)).filter(({ goneAt = 0 }) => goneAt > sim.now),
];

/** The origin of an id that a distribution may name; `undefined` if there is none that is deployed. */
export const deployedOrigin = (sim: Sim, id: string): SimVpcOrigin | undefined =>
  vpcOrigins(sim).find((origin) => origin.id === id && statusOf(sim, origin) === "Deployed");

/** Whether an origin points to a load balancer. */
export const leadsInto = (sim: Sim, arn: string): boolean => vpcOrigins(sim).some(({ config }) => config.Arn === arn);

const originOf = (sim: Sim, id: string | undefined): SimVpcOrigin =>
  vpcOrigins(sim).find((origin) => origin.id === id) ?? refuse("EntityNotFound", "The entity was not found.", 404);

const statusOf = (sim: Sim, { readyAt, goneAt }: SimVpcOrigin) =>
  readyAt > sim.now || goneAt !== undefined ? "Deploying" : "Deployed";

const answerOf = (sim: Sim, origin: SimVpcOrigin) => ({
  Id: origin.id,
  Arn: origin.arn,
  Status: statusOf(sim, origin),
  CreatedTime: new Date(origin.createdAt),
  LastModifiedTime: new Date(origin.changedAt),
  VpcOriginEndpointConfig: origin.config,
});

/** The VPC origins that a config names. */
const named = (config: DistributionConfig | undefined): string[] =>
  (config?.Origins?.Items ?? []).flatMap(({ VpcOriginConfig }) => VpcOriginConfig?.VpcOriginId ?? []);

/** The distributions that use an origin: also while edge locations still go by a config that named it. */
const usersOf = (sim: Sim, id: string): string[] =>
  Object.values(distributions(sim))
    .filter(
      ({ config, former, readyAt }) => named(config).includes(id) || (readyAt > sim.now && named(former).includes(id)),
    )
    .map((distribution) => distribution.id);

/**
 * The load balancer of a config ("Restrict access with VPC origins", CloudFront Developer Guide, prerequisites: in a private subnet, active,
 * in a VPC with an internet gateway).
 */
function checkConfig(
  sim: Sim,
  config: VpcOriginEndpointConfig | undefined,
  own?: SimVpcOrigin,
): VpcOriginEndpointConfig {
  if (!config) return refuse("InvalidArgument", "The parameter VpcOriginEndpointConfig is required.");
  const { OriginSslProtocols: tls } = config;
  if (tls && tls.Quantity !== tls.Items?.length)
    refuse("InconsistentQuantities", "The value of Quantity and the size of Items don't match.");
  if (vpcOrigins(sim).some((other) => other.config.Name === config.Name && other !== own))
    refuse("EntityAlreadyExists", "The entity already exists. You must provide a unique entity.", 409);
  const [, , , region = ""] = (config.Arn ?? "").split(":");
  const balancer = balancers(simIn(sim, region))[config.Arn ?? ""];
  if (!balancer) return refuse("InvalidArgument", "The specified load balancer does not exist.");
  if (balancer.scheme !== "internal") refuse("InvalidArgument", "The specified load balancer is not internal.");
  if (balancer.readyAt > sim.now) refuse("InvalidArgument", "The specified load balancer is not active.");
  return config;
}

/** The simulated services of another region: CloudFront is global. */
const simIn = (sim: Sim, region: string): Sim => ({
  ...sim,
  region,
  table: (name) => sim.world.table(`${name}@${region}`),
});

export const vpcOriginOperations = {
  CreateVpcOrigin(input: CreateVpcOriginCommandInput, sim): Answer<CreateVpcOriginCommandOutput> {
    const config = checkConfig(sim, input.VpcOriginEndpointConfig);
    const id = sim.id("vo").replace("-", "_");
    const [, , , region = ""] = (config.Arn ?? "").split(":");
    const there = simIn(sim, region);
    const origin: SimVpcOrigin = {
      id,
      arn: sim.arn("cloudfront", `vpcorigin/${id}`, ""),
      etag: newId(sim),
      config,
      createdAt: sim.now,
      changedAt: sim.now,
      readyAt: sim.in(TIMING.vpcOrigin),
      interfaceIds: addServiceInterfaces(there, balancers(there)[config.Arn ?? ""]?.subnetIds ?? []),
      place: region,
      tags: tagsOfInput(input.Tags?.Items, "InvalidTagging"),
    };
    table(sim)[id] = origin;
    return { VpcOrigin: answerOf(sim, origin), ETag: origin.etag };
  },

  GetVpcOrigin(input: GetVpcOriginCommandInput, sim): Answer<GetVpcOriginCommandOutput> {
    const origin = originOf(sim, input.Id);
    return { VpcOrigin: answerOf(sim, origin), ETag: origin.etag };
  },

  UpdateVpcOrigin(input: UpdateVpcOriginCommandInput, sim): Answer<UpdateVpcOriginCommandOutput> {
    const origin = originOf(sim, input.Id);
    checkMatch(origin.etag, input.IfMatch);
    if (usersOf(sim, origin.id).length > 0)
      refuse("CannotUpdateEntityWhileInUse", "The entity cannot be updated while it is in use.", 409);
    if (statusOf(sim, origin) === "Deploying")
      refuse("IllegalUpdate", "The update contains modifications that are not allowed.");
    origin.config = checkConfig(sim, input.VpcOriginEndpointConfig, origin);
    origin.etag = newId(sim);
    origin.changedAt = sim.now;
    origin.readyAt = sim.in(TIMING.vpcOrigin);
    return { VpcOrigin: answerOf(sim, origin), ETag: origin.etag };
  },

  DeleteVpcOrigin(input: DeleteVpcOriginCommandInput, sim): Answer<DeleteVpcOriginCommandOutput> {
    const origin = originOf(sim, input.Id);
    checkMatch(origin.etag, input.IfMatch);
    if (usersOf(sim, origin.id).length > 0)
      refuse("CannotDeleteEntityWhileInUse", "The entity cannot be deleted while it is in use.", 409);
    // The strictest reading of IllegalDelete (API reference, DeleteVpcOrigin): a change that is being deployed is not interrupted.
    if (statusOf(sim, origin) === "Deploying") refuse("IllegalDelete", "Deletion is not allowed for this entity.");
    origin.goneAt = sim.in(TIMING.vpcOrigin);
    delete table(sim)[origin.id];
    leaving(sim)[origin.id] = origin;
    removeServiceInterfaces(simIn(sim, origin.place), origin.interfaceIds, origin.goneAt);
    return { VpcOrigin: answerOf(sim, origin), ETag: origin.etag };
  },

  ListVpcOrigins(input: ListVpcOriginsCommandInput, sim): Answer<ListVpcOriginsCommandOutput> {
    const { Marker = "", MaxItems = PAGES.usual } = input;
    const { page, next } = pageOf(vpcOrigins(sim), { token: input.Marker, size: MaxItems }, PAGES);
    return {
      VpcOriginList: {
        Marker,
        MaxItems,
        IsTruncated: next !== undefined,
        NextMarker: next,
        Quantity: page.length,
        Items: page.map((origin) => ({
          Id: origin.id,
          Name: origin.config.Name,
          Status: statusOf(sim, origin),
          CreatedTime: new Date(origin.createdAt),
          LastModifiedTime: new Date(origin.changedAt),
          Arn: origin.arn,
          OriginEndpointArn: origin.config.Arn,
        })),
      },
    };
  },

  ListDistributionsByVpcOriginId(
    input: ListDistributionsByVpcOriginIdCommandInput,
    sim,
  ): Answer<ListDistributionsByVpcOriginIdCommandOutput> {
    const { Marker = "", MaxItems = PAGES.usual } = input;
    const { page, next } = pageOf(
      usersOf(sim, originOf(sim, input.VpcOriginId).id),
      { token: input.Marker, size: MaxItems },
      PAGES,
    );
    return {
      DistributionIdList: {
        Marker,
        MaxItems,
        IsTruncated: next !== undefined,
        NextMarker: next,
        Quantity: page.length,
        Items: page,
      },
    };
  },
} satisfies Operations;
