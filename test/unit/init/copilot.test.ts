import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { resolveStack } from "../../../src/config/resolve.ts";
import { convert } from "../../../src/init/copilot/stack.ts";
import { scheduleOf } from "../../../src/init/copilot/schedule.ts";
import { isMap, secondsOf, wordsOf, type Yaml } from "../../../src/init/copilot/fields.ts";
import { workspaceIn, WorkspaceError } from "../../../src/init/copilot/workspace.ts";

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/copilot/${name}`, import.meta.url));
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A workspace with these files, in an application called shop. */
function workspace(files: Readonly<Record<string, string>>) {
  const root = mkdtempSync(join(tmpdir(), "fairlead-copilot-"));
  folders.push(root);
  for (const [path, text] of Object.entries({ ".workspace": "application: shop", ...files })) {
    mkdirSync(dirname(join(root, "copilot", path)), { recursive: true });
    writeFileSync(join(root, "copilot", path), text);
  }
  return root;
}

const converted = (files: Readonly<Record<string, string>>) =>
  convert(workspaceIn(workspace(files)), "shop", "eu-west-1");
const service = (text: string) => {
  const { config, left } = converted({ "api/manifest.yml": `name: api\n${text}` });
  return {
    api: (config["services"] as { api: unknown }).api,
    config,
    left: left.map(({ field, why }) => `${field}: ${why}`),
  };
};

/** Every field of a manifest that has a value, by its path; what is in a list belongs to it. */
function fieldsOf(value: Yaml, path = ""): string[] {
  if (!isMap(value)) return [path];
  return Object.entries(value).flatMap(([key, one]) => fieldsOf(one, path === "" ? key : `${path}.${key}`));
}

describe.each(["market", "blog", "events"])("the workspace %s", (name) => {
  const stack = convert(workspaceIn(fixture(name)), name, "eu-west-1");

  it("is a config that passes every check, in each environment", () => {
    const environments = Object.keys((stack.config["environments"] ?? {}) as object);
    for (const environment of [undefined, ...environments])
      expect(resolveStack(structuredClone(stack.config), environment)).toMatchObject({ name });
  });

  it("has each of its fields carried over or listed with a reason", () => {
    const { services, environments } = workspaceIn(fixture(name));
    const told = [...stack.carried, ...stack.left];
    const silent = [...services, ...environments].flatMap(({ file, content }) => {
      const own = told.filter((one) => one.file === file).map(({ field }) => field);
      if (own.includes("(the service)")) return [];
      // An override is a field of the same name.
      return fieldsOf(content)
        .map((field) => field.replace(/^environments\.\w+\./, ""))
        .filter((field) => !own.some((one) => field === one || field.startsWith(`${one}.`)))
        .map((field) => `${file}: ${field}`);
    });
    expect(silent).toEqual([]);
    expect(stack.left.filter(({ why }) => why === "Fairlead has no such setting")).toEqual([]);
  });
});

describe("services of Copilot", () => {
  it("are web services, internal services, workers and jobs", () => {
    const { config } = convert(workspaceIn(fixture("events")), "events", undefined);
    expect(config["services"]).toMatchObject({
      orders: { internal: true, scaling: { min: 2, max: 2 } },
      invoices: { type: "worker", queue: { visibilityTimeout: 45, retentionDays: 4, maxReceives: 10 } },
      nightly: {
        type: "job",
        schedule: "cron(30 2 ? * 2-6 *)",
        container: { command: ["python", "report.py", "--all"] },
      },
      portal: { path: "/*", container: { healthCheckPath: "/_healthcheck" } },
    });
    expect(config).toMatchObject({
      environment: "test",
      environments: {
        test: {
          network: { nat: "none", tasks: "public" },
          services: { invoices: { scaling: { backlogPerTask: 2400 } } },
        },
        live: { network: { vpc: "vpc-0123456789abcdef0" }, services: { invoices: { scaling: { min: 3, max: 3 } } } },
      },
    });
  });

  it("a backend service without a port is a worker without a queue", () => {
    expect(service("type: Backend Service\nimage: { location: busybox }").api).toEqual({
      type: "worker",
      image: "busybox",
      container: { user: "root", readonlyRootFilesystem: false },
      scaling: { min: 1, max: 1 },
    });
  });

  it.each([
    ["count: 3", { scaling: { min: 3, max: 3 } }],
    ["count: { spot: 5 }", { scaling: { min: 5, max: 5 }, spot: { base: 0, percent: 100 } }],
    ["count: { range: 1-10, cpu_percentage: 55 }", { scaling: { min: 1, max: 10, cpuTarget: 55 } }],
    [
      "count: { range: { min: 1, max: 4, spot_from: 3 } }",
      { scaling: { min: 1, max: 4 }, spot: { base: 2, percent: 100 } },
    ],
    ["platform: linux/arm64", { architecture: "arm64" }],
    ["deployment: { rolling: recreate }", { service: { minHealthyPercent: 0, maxPercent: 100 } }],
    ["entrypoint: /bin/run --p1 'a b'", { container: { entryPoint: ["/bin/run", "--p1", "a b"] } }],
    ["storage: { readonly_fs: true, ephemeral: 20 }", { container: { readonlyRootFilesystem: true } }],
    ["http: { path: /v1 }", { path: ["/v1", "/v1/*"] }],
    ["http: { path: /, healthcheck: /up }", { path: "/*", container: { healthCheckPath: "/up" } }],
    [
      "secrets: { A: /x/y, B: { secretsmanager: 'p/q:key::' } }",
      { container: { secrets: { A: { ssm: "/x/y" }, B: { secretsManager: "p/q", key: "key" } } } },
    ],
    [
      "variables: { ENV: 'in-${COPILOT_ENVIRONMENT_NAME}', DEBUG: true }",
      { container: { environment: { ENV: "in-test", DEBUG: "true" } } },
    ],
  ])("%s", (text, expected) => {
    expect(
      service(`type: Load Balanced Web Service\nimage: { build: ./Dockerfile, port: 80 }\n${text}`).api,
    ).toMatchObject(expected);
  });

  it.each([
    ["http: { stickiness: true, path: / }", "http.stickiness: sticky sessions"],
    ["http: { target_container: nginx, path: / }", "http.target_container: requests go to the main container"],
    ["nlb: { port: 443/tls }", "nlb: Network Load Balancers"],
    ["platform: windows/amd64", "platform: Windows"],
    ["env_file: prod.env", "env_file: write its variables"],
    ["variables: { TAG: '${GIT_TAG_THAT_IS_UNSET}' }", "write process.env.GIT_TAG_THAT_IS_UNSET into the config"],
    ["network: { vpc: { security_groups: [sg-1] } }", "network.vpc.security_groups: each service has its own"],
    ["something_new: 1", "something_new: Fairlead has no such setting"],
    ["count: many", 'count: "many" is no number'],
    ["deployment: { rollback_alarms: [a] }", "deployment.rollback_alarms: alarms of your own"],
  ])("lists %s", (text, line) => {
    const { left } = service(`type: Load Balanced Web Service\nimage: { build: ./Dockerfile, port: 80 }\n${text}`);
    expect(left.join("\n")).toContain(line);
  });

  it("have names that the config takes, which are listed where they changed", () => {
    const { config, left } = converted({
      "MyFrontendService/manifest.yml": "name: x\ntype: Backend Service",
      "a-service-with-a-long-name/manifest.yml": "name: y\ntype: Worker Service",
    });
    expect(Object.keys(config["services"] as object)).toEqual(["my-frontend-service", "a-service-with-a-lon"]);
    expect(left.filter(({ field }) => field === "name")).toHaveLength(2);
  });

  it("each with an alias share the domain names by host", () => {
    const web = (alias: string) =>
      `type: Load Balanced Web Service\nimage: { location: nginx, port: 80 }\nhttp: { path: /, alias: ${alias} }`;
    const { config } = converted({
      "a/manifest.yml": web("a.example.com"),
      "b/manifest.yml": web("[{ name: b.example.com, hosted_zone: Z123 }]"),
    });
    expect(config).toMatchObject({
      domain: ["a.example.com", "b.example.com"],
      dns: { zone: "Z123" },
      services: { a: { host: ["a.example.com"] }, b: { host: ["b.example.com"] } },
    });
  });
});

describe("environments", () => {
  const api = "type: Load Balanced Web Service\nimage: { location: nginx, port: 80 }\nhttp: { path: / }\n";

  it("have no CDN, unless their manifest says so", () => {
    const { config } = converted({
      "api/manifest.yml": api,
      "environments/prod/manifest.yml": "cdn: true",
      "environments/test/manifest.yml": "name: test",
    });
    expect(config).not.toHaveProperty("edge");
    expect(config).toMatchObject({ environment: "test", environments: { test: { edge: false }, prod: {} } });
  });

  it("that nobody describes are known from the overrides of services", () => {
    const { config } = converted({
      "api/manifest.yml": `${api}environments: { qa: { count: 2 }, prod: { count: { range: 4-8 } } }`,
    });
    expect(config).toMatchObject({
      environment: "qa",
      services: { api: { scaling: { min: 2, max: 2 } } },
      environments: { prod: { services: { api: { scaling: { min: 4, max: 8 } } } } },
    });
  });
});

it.each([
  ["@daily", "cron(0 0 * * ? *)"],
  ["@every 90m", "rate(90 minutes)"],
  ["@every 1h", "rate(1 hour)"],
  ["@every 30s", undefined],
  ["*/5 * * * *", "cron(0/5 * * * ? *)"],
  ["0 9 * * 0,6", "cron(0 9 ? * 1,7 *)"],
  ["0 9 * * MON-FRI", "cron(0 9 ? * MON-FRI *)"],
  ["0 0 1 */3 *", "cron(0 0 1 1/3 ? *)"],
  ["0 0 1 * 1", undefined],
  ["cron(0 3 * * ? *)", "cron(0 3 * * ? *)"],
  ["none", "cron(0 0 1 1 ? 2199)"],
])("the schedule %s is %s", (text, expression) => {
  expect(scheduleOf(text)).toBe(expression);
});

it("a job that Copilot never starts is not started here either, and its timeout is in the advice", () => {
  const { left, config, api } = service(
    "type: Scheduled Job\nimage: { location: busybox }\non: { schedule: none }\ntimeout: 1h30m",
  );
  expect(api).toMatchObject({ type: "job", schedule: "cron(0 0 1 1 ? 2199)" });
  expect(() => resolveStack(structuredClone(config))).not.toThrow();
  expect(left).toContain(
    "on.schedule: every job has a schedule; the config has cron(0 0 1 1 ? 2199), so that only fairlead job run starts it",
  );
  expect(left).toContain("timeout: a job runs until it ends; instead, stop it in the command: timeout 5400 PROGRAM");
});

it("what no config can have together is decided and listed: processors that differ, and ECS Exec without a writable file system", () => {
  const web = "type: Load Balanced Web Service\nimage: { build: ./Dockerfile, port: 80 }\nhttp: { path: / }\n";
  const { config, left } = converted({
    "web/manifest.yml": `name: web\n${web}platform: linux/arm64\nexec: true\nstorage: { readonly_fs: true }`,
    "mail/manifest.yml": "name: mail\ntype: Backend Service\nimage: { build: ./Dockerfile }\nexec: true",
    "environments/test/manifest.yml": "name: test\ntype: Environment\nhttp: { public: { access_logs: true } }",
  });
  expect(() => resolveStack(structuredClone(config), "test")).not.toThrow();
  expect(left.map(({ file, field }) => `${file} ${field}`)).toEqual([
    "copilot/web/manifest.yml exec",
    "copilot/web/manifest.yml platform",
  ]);
  expect(config).toMatchObject({
    edge: false,
    accessLogs: { balancer: true },
    services: { mail: { service: { enableExec: true } } },
  });
});

it("durations and commands are read as Copilot reads them", () => {
  expect(["45s", "2m", "1h30m", "250ms", "96h", "30", "soon"].map(secondsOf)).toEqual([
    45,
    120,
    5400,
    0.25,
    345_600,
    30,
    undefined,
  ]);
  expect(wordsOf(`sh -c "echo \\"a b\\"" 'c d'`)).toEqual(["sh", "-c", 'echo "a b"', "c d"]);
});

it("a folder that is no workspace is refused in a sentence, and so is a file that cannot be read", () => {
  const folder = mkdtempSync(join(tmpdir(), "fairlead-copilot-"));
  folders.push(folder);
  expect(() => workspaceIn(folder)).toThrow(WorkspaceError);
  expect(() => workspaceIn(workspace({}))).toThrow("has no manifest.yml of a service or job");
  expect(() => workspaceIn(workspace({ "api/manifest.yml": "a: [1" }))).toThrow(
    /^copilot\/api\/manifest.yml cannot be read: /,
  );
  expect(() => workspaceIn(workspace({ "api/manifest.yml": "- 1" }))).toThrow("is no manifest");
});

it("a workspace is also found by its folder copilot, with the templates beside its manifests", () => {
  const root = mkdtempSync(join(tmpdir(), "fairlead-copilot-"));
  folders.push(root);
  cpSync(fixture("events"), root, { recursive: true });
  expect(workspaceIn(join(root, "copilot"))).toMatchObject({ root, application: "Event_Orders" });
  expect(workspaceIn(root).addons).toMatchObject([{ service: "orders", content: { Outputs: { receiptsName: {} } } }]);
});
