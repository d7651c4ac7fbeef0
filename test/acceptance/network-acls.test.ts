import { DescribeNetworkAclsCommand, DescribeVpcEndpointsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { stackOnMoto } from "./stack-on-moto.ts";
import { NOTHING } from "./whole.ts";
import { REGION } from "./world.ts";

const WITH = {
  zones: [`${REGION}a`],
  endpoints: ["s3", "sqs"],
  acls: { deny: ["203.0.113.0/24"], private: [{ direction: "in", ports: "5432", cidr: "192.168.0.0/16" }] },
} as const;

/* What moto lacks here is in the simulator's tests: endpoints are ready at once, and ACLs filter nothing. */
describe("network ACLs, endpoints and a single zone, over HTTP", () => {
  const at = stackOnMoto(({ stack }) => stack.edit({ network: { ...WITH, endpoints: [...WITH.endpoints] } }));

  it("are created, need no changes then, are turned off, and are torn down", async () => {
    const credentials = { accessKeyId: "testing", secretAccessKey: "testing" };
    const ec2 = new EC2Client({ region: REGION, endpoint: at.moto.endpoint, credentials });
    const acls = async () => {
      const { NetworkAcls = [] } = await ec2.send(new DescribeNetworkAclsCommand({}));
      const own = NetworkAcls.filter(({ Tags = [] }) => Tags.some(({ Key }) => Key === "fairlead:stack"));
      return own.map(({ Associations = [] }) => Associations.length).toSorted((one, other) => one - other);
    };
    const created = await at.run("reconcile", "--yes");
    expect(created.stderr).not.toContain("failed");
    expect(created.code).toBe(0);
    // One private subnet, and two public ones: a load balancer needs two zones.
    expect(await acls()).toEqual([1, 2]);
    const { VpcEndpoints = [] } = await ec2.send(new DescribeVpcEndpointsCommand({}));
    expect(VpcEndpoints.map(({ ServiceName = "" }) => ServiceName.split(".").at(-1) ?? "").toSorted()).toEqual([
      "s3",
      "sqs",
    ]);
    expect(await at.changes()).toEqual({});

    at.stack.edit({ network: { zones: [...WITH.zones] } });
    expect((await at.run("reconcile", "--yes")).code).toBe(0);
    expect(await acls()).toEqual([]);
    expect(await at.changes()).toEqual({});

    expect((await at.run("teardown", "--yes")).code).toBe(0);
    expect(await at.moto.count()).toEqual(NOTHING);
  });
});
