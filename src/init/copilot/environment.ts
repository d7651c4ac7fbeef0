import type { ConfigObject } from "../config-text.ts";
import { some } from "./container.ts";
import type { Fields } from "./fields.ts";

/** What an environment's manifest means for a stack. */
export interface ConvertedEnvironment {
  readonly network: ConfigObject | undefined;
  readonly hasCdn: boolean;
  readonly allowFrom: readonly string[];
  readonly accessLogs: boolean;
  readonly containerInsights: boolean;
}

/** The environment without a manifest: what Copilot creates by default. */
export const PLAIN_ENVIRONMENT: ConvertedEnvironment = {
  network: undefined,
  hasCdn: false,
  allowFrom: [],
  accessLogs: false,
  containerInsights: false,
};

const CERTIFICATES = "Fairlead requests and renews certificates itself: set domain";

/** Converts the manifest of an environment. */
export function environmentOf(fields: Fields): ConvertedEnvironment {
  fields.take("name");
  fields.take("type");
  const cdnMap = fields.map("cdn");
  const hasCdn = cdnMap !== undefined || fields.flag("cdn") === true;
  cdnMap?.leave("certificate", CERTIFICATES);
  cdnMap?.leave("terminate_tls", "with a domain, HTTPS reaches up to the load balancer");
  cdnMap?.leave(
    "static_assets",
    "buckets are no origins; instead, serve static files from a service below /static/, which CloudFront caches",
  );
  cdnMap?.close();
  const network = networkOf(fields);
  const http = fields.map("http");
  const open = http?.map("public");
  open?.leave("certificates", CERTIFICATES);
  open?.leave("ssl_policy", "the policy is TLS 1.2 and above");
  const logs = open?.map("access_logs");
  logs?.leave("bucket_name", "logs are in a bucket of the stack");
  logs?.leave("prefix", "logs are in a bucket of the stack");
  const accessLogs = logs !== undefined || open?.flag("access_logs") === true;
  const ingress = open?.map("ingress") ?? open?.map("security_groups")?.map("ingress");
  const sources = ingress?.take("source_ips");
  // Only CloudFront reaches a load balancer behind it, always.
  ingress?.take("restrict_to");
  ingress?.close();
  open?.close();
  http?.leave("private", "there is no internal load balancer; services that are internal reach each other at NAME_URL");
  http?.close();
  const observability = fields.map("observability");
  const containerInsights = observability?.flag("container_insights") ?? false;
  observability?.close();
  fields.close();
  return {
    network,
    hasCdn,
    allowFrom: Array.isArray(sources) ? sources.map(String) : [],
    accessLogs,
    containerInsights,
  };
}

function networkOf(fields: Fields): ConfigObject | undefined {
  const network = fields.map("network");
  const vpc = network?.map("vpc");
  if (!vpc) {
    network?.close();
    return undefined;
  }
  const subnets = vpc.map("subnets");
  const listed = (key: string) => {
    const value = subnets?.take(key);
    return Array.isArray(value) ? (value as { id?: string; cidr?: string; az?: string }[]) : [];
  };
  const [open, closed] = [listed("public"), listed("private")];
  subnets?.close();
  vpc.leave("security_group", "each service has its own security group; to add rules, use resources with stack.tasks");
  const flowLogs = vpc.has("flow_logs") && vpc.take("flow_logs") !== false;
  const id = vpc.text("id");
  const cidr = vpc.text("cidr");
  vpc.close();
  network?.close();
  const values = (list: readonly { id?: string; cidr?: string; az?: string }[], key: "id" | "cidr" | "az") => {
    const found = list.flatMap((one) => one[key] ?? []);
    return found.length === 0 ? undefined : found;
  };
  const key = id === undefined ? "cidr" : "id";
  return some({
    vpc: id,
    cidr,
    zones: id === undefined ? (values(open, "az") ?? values(closed, "az")) : undefined,
    publicSubnets: values(open, key),
    privateSubnets: values(closed, key),
    flowLogs: flowLogs && id === undefined ? {} : undefined,
  });
}
