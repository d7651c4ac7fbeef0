import { Vpc } from "../../src/aws/ec2/vpc.ts";
import { contract } from "./suite.ts";

contract({
  kind: Vpc,
  spec: async () => ({ cidr: "10.0.0.0/16", dnsSupport: true, dnsHostnames: false, tags: {} }),
  edits: { dnsSupport: () => false, dnsHostnames: () => true },
});
