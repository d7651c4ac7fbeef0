// A subnet's IPv6 range can only be taken away once no network interface has an address of it, and a task keeps its own until it stops.
import { DescribeNetworkInterfacesCommand, type NetworkInterface } from "@aws-sdk/client-ec2";
import type { Aws } from "../aws.ts";
import { everyPage } from "../pages.ts";

/** The network interfaces in subnets that have IPv6 addresses and keep them: a load balancer gives its own back first. */
export async function ipv6Bearers(aws: Aws, subnetIds: readonly string[]): Promise<NetworkInterface[]> {
  const found = await everyPage(async (NextToken) => {
    const Filters = [{ Name: "subnet-id", Values: [...subnetIds] }];
    const page = await aws.ec2(new DescribeNetworkInterfacesCommand({ Filters, NextToken }));
    return { items: page.NetworkInterfaces, next: page.NextToken };
  });
  return found.filter(
    ({ Ipv6Addresses = [], Description = "" }) => Ipv6Addresses.length > 0 && !Description.startsWith("ELB app/"),
  );
}
