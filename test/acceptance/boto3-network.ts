import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { StackConfig } from "../../src/index.ts";
import { REGION, type Moto } from "./world.ts";

/** Calls that only make, change or delete what a network is made of. */
export const OF_NETWORKS = /Vpc|Subnet|Route|InternetGateway|NatGateway|Address|NetworkAcl|DhcpOptions|VpcEndpoint/;

/** Networks as boto3 makes them and tells of them. */
export function boto3Networks({ endpoint }: Moto): {
  /** Makes a network, with DNS hostnames if asked, and returns it as a config names it. */
  make(dns?: "dns-hostnames"): NonNullable<StackConfig["network"]>;
  /** Everything that EC2 tells of a VPC and of what is in it, as one string. */
  tell(vpc: string): string;
} {
  const python = (...args: string[]): string => {
    const script = fileURLToPath(new URL("network.py", import.meta.url));
    const { status, stdout, stderr } = spawnSync(
      process.env["PYTHON"] ?? "python3",
      [script, endpoint, REGION, ...args],
      { encoding: "utf8" },
    );
    if (status !== 0) throw new Error(stderr);
    return stdout;
  };
  return {
    make: (dns) =>
      JSON.parse(python("make", ...(dns === undefined ? [] : [dns]))) as NonNullable<StackConfig["network"]>,
    tell: (vpc) => python("tell", vpc),
  };
}
