import { describe, expect, it } from "vitest";
import { topology } from "../../../reconcilers/topology.ts";
import { kinds } from "../../../src/aws/kinds.ts";
import { resolveStack } from "../../../src/config/resolve.ts";
import type { StackConfig } from "../../../src/index.ts";
import { dotOf } from "../../../src/picture/dot.ts";
import { mermaidOf } from "../../../src/picture/mermaid.ts";
import { graphOf, pictureOf, type Picture } from "../../../src/picture/picture.ts";
import { ROLES } from "../../../src/picture/roles.ts";
import { svgOf } from "../../../src/picture/svg.ts";
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

describe("the formats of a picture", () => {
  const picture: Picture = {
    title: 'a "stack"',
    boxes: [
      { id: "vpc", title: "VPC" },
      { id: "private", title: "Private <subnets>", within: "vpc" },
    ],
    things: [
      { id: "users", type: "", label: "Users", box: "", parts: [] },
      { id: "a/one", type: "x/y", label: 'The "one" #1', box: "private", parts: ["a/part"] },
    ],
    links: [{ from: "users", to: "a/one" }],
  };

  it("are a Mermaid flowchart", () => {
    expect(mermaidOf(picture).split("\n")).toEqual([
      "---",
      String.raw`title: "a \"stack\""`,
      "---",
      "flowchart LR",
      '  r0(["Users"])',
      '  subgraph b0["VPC"]',
      '    subgraph b1["Private <subnets>"]',
      '      r1["The #quot;one#quot; #35;1<br>a/one"]',
      "    end",
      "  end",
      "  r0 --> r1",
    ]);
  });

  it("are a graph for Graphviz", () => {
    expect(dotOf(picture).split("\n")).toEqual([
      String.raw`digraph "a \"stack\"" {`,
      "  rankdir=LR;",
      String.raw`  label="a \"stack\"";`,
      "  node [shape=box, style=rounded];",
      '  "users" [label="Users"];',
      '  subgraph "cluster_vpc" {',
      '    label="VPC";',
      '    subgraph "cluster_private" {',
      '      label="Private <subnets>";',
      String.raw`      "a/one" [label="The \"one\" #1\na/one"];`,
      "    }",
      "  }",
      '  "users" -> "a/one";',
      "}",
    ]);
  });

  it("are an image that loads nothing, with every text escaped and every thing inside of it", async () => {
    const svg = await svgOf(picture);
    expect(svg).toContain('aria-label="a &quot;stack&quot;"');
    expect(svg).toContain(">Private &lt;subnets&gt;</text>");
    expect(svg).toContain("<title>a/one\na/part</title>");
    expect(svg.match(/marker-end/g)).toHaveLength(1);
    expect(svg).not.toMatch(/href|url\((?!#tip)/);
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? [];
    const all = [
      ...svg.matchAll(/class="(?:thing|box)" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g),
    ];
    expect(all).toHaveLength(4);
    for (const [, x, y, w, h] of all) {
      expect(Number(x) + Number(w)).toBeLessThanOrEqual(Number(width));
      expect(Number(y) + Number(h)).toBeLessThanOrEqual(Number(height));
    }
    expect(await svgOf(picture)).toBe(svg);
  });
});
