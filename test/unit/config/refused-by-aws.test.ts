import { describe, expect, test } from "vitest";

import { missingServicesIn, regions } from "../../../src/config/regions.ts";
import { lines } from "./lines.ts";

/* What AWS would refuse only in the middle of a run, or would take for something else. */

describe("tag keys that differ in case only", () => {
  test.each([
    [
      { tags: { name: "shop-api" } },
      `tags: "name" differs from "Name" only in case, and IAM treats both as the same key; allowed: one spelling, "Name"`,
    ],
    [
      { tags: { Team: "a", team: "b" } },
      `tags: "team" differs from "Team" only in case, and IAM treats both as the same key; allowed: one spelling, "Team"`,
    ],
  ])("%j", (config, line) => {
    expect(lines(config)).toEqual([line]);
  });

  test("a Name of the user's own is taken", () => {
    expect(lines({ tags: { Name: "shop-api", Team: "a" } })).toEqual([]);
  });
});

describe("tags", () => {
  test.each([
    { tags: { ["k".repeat(128)]: "v" } },
    { tags: { k: "v".repeat(256) } },
    { tags: { " k": "v" } },
    { tags: { "k ": "v" } },
    { tags: { k: " v" } },
    { tags: { k: "v " } },
    { tags: { k: "aws:v" } },
  ])("that one of the services refuses are refused: %j", (config) => {
    expect(lines(config)).toHaveLength(1);
  });

  test("of the greatest length, empty or with inner spaces are taken", () => {
    expect(lines({ tags: { ["k".repeat(127)]: "v".repeat(255), empty: "", "cost centre": "a b", x: "y" } })).toEqual(
      [],
    );
  });
});

describe("the bucket of the state", () => {
  const bucket = (name: string) => lines({ state: { s3: { bucket: name } } });
  test.each([
    "a..b",
    "192.168.5.4",
    "xn--a",
    "sthree-a",
    "amzn-s3-demo-a",
    "a-s3alias",
    "a--ol-s3",
    "a.mrap",
    "a--x-s3",
  ])("%s is refused", (name) => {
    expect(bucket(name)).toHaveLength(1);
  });
  test.each(["abc", "my.company.state", "a1-b2", "192.168.5.4a"])("%s is taken", (name) => {
    expect(bucket(name)).toEqual([]);
  });
});

test("a source key of more characters than an action of the pipeline takes is refused", () => {
  expect(lines({ delivery: { sourceKey: "k".repeat(1001) } })).toHaveLength(1);
  expect(lines({ delivery: { sourceKey: "k".repeat(1000) } })).toEqual([]);
});

describe("variables", () => {
  test("a variable whose value is undefined is refused, at the top and in an environment", () => {
    const unset = { container: { environment: { API: undefined } } };
    const allowed = "undefined (is it set where this file runs?) is not allowed; allowed: a string (quote numbers)";
    expect(lines(unset)).toEqual([`container.environment.API: ${allowed}`]);
    expect(lines({ environments: { dev: unset } })).toEqual([`environments.dev.container.environment.API: ${allowed}`]);
  });

  test("any other setting that is undefined is left out", () => {
    expect(lines({ container: { image: undefined }, environment: undefined })).toEqual([]);
  });

  test("names with dots and hyphens are taken", () => {
    expect(lines({ container: { environment: { "spring.profiles.active": "x", "A-B": "y" } } })).toEqual([]);
  });

  test("more than a task definition holds is refused", () => {
    expect(lines({ container: { environment: { BIG: "x".repeat(70_000) } } })).toEqual([
      `container.environment: ["BIG"] makes a task definition of about 69 KiB; allowed: 58 KiB of variables and command (the limit of ECS is 64 KiB in total)`,
    ]);
    expect(lines({ container: { environment: { BIG: "x".repeat(50_000) } } })).toEqual([]);
  });

  test("no value of a variable or of an unknown setting is repeated in an error", () => {
    const told = lines({
      container: { environment: { DB: ["hunter2"] } },
      secrets: { DB: "hunter2" },
    });
    expect(told).toHaveLength(2);
    expect(told.join()).not.toContain("hunter2");
  });
});

describe("a value that is refused", () => {
  test.each([
    { container: { environment: "DB_PASSWORD=hunter2" } },
    { container: { environment: ["DB_PASSWORD=hunter2"] } },
    { environments: { dev: { container: { environment: "hunter2" } } } },
    { container: { command: "run --password=hunter2" } },
    { container: { image: "https://user:hunter2@registry.example.com/app" } },
    { container: { command: ["run", "--password", "hunter2", 1] } },
    { tags: { Token: ["hunter2"] } },
  ])("is repeated without its secret: %j", (config) => {
    const told = lines(config);
    expect(told).not.toEqual([]);
    expect(told.join()).not.toContain("hunter2");
  });
});

describe("image references", () => {
  const image = (text: string) => lines({ container: { image: text } });
  test.each(["MyRepo/App:1", "app:", "app@sha256:12", "docker.io/App", "app:v1:v2", "-app", "a//b"])(
    "%s is refused",
    (text) => {
      expect(image(text)).toHaveLength(1);
    },
  );
  test.each([
    "app",
    "app:v1",
    "public.ecr.aws/docker/library/node:20-slim",
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app_x:V1",
    "localhost:5000/app",
    `ghcr.io/Org.x/app@sha256:${"a".repeat(64)}`.replace("Org.x", "org.x"),
  ])("%s is taken", (text) => {
    expect(image(text)).toEqual([]);
  });

  test("without a NAT gateway only the registry of the stack's region can be reached", () => {
    const none = (text: string) => lines({ network: { nat: "none" }, region: "eu-west-1", container: { image: text } });
    expect(none("public.ecr.aws/nginx/nginx:1")).toEqual([
      `container.image: "public.ecr.aws/nginx/nginx:1" cannot be pulled with network.nat "none": tasks can then reach only the ECR of eu-west-1; allowed: an image there, network.nat "single", or network.tasks "public"`,
    ]);
    expect(none("123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1")).toHaveLength(1);
    expect(none("123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1")).toEqual([]);
  });
});

describe("tasks with public addresses", () => {
  const tasks = (more: object, nat: object = { nat: "none" }) =>
    lines({ network: { tasks: "public", ...nat }, ...more });

  test("reach any registry, and need no NAT gateway", () => {
    expect(tasks({ container: { image: "public.ecr.aws/nginx/nginx:1" } })).toEqual([]);
    expect(tasks({}, {})).toEqual([
      `network.nat: "perZone" (the default) would create NAT gateways that tasks in public subnets do not use; allowed with network.tasks "public": "none"`,
    ]);
  });

  test("are not for a stack that others share, whose tasks would have no way out", () => {
    expect(tasks({ shareable: true })).toEqual([
      `network.tasks: "public" cannot be combined with shareable: the tasks of other stacks run in the private subnets, which would have no way to AWS; allowed: "private"`,
    ]);
  });
});

describe("HTTP codes that count as healthy", () => {
  const matcher = (text: string) => lines({ balancer: { healthCheck: { matcher: text } } });
  test.each(["299-200", "200-299-300", "500", "200,"])("%s is refused", (text) => {
    expect(matcher(text)).toHaveLength(1);
  });
  test.each(["200", "200-299", "200,204,301-302"])("%s is taken", (text) => {
    expect(matcher(text)).toEqual([]);
  });
});

describe("regions", () => {
  test("one without CodePipeline is refused with others nearby", () => {
    expect(lines({ region: "ca-west-1" })).toEqual([
      `region: "ca-west-1" has no CodePipeline and no CodeBuild, which the delivery pipeline needs; allowed: "ca-central-1"`,
    ]);
  });

  test("five regions of AWS's are refused for that", () => {
    expect(regions.filter((region) => missingServicesIn(region).length > 0)).toHaveLength(5);
  });
});
