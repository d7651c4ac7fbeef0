import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { describe, expect, it } from "vitest";
import { Spark, linesOf } from "../../../src/page/console/spark.tsx";
import { consolePage } from "../../../src/page/console/pages.tsx";
import type { Failure } from "../../../src/console/answers.ts";
import type { RecordedStack, ResourceData } from "../../../src/page/data.ts";
import { runOf } from "../../support/states.ts";

const REGION = "eu-west-1";
const GROUP = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/shop/1";
const SERVICE: ResourceData = {
  id: "compute/service",
  type: "ecs/service",
  existing: "shop-dev/web",
  state: "in progress",
  status: "1 of 2 tasks run",
  drift: true,
  action: "update",
  monthly: { from: 28.79, to: 74.97 },
  desired: { desiredCount: 2 },
  recorded: { desiredCount: 3 },
  observed: { desiredCount: 1 },
  needs: ["balancer/target-group"],
};
const RESOURCES: readonly ResourceData[] = [
  SERVICE,
  {
    id: "balancer/target-group",
    type: "elb/target-group",
    arn: GROUP,
    state: "ready",
    drift: false,
    action: "noop",
    needs: [],
  },
];
const ANSWERS: Readonly<Record<string, unknown>> = {
  stack: [
    {
      stack: {
        headline: "",
        at: "2026-01-01T02:00:06.500Z",
        name: "shop-dev",
        region: REGION,
        asksForName: false,
        picture: "<svg></svg>",
        resources: RESOURCES,
      },
      plan: {
        summary: "1 to update; 1 unchanged.",
        waiting: [],
        answer: {
          cost: { now: { from: 28.79, to: 74.97 } },
          problems: [],
          notes: [],
          actions: [{ id: "compute/service", action: "update" }],
        },
        rows: [{ impact: { kind: "none" }, lines: ["desiredCount: 1 -> 2"] }],
      },
    },
  ],
  history: {
    runs: [
      {
        ...runOf("reconcile"),
        number: 7,
        actions: [{ id: "compute/service", type: "ecs/service", action: "create", outcome: "done", ms: 6_500 }],
      },
    ],
  },
  doctor: {
    region: REGION,
    broken: "listener rule",
    hops: [
      { name: "distribution", state: "ok", what: "It is deployed." },
      {
        name: "listener rule",
        state: "broken",
        what: "No rule forwards to the service.",
        fix: "Run `npx fairlead reconcile`.",
      },
    ],
  },
  status: {
    region: REGION,
    service: { status: "1 of 2 tasks run", ready: false, taskDefinition: "shop:4", waitsForFirstRelease: false },
    alarms: [{ name: "web-5xx", since: "2026-01-01T01:50:00.000Z", description: "", reason: "Threshold crossed." }],
    metrics: [
      {
        service: "web",
        metric: "requests",
        unit: "",
        from: "2026-01-01T00:00:00Z",
        period: 300,
        values: [4, null, 12],
      },
      { service: "mailer", metric: "CPU", unit: "%", from: "2026-01-01T00:00:00Z", period: 300, values: [null, null] },
    ],
  },
};

/** What a page at an address says, on `target`. */
function shown(
  address: string,
  target: "local" | "aws" = "aws",
  answers: Readonly<Record<string, unknown>> = ANSWERS,
  failures: Readonly<Record<string, Failure>> = {},
) {
  const url = new URL(address, "http://127.0.0.1");
  const page = consolePage(url.pathname, {
    known: (key) => ({ answer: answers[key], isAsking: false, ...(failures[key] && { failure: failures[key] }) }),
    command: (...words) => `npx fairlead ${words.join(" ")}`,
    target,
    allowsActions: false,
    acts: [],
    now: 0,
    query: (name) => url.searchParams.get(name) ?? undefined,
  });
  const html = page ? renderToString(page.body as Parameters<typeof renderToString>[0]) : "";
  return { html, said: html.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ") };
}

describe("the console's page of the stack", () => {
  it("says of each resource its state, drift, age and cost", () => {
    const { said } = shown("/");
    expect(said).toContain("Resources 1 of 2 ready 1 in progress");
    expect(said).toContain("Drift 1 resource compute/service");
    expect(said).toContain(
      "compute/service ecs/service in progress , drift , created 2 h ago , $28.79 to 74.97 a month",
    );
    expect(said).toContain("balancer/target-group elb/target-group ready");
  });

  it("opens all of one: what differs, the three specs, what depends on what, and its runs", () => {
    const { said, html } = shown(`/?open=${REGION}%2Fcompute%2Fservice`);
    for (const text of [
      "On AWS shop-dev/web",
      "State in progress (1 of 2 tasks run), changed outside Fairlead",
      "Age created 2 h ago, by run 7",
      "Cost $28.79 to 74.97 a month",
      "What differs desiredCount: 1 -> 2",
      "Depends on balancer/target-group",
      "Desired: as the config has it {",
      "Recorded: as the last run left it {",
      "Observed: as AWS has it {",
      "History Run 7 2026-01-01 00:00 UTC create: done",
    ])
      expect(said).toContain(text);
    expect(html).toContain('href="/run/7"');
    expect(shown(`/?open=${REGION}%2Fbalancer%2Ftarget-group`).said).toContain("What depends on it compute/service");
  });

  it("leads to the page of one in AWS's console, and on the built-in simulated AWS nowhere", () => {
    const address = `/?open=${REGION}%2Fbalancer%2Ftarget-group`;
    const link = `href="https://console.aws.amazon.com/go/view?arn=${encodeURIComponent(GROUP)}"`;
    expect(shown(address).html).toContain(link);
    expect(shown(address, "local").html).not.toContain("console.aws.amazon.com");
  });
});

describe("the console's page of the stack before AWS has answered", () => {
  const declared = { title: "shop-dev in eu-west-1", boxes: [{ id: "a", title: "Compute" }], things: [], links: [] };
  const recorded: RecordedStack = {
    name: "shop-dev",
    region: REGION,
    picture: "<svg></svg>",
    resources: [
      { id: "network/vpc", type: "ec2/vpc", existing: "vpc-1", recorded: { cidr: "10.0.0.0/16" }, needs: [] },
      { id: "network/a", type: "ec2/subnet", existing: "subnet-1", recorded: {}, needs: ["network/vpc"] },
    ],
  };
  const only = { declared: { declared, recorded: [recorded] } };

  it("shows what the last run recorded, and says that nobody has checked it yet", () => {
    const { said, html } = shown("/", "aws", only);
    expect(said).toContain("Asking for the stack…");
    expect(said).toContain("Last recorded, being checked against AWS");
    expect(said).toContain("This is how the last run left 2 resources of shop-dev in eu-west-1.");
    expect(said).toContain("network 2 resources network/vpc ec2/vpc network/a ec2/subnet");
    expect(html).toContain("<svg></svg>");
    expect(said).not.toMatch(/ready|drift|no changes|up to date|does not exist|declares/i);
  });

  it("says that it is not being checked where AWS could not be asked", () => {
    const { said } = shown("/", "aws", only, { stack: { message: "There are no credentials." } });
    expect(said).toContain("There are no credentials.");
    expect(said).toContain("Last recorded, not checked against AWS");
  });

  it("opens what is recorded of one resource", () => {
    const { said } = shown(`/?open=${REGION}%2Fnetwork%2Fa`, "aws", only);
    expect(said).toContain("Last recorded. How it is on AWS now is not known yet.");
    expect(said).toContain("Recorded as subnet-1 Depends on network/vpc");
    expect(shown(`/?open=${REGION}%2Fnetwork%2Fvpc`, "aws", only).html).toContain("10.0.0.0/16");
    expect(shown(`/?open=${REGION}%2Fnetwork%2Fnone`, "aws", only).said).toContain("It is being asked for.");
  });

  it("gives way to what AWS has answered", () => {
    const { said } = shown("/", "aws", { ...ANSWERS, ...only });
    expect(said).toContain("1 of 2 ready");
    expect(said).not.toContain("Last recorded");
  });

  it("lists what the config declares where nothing is recorded", () => {
    const { said } = shown("/", "aws", {
      declared: { declared: { ...declared, things: [{ id: "x/y", label: "Thing", box: "a" }] }, recorded: [] },
    });
    expect(said).toContain("The config declares Compute Thing x/y");
    expect(said).not.toContain("Last recorded");
  });
});

describe("the console's page of the health", () => {
  it("marks the hop that is broken, with what mends it, and tells alarms and services", () => {
    const { said, html } = shown("/health");
    expect(said).toContain("Broken at: listener rule.");
    expect(html).toContain('class="hop broken"');
    expect(said).toContain("No rule forwards to the service. Run npx fairlead reconcile .");
    expect(said).toContain("web-5xx since 2026-01-01 01:50 UTC: Threshold crossed.");
    expect(said).toContain("web 1 of 2 tasks run, not ready shop:4");
  });

  it("draws the metrics of a service, and says where CloudWatch has none", () => {
    const { said } = shown("/health");
    expect(said).toContain("requests last 12 largest 12");
    expect(said).toContain("CloudWatch has no values of CPU.");
    expect(linesOf([4, null, 12], 12)).toHaveLength(2);
    expect(linesOf([null], 0)).toEqual([]);
    const metric = { service: "web", metric: "CPU", unit: "%", from: "", period: 300, values: [null] };
    expect(renderToString(h(Spark, { metric }))).toContain("No values.");
  });
});
