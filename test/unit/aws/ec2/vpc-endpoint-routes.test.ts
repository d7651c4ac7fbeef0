import { EC2Client } from "@aws-sdk/client-ec2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, expect, it } from "vitest";
import { VpcEndpoint, type VpcEndpointSpec } from "../../../../src/aws/ec2/vpc-endpoint.ts";
import { mocked, tagsIn } from "../../../support/mocked.ts";

const ec2 = mockClient(EC2Client);
beforeEach(() => ec2.reset().resolves({}));

const spec: VpcEndpointSpec = {
  vpcId: "vpc-1",
  service: "com.amazonaws.ap-northeast-1.s3",
  type: "Gateway",
  subnetIds: [],
  groupIds: [],
  routeTableIds: ["rtb-2", "rtb-3"],
  privateDns: false,
  tags: tagsIn("demo-test"),
};

/** The change that is sent where the endpoint is in these route tables. */
async function modified(routeTableIds: string[], addOnly?: true) {
  const observed = {
    id: "vpce-1",
    spec: { ...spec, routeTableIds },
    attrs: { endpointId: "vpce-1" },
    owner: "demo/test/ap-northeast-1:network/it",
    ready: true,
  };
  const updating = { note: () => {}, ...(addOnly && { addOnly }) };
  await VpcEndpoint.update(mocked(), observed, spec, new Set(["routeTableIds"]), updating);
  return ec2.calls().at(-1)?.args[0].input;
}

it("a gateway endpoint enters route tables first where the engine asks for that, and leaves the others at the end", async () => {
  expect(await modified(["rtb-1", "rtb-2"], true)).toEqual({ VpcEndpointId: "vpce-1", AddRouteTableIds: ["rtb-3"] });
  const left = { VpcEndpointId: "vpce-1", RemoveRouteTableIds: ["rtb-1"] };
  expect(await modified(["rtb-1", "rtb-2", "rtb-3"])).toEqual(left);
});
