import { describe, expect, it } from "vitest";
import type { Standing } from "../../../reconcilers/own-resources.ts";
import type { Scope } from "../../../reconcilers/scope.ts";
import { topology } from "../../../reconcilers/topology.ts";
import { SecurityGroup } from "../../../src/aws/ec2/security-group.ts";
import { resolveStack } from "../../../src/config/resolve.ts";
import { resolve, text } from "../../../src/engine/output.ts";

const FACTS = { account: "123456789012", partition: "aws", originFacingPrefixList: "pl-1", released: { web: true } };
const { nodes } = topology(resolveStack({ name: "shop", region: "eu-west-1" }), FACTS).graph;

/** What a resource of the default stack is to be; what AWS makes of others is called by their ids. */
function specOf(id: string): Readonly<Record<string, unknown>> {
  const node = nodes.find((one) => one.id === id);
  return resolve(node?.spec, (of, attr) => `${of}.${attr}`) as Readonly<Record<string, unknown>>;
}

const rule = (port: number, peer: string, protocol = "tcp") => ({ protocol, fromPort: port, toPort: port, peer });
const rules = (...all: ReturnType<typeof rule>[]) => all.map((one) => expect.objectContaining(one));

/** What docs/topology.md says of the parts that no setting turns on. */
describe("the default stack", () => {
  it("has DNS support and hostnames in its VPC", () => {
    expect(specOf("network/vpc")).toMatchObject({ dnsSupport: true, dnsHostnames: true });
  });

  it("has a public route table, and a private one for each zone with the NAT gateway of that zone", () => {
    expect(specOf("network/public-routes")).toMatchObject({
      routes: { "0.0.0.0/0": "network/internet-gateway.internetGatewayId" },
      subnetIds: ["network/public-1.subnetId", "network/public-2.subnetId"],
    });
    for (const zone of [1, 2]) {
      expect(specOf(`network/private-routes-${zone}`)).toMatchObject({
        routes: { "0.0.0.0/0": `network/nat-${zone}.natGatewayId` },
        subnetIds: [`network/private-${zone}.subnetId`],
      });
      expect(specOf(`network/nat-${zone}`)).toMatchObject({ subnetId: `network/public-${zone}.subnetId` });
    }
  });

  it("lets only CloudFront reach the load balancer, and the load balancer only the tasks' port", () => {
    const { ingress, egress } = specOf("security/balancer-rules");
    expect(ingress).toEqual(rules(rule(80, "pl-1")));
    expect(egress).toEqual(rules(rule(5000, "security/tasks-group.groupId")));
  });

  it("lets only the load balancer reach the tasks, and the tasks only HTTPS and the VPC's DNS", () => {
    const { ingress, egress } = specOf("security/tasks-rules");
    expect(ingress).toEqual(rules(rule(5000, "security/balancer-group.groupId")));
    expect(egress).toEqual(rules(rule(443, "0.0.0.0/0"), rule(53, "10.0.0.0/16"), rule(53, "10.0.0.0/16", "udp")));
  });

  it("has a load balancer in the public subnets that drops invalid headers and refuses what has no secret header", () => {
    expect(specOf("balancer/load-balancer")).toMatchObject({
      scheme: "internet-facing",
      subnetIds: ["network/public-1.subnetId", "network/public-2.subnetId"],
      attributes: { "routing.http.drop_invalid_header_fields.enabled": "true" },
    });
    expect(specOf("balancer/http-listener")).toMatchObject({ port: 80, action: { statusCode: "403" } });
    expect(specOf("balancer/cloudfront-rule")).toMatchObject({ secretHeader: "X-Origin-Verify" });
    expect(specOf("edge/distribution")).toMatchObject({
      originSecretHeader: "X-Origin-Verify",
      originSecret: "balancer/cloudfront-rule.secret",
      headersPolicyId: "edge/headers-policy.policyId",
    });
  });

  it("creates its load balancer as soon as the internet gateway is attached, and routes requests only once the subnets have their routes", () => {
    const edgesOf = (id: string) => new Map(nodes.find((one) => one.id === id)?.edges.map((edge) => [edge.to, edge]));
    const balancer = edgesOf("balancer/load-balancer");
    expect(balancer.get("network/internet-gateway")).toEqual({
      to: "network/internet-gateway",
      until: "created",
      loose: false,
    });
    expect(balancer.get("network/public-routes")).toMatchObject({ until: "created", changesOnly: true });
    expect(edgesOf("balancer/http-listener").get("network/public-routes")).toBeUndefined();
    expect(edgesOf("balancer/cloudfront-rule").get("network/public-routes")).toEqual({
      to: "network/public-routes",
      until: "created",
      loose: true,
    });
  });

  it("routes requests to services only once its load balancer has all its attributes", () => {
    const edges = nodes.find(({ id }) => id === "balancer/cloudfront-rule")?.edges ?? [];
    expect(edges.find(({ to }) => to === "balancer/load-balancer")).toEqual({
      to: "balancer/load-balancer",
      until: "created",
      loose: true,
    });
  });

  it("has endpoints with private names and the user's own resources wait for all settings of its network", () => {
    const own = {
      ...resolveStack({ name: "shop", region: "eu-west-1", network: { nat: "none" } }),
      resources: (scope: Scope, { network }: Standing) =>
        void scope.add("group", SecurityGroup, {
          name: String(network.ranges[0]),
          description: text`${network.publicSubnetIds[0] ?? ""}`,
          vpcId: network.vpcId,
        }),
    };
    const { graph } = topology(own, FACTS);
    const untilOf = (id: string, to: string) => graph.get(id)?.edges.find((edge) => edge.to === to)?.until;
    expect(untilOf("compute/endpoint-ecr-api", "network/vpc")).toBe("created");
    expect(untilOf("resources/group", "network/vpc")).toBe("created");
    expect(untilOf("resources/group", "network/public-1")).toBe("created");
    expect(untilOf("security/tasks-group", "network/vpc")).toBe("usable");
  });

  it("creates a service that has no tasks yet beside the routes of its subnets, and one that starts some after them", () => {
    const routesOf = (released: boolean) => {
      const facts = { ...FACTS, released: { web: released } };
      const { graph } = topology(resolveStack({ name: "shop", region: "eu-west-1" }), facts);
      const service = graph.get("compute/service")?.edges ?? [];
      return service.filter(({ to }) => to.startsWith("network/private-routes"));
    };
    const waited = { until: "created", loose: false };
    expect(routesOf(true)).toEqual([1, 2].map((zone) => ({ to: `network/private-routes-${zone}`, ...waited })));
    expect(routesOf(false)).toEqual(routesOf(true).map((edge) => ({ ...edge, changesOnly: true })));
  });

  it("runs tasks as a user who is not root, on a read-only file system with a writable /tmp, in private subnets", () => {
    expect(specOf("compute/task-definition")).toMatchObject({
      container: {
        user: "1000",
        readonlyRootFilesystem: true,
        linuxParameters: { tmpfs: [{ containerPath: "/tmp", size: 64 }] },
      },
      task: { requiresCompatibilities: ["FARGATE"] },
    });
    expect(specOf("compute/service")).toMatchObject({
      subnetIds: ["network/private-1.subnetId", "network/private-2.subnetId"],
      assignPublicIp: false,
      deployment: {
        minimumHealthyPercent: 100,
        maximumPercent: 200,
        deploymentCircuitBreaker: { enable: true, rollback: true },
      },
      healthCheckGracePeriod: 60,
    });
  });

  it.each(["source", "artifacts"])(
    "has a versioned, encrypted bucket for %s that nobody reaches without TLS",
    (what) => {
      const name = `shop-dev-${what}-123456789012-eu-west-1`;
      expect(specOf(what === "source" ? "delivery/source-bucket" : "delivery/artifact-bucket")).toMatchObject({
        name,
        versioning: true,
        encryption: "AES256",
        blockPublicAccess: true,
        policy: {
          Statement: [
            {
              Effect: "Deny",
              Principal: "*",
              Action: "s3:*",
              Resource: [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`],
              Condition: { Bool: { "aws:SecureTransport": "false" } },
            },
          ],
        },
      });
    },
  );

  it("starts a release by an event of the upload, without polling", () => {
    expect(specOf("delivery/source-rule")).toMatchObject({
      pattern: { "detail-type": ["Object Created"] },
      targets: [{ arn: "delivery/pipeline.arn" }],
    });
    expect(JSON.stringify(specOf("delivery/pipeline"))).toContain('"PollForSourceChanges":"false"');
  });

  it("keeps each log for 30 days", () => {
    const groups = nodes.filter(({ kind }) => kind.type === "logs/log-group").map(({ id }) => specOf(id));
    expect(groups.map(({ retentionDays }) => retentionDays)).toEqual([30, 30]);
  });
});
