import {
  DescribeVpcEndpointServicesCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
  type ServiceDetail,
  type VpcEndpoint,
} from "@aws-sdk/client-ec2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import {
  endpointServiceProblems,
  endpointsInTheWay,
  type WantedEndpoint,
} from "../../../../src/aws/ec2/endpoint-services.ts";
import { nearest } from "../../../../src/config/suggest.ts";
import { awsError } from "../../../support/failing.ts";
import { FOREIGN, mocked, OWNED } from "../../../support/mocked.ts";

const ec2 = mockClient(EC2Client);
beforeEach(() => ec2.reset());

const aws = mocked();
const nameOf = (short: string) => `com.amazonaws.${aws.region}.${short}`;
const wanted = (short: string, more: Partial<WantedEndpoint> = {}): WantedEndpoint => ({
  service: nameOf(short),
  type: "Interface",
  zones: [`${aws.region}a`],
  setting: "network.endpoints",
  ...more,
});
const detail = (short: string, more: Partial<ServiceDetail> = {}): ServiceDetail => ({
  ServiceName: nameOf(short),
  ServiceType: [{ ServiceType: "Interface" }],
  AvailabilityZones: [`${aws.region}a`, `${aws.region}b`],
  PrivateDnsName: `${short}.${aws.region}.amazonaws.com`,
  ...more,
});
const GATEWAY = detail("s3", { ServiceType: [{ ServiceType: "Gateway" }] });

const answers = (...ServiceDetails: ServiceDetail[]) =>
  ec2.on(DescribeVpcEndpointServicesCommand).resolves({ ServiceDetails });
const problems = (...all: WantedEndpoint[]) => endpointServiceProblems(aws, all, nearest);

describe("the services of VPC endpoints", () => {
  it("are asked for by name, in one call, each once", async () => {
    answers(GATEWAY, detail("sqs"));
    const s3 = wanted("s3", { type: "Gateway", zones: [] });
    expect(await problems(s3, wanted("sqs"), wanted("sqs", { zones: [`${aws.region}b`] }))).toEqual([]);
    expect(ec2.commandCalls(DescribeVpcEndpointServicesCommand).map(({ args }) => args[0].input)).toEqual([
      { ServiceNames: [nameOf("s3"), nameOf("sqs")] },
    ]);
  });

  it("are all listed, over pages, if one does not exist: AWS fails the whole call", async () => {
    const all = { ServiceNames: undefined };
    ec2
      .on(DescribeVpcEndpointServicesCommand)
      .rejects(awsError("InvalidServiceName", "The Vpc Endpoint Service does not exist"))
      .on(DescribeVpcEndpointServicesCommand, all)
      .resolves({ ServiceDetails: [detail("sqs")], NextToken: "2" })
      .on(DescribeVpcEndpointServicesCommand, { ...all, NextToken: "2" })
      .resolves({ ServiceDetails: [detail("secretsmanager")] });
    const [problem, ...more] = await problems(wanted("secretmanager"), wanted("sqs"));
    expect(more).toEqual([]);
    expect(problem).toBe(
      `network.endpoints: secretmanager has no VPC endpoint in ${aws.region}. Did you mean secretsmanager? Remove it, or use another name. To list the services: aws ec2 describe-vpc-endpoint-services --query ServiceNames --region ${aws.region}`,
    );
  });

  it.each<[string, WantedEndpoint, ServiceDetail, string]>([
    [
      "are not in the zone",
      wanted("sqs", { zones: [`${aws.region}a`, `${aws.region}c`], setting: `network.nat "none"` }),
      detail("sqs"),
      `network.nat "none": sqs has no VPC endpoint in zone ${aws.region}c, but in ${aws.region}a, ${aws.region}b. Set network.zones to zones that have it.`,
    ],
    [
      "have no private DNS name",
      wanted("sqs"),
      detail("sqs", { PrivateDnsName: undefined }),
      "network.endpoints: sqs has no private DNS name, so tasks would not use its endpoint.",
    ],
    [
      "are of another type",
      wanted("s3"),
      GATEWAY,
      `network.endpoints: s3 has no interface endpoint in ${aws.region}, but Gateway.`,
    ],
  ])("are refused if they %s", async (_why, endpoint, service, sentence) => {
    answers(service);
    expect((await problems(endpoint)).join("\n")).toContain(sentence);
  });

  it("are not refused for a private DNS name that only the list of names has", async () => {
    answers(detail("sqs", { PrivateDnsName: undefined, PrivateDnsNames: [{ PrivateDnsName: "sqs.example" }] }));
    expect(await problems(wanted("sqs"))).toEqual([]);
  });
});

describe("endpoints of others in the VPC", () => {
  const standing = { vpcId: "vpc-1", routeTableIds: ["rtb-1"] };
  const other = (short: string, more: Partial<VpcEndpoint> = {}): VpcEndpoint => ({
    VpcEndpointId: `vpce-${short}`,
    ServiceName: nameOf(short),
    VpcEndpointType: "Interface",
    PrivateDnsEnabled: true,
    State: "available" as never,
    Tags: FOREIGN,
    ...more,
  });
  const s3 = wanted("s3", { type: "Gateway" });
  const gateway = (RouteTableIds: string[]) =>
    other("s3", { VpcEndpointType: "Gateway", PrivateDnsEnabled: false, RouteTableIds });

  it.each<[string, VpcEndpoint, string[]]>([
    ["one with private DNS", other("sqs"), ["vpce-sqs"]],
    ["one without", other("sqs", { PrivateDnsEnabled: false }), []],
    ["one that is being deleted", other("sqs", { State: "deleting" as never }), []],
    ["the stack's own", other("sqs", { Tags: OWNED }), []],
    ["one of another service", other("sns"), []],
    ["a gateway endpoint in the same route table", gateway(["rtb-1", "rtb-9"]), ["vpce-s3"]],
    ["a gateway endpoint in another route table", gateway(["rtb-9"]), []],
  ])("%s", async (_what, endpoint, inTheWay) => {
    ec2.on(DescribeVpcEndpointsCommand).resolves({ VpcEndpoints: [endpoint] });
    const found = await endpointsInTheWay(aws, [wanted("sqs"), s3], standing);
    expect(found.map((text) => /--vpc-endpoint-ids (\S+)/.exec(text)?.[1])).toEqual(inTheWay);
  });
});
