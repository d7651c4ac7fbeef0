// Not every AWS service has endpoints in every region and zone, and CreateVpcEndpoint says so only after half of a stack exists.
import {
  DescribeVpcEndpointServicesCommand,
  DescribeVpcEndpointsCommand,
  type ServiceDetail,
  type VpcEndpoint,
} from "@aws-sdk/client-ec2";
import type { Aws } from "../aws.ts";
import { awsCommand } from "../command-line.ts";
import { hasCode } from "../errors.ts";
import { isOwn } from "../obstacles.ts";
import { everyPage } from "../pages.ts";
import { tagsFrom } from "../tags.ts";

/** An endpoint that a plan creates or changes. */
export interface WantedEndpoint {
  /** In full: `com.amazonaws.ap-northeast-1.ecr.api`. */
  readonly service: string;
  readonly type: "Interface" | "Gateway";
  /** The zones of its subnets; none for a gateway endpoint. */
  readonly zones: readonly string[];
  /** Which setting it is for. */
  readonly setting: string;
}

/** The name among others that a misspelt one most likely means. */
type Suggest = (name: string, others: readonly string[]) => string | undefined;

/** Why AWS would refuse endpoints, one sentence each. Read-only. */
export async function endpointServiceProblems(
  aws: Aws,
  wanted: readonly WantedEndpoint[],
  suggest: Suggest,
): Promise<string[]> {
  const details = await serviceDetails(
    aws,
    wanted.map(({ service }) => service),
  );
  return wanted.flatMap((one) => problemOf(aws, one, details, suggest) ?? []);
}

/** What AWS says of services; of all that there are if one of them does not exist, since AWS then fails the whole call. */
async function serviceDetails(aws: Aws, names: readonly string[]): Promise<ServiceDetail[]> {
  const read = (ServiceNames?: string[]) =>
    everyPage(async (NextToken) => {
      const page = await aws.ec2(new DescribeVpcEndpointServicesCommand({ ServiceNames, NextToken }));
      return { items: page.ServiceDetails, next: page.NextToken };
    });
  try {
    return await read([...new Set(names)]);
  } catch (error) {
    if (!hasCode(error, "InvalidServiceName")) throw error;
    return read();
  }
}

function problemOf(
  aws: Aws,
  { service, type, zones, setting }: WantedEndpoint,
  details: readonly ServiceDetail[],
  suggest: Suggest,
) {
  const short = (name: string) => name.replace(`com.amazonaws.${aws.region}.`, "");
  const look = awsCommand(["ec2", "describe-vpc-endpoint-services", "--query", "ServiceNames"], aws);
  const it = `${setting}: ${short(service)}`;
  const named = details.filter(({ ServiceName }) => ServiceName === service);
  const found = named.find(({ ServiceType }) => ServiceType?.some(({ ServiceType: kind }) => kind === type));
  if (named.length === 0) {
    const all = details.flatMap(({ ServiceName }) => (ServiceName === undefined ? [] : [short(ServiceName)]));
    const meant = suggest(short(service), all);
    return `${it} has no VPC endpoint in ${aws.region}.${meant === undefined ? "" : ` Did you mean ${meant}?`} Remove it, or use another name. To list the services: ${look}`;
  }
  if (!found) {
    const kinds = named.flatMap(({ ServiceType = [] }) => ServiceType.flatMap((one) => one.ServiceType ?? []));
    return `${it} has no ${type.toLowerCase()} endpoint in ${aws.region}, but ${kinds.join(" and ")}. Remove it from the config, and declare the endpoint as a resource of your own.`;
  }
  // A gateway endpoint is in no zone and has no name.
  if (type === "Gateway") return undefined;
  const lacking = zones.filter(
    (zone) => found.AvailabilityZones !== undefined && !found.AvailabilityZones.includes(zone),
  );
  if (lacking.length > 0) {
    const has = found.AvailabilityZones?.toSorted().join(", ");
    return `${it} has no VPC endpoint in zone ${lacking.join(" and ")}, but in ${has}. Set network.zones to zones that have it${setting === "network.endpoints" ? ", or remove it" : ""}.`;
  }
  // CreateVpcEndpoint: "Private DNS can't be enabled because the service ... does not provide a private DNS name."
  const hasName = found.PrivateDnsName !== undefined || (found.PrivateDnsNames ?? []).length > 0;
  return hasName
    ? undefined
    : `${it} has no private DNS name, so tasks would not use its endpoint. Remove it from the config, and declare the endpoint as a resource of your own.`;
}

/** What stands in a VPC, and the route tables in which gateway endpoints write routes. */
interface Standing {
  readonly vpcId: string;
  readonly routeTableIds: readonly string[];
}

/**
 * Endpoints of others in the VPC in whose place none can be created: two with private DNS ("private-dns-enabled cannot be set because there is
 * already a conflicting DNS domain"), or two gateway endpoints of a service in a route table (RouteAlreadyExists).
 */
export async function endpointsInTheWay(
  aws: Aws,
  wanted: readonly WantedEndpoint[],
  { vpcId, routeTableIds }: Standing,
): Promise<string[]> {
  const all = await everyPage(async (NextToken) => {
    const filter = { Name: "vpc-id", Values: [vpcId] };
    const page = await aws.ec2(new DescribeVpcEndpointsCommand({ Filters: [filter], NextToken }));
    return { items: page.VpcEndpoints, next: page.NextToken };
  });
  const others = all.filter(({ State = "", Tags }) => !/^delet/i.test(State) && !isOwn(aws, tagsFrom(Tags)));
  const isInTheWay = ({ type, service }: WantedEndpoint, other: VpcEndpoint) =>
    other.ServiceName === service &&
    (other.VpcEndpointType ?? "Interface") === type &&
    (type === "Interface"
      ? other.PrivateDnsEnabled === true
      : (other.RouteTableIds ?? []).some((id) => routeTableIds.includes(id)));
  return wanted.flatMap((one) =>
    others
      .filter((other) => isInTheWay(one, other))
      .map(({ VpcEndpointId: id = "", ServiceName }) => {
        const remove = awsCommand(["ec2", "delete-vpc-endpoints", "--vpc-endpoint-ids", id], aws);
        return `${one.setting}: VPC ${vpcId} already has an endpoint for ${ServiceName}, ${id}, which is not the stack's, and AWS accepts only one. Delete that one, or remove the service from the config: ${remove}`;
      }),
  );
}
