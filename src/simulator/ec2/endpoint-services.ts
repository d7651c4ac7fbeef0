import type { ServiceDetail } from "@aws-sdk/client-ec2";
import { refuse } from "../errors.ts";
import type { Sim } from "../sim.ts";
import type { SimSubnet } from "./records.ts";
import { zonesOf } from "./zones.ts";

/** What one endpoint service offers in one way. */
type Offer = ServiceDetail & { readonly ServiceName: string; readonly AvailabilityZones: string[] };

/** Gateway endpoints (AWS PrivateLink Guide, "Gateway endpoints"); both services have interface endpoints too. */
const GATEWAYS = ["s3", "dynamodb"];

/**
 * Interface endpoints that the simulated AWS has (AWS PrivateLink Guide, "AWS services that integrate with AWS PrivateLink"), with the DNS
 * name that each service's API has in a region where it is another.
 */
const INTERFACES: Readonly<Record<string, string>> = {
  "ecr.api": "api.ecr",
  "ecr.dkr": "*.dkr.ecr",
  ecs: "ecs",
  "ecs-agent": "ecs-a",
  "ecs-telemetry": "ecs-t",
  elasticfilesystem: "elasticfilesystem",
  events: "events",
  kms: "kms",
  lambda: "lambda",
  logs: "logs",
  monitoring: "monitoring",
  s3: "s3",
  secretsmanager: "secretsmanager",
  sns: "sns",
  sqs: "sqs",
  ssm: "ssm",
  ssmmessages: "ssmmessages",
  states: "states",
  sts: "sts",
  xray: "xray",
};

/** Services that the last zone of a region lacks: such zones exist (Amazon SES Developer Guide, "Setting up VPC endpoints"). */
const NOT_EVERYWHERE: Readonly<Record<string, string>> = { "email-smtp": "email-smtp" };

/** Services whose endpoints have no private DNS name: that of DynamoDB's interface endpoint, as several users of Terraform and CDK report. */
const WITHOUT_NAME = ["dynamodb"];

/** All that a region offers. */
export function endpointServices(sim: Sim): Offer[] {
  const zones = zonesOf(sim);
  const offer = (name: string, type: "Gateway" | "Interface", host: string | undefined, inZones: string[]): Offer => ({
    ServiceName: `com.amazonaws.${sim.region}.${name}`,
    ServiceType: [{ ServiceType: type }],
    AvailabilityZones: inZones,
    Owner: "amazon",
    AcceptanceRequired: false,
    ...(host === undefined ? {} : { PrivateDnsName: `${host}.${sim.region}.amazonaws.com` }),
  });
  const all = Object.entries(INTERFACES).map(([name, host]) => offer(name, "Interface", host, zones));
  const some = Object.entries(NOT_EVERYWHERE).map(([name, host]) =>
    offer(name, "Interface", host, zones.length > 1 ? zones.slice(0, -1) : zones),
  );
  return [
    ...GATEWAYS.map((name) => offer(name, "Gateway", undefined, zones)),
    ...all,
    ...some,
    ...WITHOUT_NAME.map((name) => offer(name, "Interface", undefined, zones)),
  ];
}

/** What a service offers in the way that is asked for, or EC2's refusal. */
export function offerOf(sim: Sim, service: string, type: "Gateway" | "Interface"): Offer {
  const named = endpointServices(sim).filter(({ ServiceName }) => ServiceName === service);
  if (named.length === 0) refuse("InvalidServiceName", `The Vpc Endpoint Service '${service}' does not exist`);
  return (
    named.find(({ ServiceType }) => ServiceType?.[0]?.ServiceType === type) ??
    refuse(
      "InvalidParameter",
      `Endpoint type (${type}) does not match available service types (${named[0]?.ServiceType?.[0]?.ServiceType}).`,
    )
  );
}

/** The words in which users of Terraform report the refusal. */
export function demandZone({ ServiceName, AvailabilityZones }: Offer, { id, zone }: SimSubnet): void {
  if (!AvailabilityZones.includes(zone))
    refuse(
      "InvalidParameter",
      `The VPC endpoint service ${ServiceName} does not support the availability zone of the subnet: ${id}.`,
    );
}
