import { endpointServiceProblems, endpointsInTheWay, type WantedEndpoint } from "../aws/ec2/endpoint-services.ts";
import { RouteTable } from "../aws/ec2/route-table.ts";
import { VpcEndpoint } from "../aws/ec2/vpc-endpoint.ts";
import { Vpc } from "../aws/ec2/vpc.ts";
import { explain } from "../aws/advice.ts";
import type { NetworkFindings } from "../aws/ec2/existing-network.ts";
import { isDenied } from "../aws/errors.ts";
import type { Aws } from "../aws/aws.ts";
import type { Action, Plan } from "../engine/action.ts";
import { nearest } from "../config/suggest.ts";
import type { Session } from "./session.ts";

const NOTHING: NetworkFindings = { problems: [], notes: [] };

/** Why AWS would refuse the VPC endpoints of the config that a plan creates or moves; nothing is asked where it creates none. */
export async function endpointFindings({ aws, stack }: Session, { actions }: Plan<Aws>): Promise<NetworkFindings> {
  const { network } = stack;
  if (network.vpc !== undefined) return NOTHING;
  const inConfig = (id: string) => id.startsWith("compute/endpoint-");
  const touched = actions.filter(
    ({ id, kind, action, differences }) =>
      kind.type === VpcEndpoint.type &&
      inConfig(id) &&
      (action === "create" || action === "replace" || differences.some(({ path }) => path.startsWith("subnetIds"))),
  );
  if (touched.length === 0) return NOTHING;
  const { endpoints, zones } = network;
  const wantedOf = ({ desired }: Action<Aws>): WantedEndpoint => {
    const service = String(desired?.["service"]);
    const isListed = endpoints.some((name) => service === `com.amazonaws.${aws.region}.${name}`);
    const setting = isListed ? "network.endpoints" : `network.nat "none"`;
    return desired?.["type"] === "Gateway"
      ? { service, type: "Gateway", zones: [], setting }
      : { service, type: "Interface", zones, setting };
  };
  const created = touched.filter(({ action }) => action === "create").map(wantedOf);
  try {
    const [refused, taken] = await Promise.all([
      endpointServiceProblems(aws, touched.map(wantedOf), nearest),
      inTheWay(aws, created, actions),
    ]);
    return { problems: [...refused, ...taken], notes: [] };
  } catch (error) {
    // A permission that earlier versions did not need: AWS itself refuses what it does not have.
    if (!isDenied(error)) throw error;
    return { problems: [], notes: [`Could not check the services of VPC endpoints: ${explain(error).what}`] };
  }
}

/** Only a VPC that stands, and stays, can have endpoints of others. */
async function inTheWay(
  aws: Aws,
  created: readonly WantedEndpoint[],
  actions: Plan<Aws>["actions"],
): Promise<string[]> {
  const standing = (type: string) =>
    actions.flatMap(({ kind, action, observed }) =>
      kind.type === type && observed && (action === "noop" || action === "update") ? [observed.id] : [],
    );
  const [vpcId] = standing(Vpc.type);
  if (vpcId === undefined || created.length === 0) return [];
  return endpointsInTheWay(aws, created, { vpcId, routeTableIds: standing(RouteTable.type) });
}
