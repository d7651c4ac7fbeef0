import type { SimRule } from "./records.ts";

/** Whether a rule is about the port and about one of these groups, or about an IPv4 range, which may hold any address of the VPC. */
export const lets = ({ protocol, from, to, peer }: SimRule, port: number, groupIds: readonly string[]) =>
  (protocol === "-1" || (from <= port && port <= to)) &&
  (groupIds.includes(peer) || (peer.includes("/") && !peer.includes(":")));
