import { describe, expect, test } from "vitest";

import { settingPaths } from "../../../src/config/parts.ts";
import { terraformInputs } from "../../../src/config/terraform.ts";
import { lines } from "./lines.ts";

const STATEMENT = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };

describe("each setting by itself", () => {
  test.each([
    [
      { name: "Shop" },
      `name: "Shop" is not allowed; allowed: lower-case letters, digits and single hyphens, starting with a letter`,
    ],
    [
      { name: "a--b" },
      `name: "a--b" is not allowed; allowed: lower-case letters, digits and single hyphens, starting with a letter`,
    ],
    [
      { environment: "dev-" },
      `environment: "dev-" is not allowed; allowed: lower-case letters, digits and single hyphens, starting with a letter`,
    ],
    [
      { environments: { Prod: {} } },
      `environments.Prod: the name "Prod" is not allowed; allowed: lower-case letters, digits and single hyphens, starting with a letter`,
    ],
    [{ region: "ap-norteast-1" }, `region: "ap-norteast-1" is not allowed; did you mean "ap-northeast-1"?`],
    [{ region: "us-east-1a" }, `region: "us-east-1a" is not allowed; did you mean "us-east-1"?`],
    [
      { tags: { "aws:x": "1" } },
      `tags["aws:x"]: the name "aws:x" is not allowed; allowed: 1 to 127 letters, digits, spaces and _ . : / = + - @, not starting with aws: or fairlead:, no space at either end`,
    ],
    [
      { tags: { "Fairlead:owner": "1" } },
      `tags["Fairlead:owner"]: the name "Fairlead:owner" is not allowed; allowed: 1 to 127 letters, digits, spaces and _ . : / = + - @, not starting with aws: or fairlead:, no space at either end`,
    ],
    [
      { tags: { team: 7 } },
      `tags.team: 7 is not allowed; allowed: up to 255 letters, digits, spaces and _ . : / = + - @, not starting with aws:, no space at either end`,
    ],
    [
      { network: { nat: "perzone" } },
      `network.nat: "perzone" is not allowed; did you mean "perZone"? allowed: "perZone", "single", "none"`,
    ],
    [{ network: { zones: [] } }, "network.zones: [] is not allowed; allowed: a list of one to three zones"],
    [
      { network: { endpoints: ["com.amazonaws.ap-northeast-1.SQS"] } },
      `network.endpoints[0]: "com.amazonaws.ap-northeast-1.SQS" is not allowed; allowed: the name of an AWS service without com.amazonaws and the region, such as s3, ecr.api or secretsmanager`,
    ],
    [
      { network: { endpoints: ["sqs", "ecr.api", "sqs"] } },
      `network.endpoints[2]: "sqs" is listed twice; allowed: each service once`,
    ],
    [
      { network: { endpoints: ["com.amazonaws.ap-northeast-1.sqs"] } },
      `network.endpoints[0]: "com.amazonaws.ap-northeast-1.sqs" is the full name of a service; allowed: its name alone, "sqs"`,
    ],
    [
      { delivery: { keepRevisions: 0 } },
      `delivery.keepRevisions: 0 is not allowed; allowed: a whole number from 1 to 2147483647`,
    ],
    [
      { registry: { keepImages: 0 } },
      `registry.keepImages: 0 is not allowed; allowed: a whole number from 1 to 2147483647`,
    ],
    [{ registry: { scanOnPush: "yes" } }, `registry.scanOnPush: "yes" is not allowed; allowed: true or false`],
    [{ container: { port: 65536 } }, `container.port: 65536 is not allowed; allowed: a whole number from 1 to 65535`],
    [{ container: { port: 80.5 } }, `container.port: 80.5 is not allowed; allowed: a whole number from 1 to 65535`],
    [{ container: { port: "80" } }, `container.port: "80" is not allowed; allowed: a whole number from 1 to 65535`],
    [{ container: { port: null } }, `container.port: null is not allowed; allowed: a whole number from 1 to 65535`],
    [
      { container: { port: Number.NaN } },
      `container.port: NaN is not allowed; allowed: a whole number from 1 to 65535`,
    ],
    [
      { container: { cpu: 300 } },
      `container.cpu: 300 is not allowed; allowed: 256, 512, 1024, 2048, 4096, 8192, 16384`,
    ],
    [
      { container: { cpu: "512" } },
      `container.cpu: "512" is not allowed; did you mean 512? allowed: 256, 512, 1024, 2048, 4096, 8192, 16384`,
    ],
    [
      { container: { healthCheckPath: "health" } },
      `container.healthCheckPath: "health" is not allowed; allowed: a path that starts with /, of at most 1024 letters, digits and - . _ ~ / % ? = & + : @ ,`,
    ],
    [
      { container: { environment: { "A B": "1" } } },
      `container.environment["A B"]: the name "A B" is not allowed; allowed: letters, digits and _ . -, not starting with a digit`,
    ],
    [
      { container: { environment: { A: 1 } } },
      `container.environment.A: its value is not allowed; allowed: a string (quote numbers)`,
    ],
    [
      { container: { environment: { PORT: "80" } } },
      `container.environment.PORT: "80" is set by Fairlead; allowed: any other name (container.port sets the port)`,
    ],
    [
      { container: { command: [] } },
      `container.command: [] is not allowed; allowed: a list of at least one string, one per word of the command`,
    ],
    [{ container: { command: ["a", 1] } }, `container.command[1]: 1 is not allowed; allowed: a string`],
    [
      { container: { user: 1000 } },
      `container.user: 1000 is not allowed; allowed: a user or user:group, in quotes, by name or numeric id`,
    ],
    [
      { container: { stopTimeout: 121 } },
      `container.stopTimeout: 121 is not allowed; allowed: a whole number from 2 to 120`,
    ],
    [
      { container: { healthCheck: { command: ["curl", "-f"] } } },
      `container.healthCheck.command: ["curl","-f"] is not allowed; allowed: a list that starts with "CMD" or "CMD-SHELL", such as ["CMD", "node", "check.js"]`,
    ],
    [
      { container: { healthCheck: { command: ["CMD"] } } },
      `container.healthCheck.command: ["CMD"] is not allowed; allowed: a list that starts with "CMD" or "CMD-SHELL", such as ["CMD", "node", "check.js"]`,
    ],
    [
      { container: { healthCheck: { interval: 30 } } },
      `container.healthCheck.command: is missing; needed: a list that starts with "CMD" or "CMD-SHELL", such as ["CMD", "node", "check.js"]`,
    ],
    [
      { container: { image: "" } },
      `container.image: "" is not allowed; allowed: an image reference of at most 255 characters, its repository in lower case, such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1`,
    ],
    [
      { service: { minHealthyPercent: 101 } },
      `service.minHealthyPercent: 101 is not allowed; allowed: a whole number from 0 to 100`,
    ],
    [{ service: { maxPercent: 99 } }, `service.maxPercent: 99 is not allowed; allowed: a whole number from 100 to 200`],
    [{ scaling: { cpuTarget: 0 } }, `scaling.cpuTarget: 0 is not allowed; allowed: a number from 1 to 100`],
    [
      { balancer: { healthCheck: { matcher: "500" } } },
      `balancer.healthCheck.matcher: "500" is not allowed; allowed: HTTP codes from 200 to 499 in quotes, such as "200", "200,204" or "200-299"`,
    ],
    [
      { edge: { priceClass: "100" } },
      `edge.priceClass: "100" is not allowed; allowed: "PriceClass_100", "PriceClass_200", "PriceClass_All"`,
    ],
    [
      { edge: { apiPath: "api/*" } },
      `edge.apiPath: "api/*" is not allowed; allowed: a path pattern that starts with /, of at most 255 letters, digits and _ - . * $ / ~ " ' @ : + ? &`,
    ],
    [
      { edge: { comment: "a\nb" } },
      `edge.comment: "a\\nb" is not allowed; allowed: a single line of 1 to 128 characters without control characters`,
    ],
    [
      { edge: { comment: "\u0007" } },
      `edge.comment: "\\u0007" is not allowed; allowed: a single line of 1 to 128 characters without control characters`,
    ],
    [
      { edge: { comment: "half of one: \ud83d" } },
      `edge.comment: "half of one: \\ud83d" is not allowed; allowed: a single line of 1 to 128 characters without control characters`,
    ],
    [
      { container: { environment: { A: "two\nlines", B: "\u0000" } } },
      `container.environment.B: its value is not allowed; allowed: a string (quote numbers), without control characters other than tabs and line breaks`,
    ],
    [
      { container: { command: ["sh", "\u001b[2J"] } },
      `container.command[1]: "\\u001b[2J" is not allowed; allowed: a string, without control characters other than tabs and line breaks`,
    ],
    [
      { delivery: { buildspec: "build\u0085spec.yml" } },
      `delivery.buildspec: "build\u0085spec.yml" is not allowed; allowed: the path of a file in the source`,
    ],
    [
      { delivery: { buildTimeoutMinutes: 4 } },
      `delivery.buildTimeoutMinutes: 4 is not allowed; allowed: a whole number from 5 to 2160`,
    ],
    [
      { delivery: { approval: { message: "" } } },
      `delivery.approval.message: "" is not allowed; allowed: a single line of 1 to 1000 characters without control characters`,
    ],
    [
      { delivery: { approval: { message: "go\u001b[2Jon" } } },
      `delivery.approval.message: "go\\u001b[2Jon" is not allowed; allowed: a single line of 1 to 1000 characters without control characters`,
    ],
    [
      { service: { taskPolicy: [{ ...STATEMENT, Resource: "arn:\u0007" }] } },
      `service.taskPolicy[0].Resource: "arn:\\u0007" is not allowed; allowed: an ARN or "*", or a list of them`,
    ],
    [
      { service: { taskPolicy: [{ ...STATEMENT, Condition: { StringEquals: { "aws:x": "\u4e2d" } } }] } },
      `service.taskPolicy[0].Condition.StringEquals["aws:x"]: "\u4e2d" is not allowed; allowed: a string of Latin-1 characters`,
    ],
    [
      { logs: { retentionDays: 31 } },
      `logs.retentionDays: 31 is not allowed; allowed: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653`,
    ],
    [{ cluster: new Date(0) }, `cluster: a Date object is not allowed; allowed: an object with containerInsights`],
    [
      { environments: [] },
      `environments: [] is not allowed; allowed: an object of environments, such as { prod: { ... } }`,
    ],
  ])("%j", (config, line) => {
    expect(lines(config)).toEqual([line]);
  });

  test("statements of the task policy", () => {
    const good = { Effect: "Allow", Action: "s3:GetObject", Resource: "*", Condition: { Bool: { "aws:x": ["true"] } } };
    expect(lines({ service: { taskPolicy: [good, { ...good, Action: ["s3:Get*", "*"], Sid: "A1" }] } })).toEqual([]);
    expect(lines({ service: { taskPolicy: [good, { Effect: "allow", Action: ["s3"], Resource: 1 }] } })).toEqual([
      `service.taskPolicy[1].Effect: "allow" is not allowed; did you mean "Allow"? allowed: "Allow", "Deny"`,
      `service.taskPolicy[1].Action[0]: "s3" is not allowed; allowed: an action such as "s3:GetObject", or a list of them`,
      `service.taskPolicy[1].Resource: 1 is not allowed; allowed: an ARN or "*", or a list of them`,
    ]);
    expect(lines({ service: { taskPolicy: [{ Effect: "Deny", Actions: "*", Resource: "*" }] } })).toEqual([
      `service.taskPolicy[0].Action: is missing; needed: an action such as "s3:GetObject", or a list of them`,
      `service.taskPolicy[0].Actions: is an unknown setting; did you mean service.taskPolicy[0].Action? allowed: Sid, Effect, Action, Resource, Condition`,
    ]);
  });
});

describe("unknown settings", () => {
  const top =
    "name, environment, region, regions, replicate, tags, network, registry, container, cluster, service, scaling, schedule, balancer, services, domain, dns, edge, delivery, logs, accessLogs, alarms, budget, security, storage, state, shareable, shared, patch, confirm, protect, environments";
  const container =
    "port, cpu, memory, healthCheckPath, image, environment, secrets, command, entryPoint, healthCheck, readonlyRootFilesystem, tmpSize, initProcess, user, stopTimeout";

  test.each([
    [
      { container: { memry: 512 } },
      `container.memry: is an unknown setting; did you mean container.memory? allowed: ${container}`,
    ],
    [
      { container: { memroy: 512 } },
      `container.memroy: is an unknown setting; did you mean container.memory? allowed: ${container}`,
    ],
    [
      { container: { healthcheckpath: "/" } },
      `container.healthcheckpath: is an unknown setting; did you mean container.healthCheckPath? allowed: ${container}`,
    ],
    [{ netwrok: {} }, `netwrok: is an unknown setting; did you mean network? allowed: ${top}`],
    [{ memory: 512 }, `memory: is an unknown setting; did you mean container.memory? allowed: ${top}`],
    [{ desired_count: 1 }, `desired_count: is an unknown setting; did you mean service.desiredCount? allowed: ${top}`],
    [
      { scaling: { desiredCount: 1 } },
      `scaling.desiredCount: is an unknown setting; did you mean service.desiredCount? allowed: min, max, releaseMin, cpuTarget, memoryTarget, scaleInCooldown, scaleOutCooldown, schedule`,
    ],
    [
      { logs: { enabled: true } },
      `logs.enabled: is an unknown setting; did you mean edge.enabled or delivery.approval.enabled? allowed: retentionDays, buildRetentionDays`,
    ],
    [{ quux: 1 }, `quux: is an unknown setting; allowed: ${top}`],
    [{ "a\nb": 1 }, `["a\\nb"]: is an unknown setting; allowed: ${top}`],
    [{ quux: "x".repeat(500) }, `quux: is an unknown setting; allowed: ${top}`],
  ])("%j", (config, line) => {
    expect(lines(config)).toEqual([line]);
  });

  test("a misspelt setting is not counted as left to default", () => {
    // With the default memory of 512 this CPU would be refused too.
    expect(lines({ container: { cpu: 1024, memmory: 2048 } })).toHaveLength(1);
  });

  test("Terraform's inputs all have a home, and are told it", () => {
    expect(Object.keys(terraformInputs)).toHaveLength(15);
    expect(settingPaths()).toEqual(expect.arrayContaining(Object.values(terraformInputs)));
    expect(lines({ app_port: 80 })).toEqual([
      "app_port: is an unknown setting; Terraform's app_port is container.port here",
    ]);
    expect(lines({ environments: { prod: { ecs_task_cpu: 512, app_name: "x" } } })).toEqual([
      "environments.prod.ecs_task_cpu: is an unknown setting; Terraform's ecs_task_cpu is environments.prod.container.cpu here",
      `environments.prod.app_name: is an unknown setting; Terraform's app_name is name here`,
    ]);
  });
});
