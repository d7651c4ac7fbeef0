import { describe, expect, it } from "vitest";
import { topology } from "../../../reconcilers/topology.ts";
import { kinds } from "../../../src/aws/kinds.ts";
import { resolveStack } from "../../../src/config/resolve.ts";
import type { StackConfig } from "../../../src/index.ts";
import { graphOf, pictureOf, type Picture } from "../../../src/picture/picture.ts";
import { ROLES } from "../../../src/picture/roles.ts";
import { ALL_SETTINGS } from "../../support/stacks.ts";

const FACTS = { account: "123456789012", partition: "aws", originFacingPrefixList: "pl-1" };

function nodesOf(config: StackConfig) {
  const stack = resolveStack(config);
  const released = Object.fromEntries(stack.services.map(({ name }) => [name, true]));
  const zones = Object.fromEntries(stack.domains.map((domain) => [domain, "Z1"]));
  return topology(stack, { ...FACTS, released, zones }).graph.nodes;
}

const SERVICES: StackConfig = {
  name: "shop",
  services: {
    web: {},
    api: { internal: true, container: { secrets: { KEY: { generate: { length: 32 } } } } },
    mailer: { type: "worker", queue: {} },
    nightly: { type: "job", schedule: "cron(0 3 * * ? *)" },
  },
};

const arrows = ({ links }: Picture) => links.map(({ from, to }) => `${from} -> ${to}`);
const inBox = ({ things }: Picture, box: string) => things.filter((thing) => thing.box === box).map(({ id }) => id);

describe("the picture of a stack", () => {
  it("knows how every resource kind of Fairlead is drawn", () => {
    expect(kinds.map(({ type }) => type).filter((type) => !(type in ROLES))).toEqual([]);
    expect(Object.keys(ROLES).filter((type) => !kinds.some((kind) => kind.type === type))).toEqual([]);
  });

  it("shows how requests and releases go, in the boxes that people know", () => {
    const picture = pictureOf("demo", nodesOf({}));
    expect(arrows(picture)).toEqual([
      "users -> edge/distribution",
      "compute/service -> registry/repository",
      "balancer/load-balancer -> compute/service",
      "edge/distribution -> balancer/load-balancer",
      "delivery/pipeline -> delivery/artifact-bucket",
      "delivery/pipeline -> delivery/source-bucket",
      "delivery/pipeline -> delivery/build-project",
      "delivery/pipeline -> compute/service",
    ]);
    expect(inBox(picture, "")).toEqual(["users"]);
    expect(inBox(picture, "edge")).toEqual(["edge/distribution"]);
    expect(inBox(picture, "public")).toEqual(["network/nat-1", "network/nat-2", "balancer/load-balancer"]);
    expect(inBox(picture, "private")).toEqual(["compute/service"]);
    expect(picture.boxes).toContainEqual({ id: "private", title: "Private subnets", within: "vpc" });
  });

  it.each<[string, StackConfig]>([
    ["a plain stack", {}],
    ["all settings", ALL_SETTINGS],
    ["several services", SERVICES],
    ["no CDN", { edge: false, balancer: { allowFrom: ["0.0.0.0/0"] } }],
  ])("has each resource once, but for what belongs to the boxes: %s", (_, config) => {
    const nodes = nodesOf(config);
    const { boxes, things, links } = pictureOf("demo", nodes);
    const told = things.flatMap(({ id, parts }) => [id, ...parts]).filter((id) => id !== "users");
    expect(new Set(told).size).toBe(told.length);
    const left = nodes.filter(({ id }) => !told.includes(id)).map(({ kind }) => kind.type);
    expect([...new Set(left)].filter((type) => ROLES[type] !== "of the boxes")).toEqual(
      config === ALL_SETTINGS ? ["logs/log-group", "iam/role"] : [],
    );
    expect(new Set(links.map(({ from, to }) => `${from} ${to}`)).size).toBe(links.length);
    expect(things.filter(({ box }) => box !== "" && !boxes.some(({ id }) => id === box))).toEqual([]);
  });

  it("has jobs, workers with their queues, and secrets with what reads them", () => {
    const picture = pictureOf("shop", nodesOf(SERVICES));
    expect(arrows(picture)).toEqual(
      expect.arrayContaining(["api/compute/service -> secrets/key", "mailer/compute/service -> mailer/queue/queue"]),
    );
    expect(inBox(picture, "private")).toEqual(
      expect.arrayContaining([
        "compute/service",
        "api/compute/service",
        "mailer/compute/service",
        "nightly/compute/schedule",
      ]),
    );
  });

  it("begins with users at a load balancer without a CDN", () => {
    const picture = pictureOf("demo", nodesOf({ edge: false, balancer: { allowFrom: ["0.0.0.0/0"] } }));
    expect(arrows(picture)[0]).toBe("users -> balancer/load-balancer");
  });

  it("draws kinds of the user's own, and what they use", () => {
    const own = { id: "own/table", kind: { type: "own/table" }, spec: {}, edges: [] };
    const { things, boxes } = pictureOf("demo", [own]);
    expect(things).toEqual([{ id: "own/table", type: "own/table", label: "own/table", box: "own", parts: [] }]);
    expect(boxes).toEqual([{ id: "own", title: "Own resources" }]);
  });

  it("has with all resources everything that one waits for", () => {
    const nodes = nodesOf({});
    const whole = graphOf("demo", nodes);
    expect(whole.things.map(({ id }) => id)).toEqual(nodes.map(({ id }) => id));
    expect(arrows(whole)).toContain("compute/service -> balancer/cloudfront-rule");
  });
});
