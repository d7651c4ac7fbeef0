import type {
  CreateVpcOriginCommandInput,
  CreateVpcOriginCommandOutput,
  ListVpcOriginsCommandInput,
  ListVpcOriginsCommandOutput,
} from "@aws-sdk/client-cloudfront";
import { refuse } from "../errors.ts";
import { pageOf } from "../pages.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { PAGES } from "./records.ts";

interface SimVpcOrigin {
  id: string;
  name: string;
  endpoint: string;
  createdAt: number;
}

const origins = (sim: Sim) => sim.global<SimVpcOrigin>("cloudfront.vpcOrigins");

/** Whether an origin points to a load balancer. */
export const leadsInto = (sim: Sim, arn: string): boolean =>
  Object.values(origins(sim)).some(({ endpoint }) => endpoint === arn);

/** VPC origins, as far as they keep a load balancer: there is no way to use one here. */
export const vpcOriginOperations = {
  CreateVpcOrigin(input: CreateVpcOriginCommandInput, sim): Answer<CreateVpcOriginCommandOutput> {
    const given = input.VpcOriginEndpointConfig;
    const { Name: name = "", Arn: endpoint = "" } = given ?? {};
    if (Object.values(origins(sim)).some((other) => other.name === name))
      refuse("EntityAlreadyExists", "The entity already exists.", 409);
    const id = sim.id("vo").replace("-", "_");
    origins(sim)[id] = { id, name, endpoint, createdAt: sim.now };
    return {
      VpcOrigin: {
        Id: id,
        Arn: sim.arn("cloudfront", `vpcorigin/${id}`, ""),
        Status: "Deploying",
        CreatedTime: new Date(sim.now),
        LastModifiedTime: new Date(sim.now),
        VpcOriginEndpointConfig: given,
      },
    };
  },

  ListVpcOrigins(input: ListVpcOriginsCommandInput, sim): Answer<ListVpcOriginsCommandOutput> {
    const { Marker = "", MaxItems = PAGES.usual } = input;
    const { page, next } = pageOf(Object.values(origins(sim)), { token: input.Marker, size: MaxItems }, PAGES);
    return {
      VpcOriginList: {
        Marker,
        MaxItems,
        IsTruncated: next !== undefined,
        NextMarker: next,
        Quantity: page.length,
        Items: page.map(({ id, name, endpoint, createdAt }) => ({
          Id: id,
          Name: name,
          Status: "Deployed",
          CreatedTime: new Date(createdAt),
          LastModifiedTime: new Date(createdAt),
          Arn: sim.arn("cloudfront", `vpcorigin/${id}`, ""),
          OriginEndpointArn: endpoint,
        })),
      },
    };
  },
} satisfies Operations;
