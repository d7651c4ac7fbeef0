import { describe, expect, test } from "vitest";
import { ConfigError } from "../../../src/config/errors.ts";
import { resolveStack } from "../../../src/config/resolve.ts";
import type { Service } from "../../../src/config/stack.ts";
import type { StackConfig } from "../../../src/config/types.ts";

const services = (config: StackConfig, env?: string) => resolveStack(config, env).services;
const byName = (config: StackConfig, env?: string): Readonly<Record<string, Service | undefined>> =>
  Object.fromEntries(services(config, env).map((service) => [service.name, service]));

/** The lines that a configuration is refused with. */
function lines(config: unknown): string[] {
  try {
    resolveStack(config);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) => `${problem.path}: ${problem.message}`);
  }
}

describe("the plain form", () => {
  test("is one service called web, with what stands beside it", () => {
    const {
      container,
      service,
      scaling,
      balancer,
      services: all,
    } = resolveStack({
      container: { port: 8080 },
      service: { desiredCount: 3, taskPolicy: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }] },
      balancer: { deregistrationDelay: 5, healthCheck: { interval: 10 } },
    });
    const { taskPolicy, ...running } = service;
    expect(all).toEqual([
      {
        name: "web",
        type: "web",
        container,
        service: running,
        taskPolicy,
        scaling,
        healthCheck: balancer.healthCheck,
        deregistrationDelay: 5,
        build: { context: "service", dockerfile: "Dockerfile", args: {} },
        architecture: "x86_64",
        sidecars: {},
        dependsOn: {},
        volumes: {},
        paths: ["/*"],
        hosts: [],
        priority: 100,
        internal: false,
      },
    ]);
  });

  test("and a named web service that differs in nothing are the same", () => {
    const build = { context: "service" };
    expect(resolveStack({ services: { web: { build } } })).toEqual(resolveStack({}));
    const named = resolveStack({ services: { web: { build, container: { port: 80 }, deregistrationDelay: 9 } } });
    expect(named).toEqual(resolveStack({ container: { port: 80 }, balancer: { deregistrationDelay: 9 } }));
  });
});

describe("named services", () => {
  const config: StackConfig = {
    container: { port: 8080, environment: { LOG: "info" } },
    service: { desiredCount: 4 },
    services: {
      web: {},
      api: { path: "/api/*", container: { environment: { ROLE: "api" } }, service: { minHealthyPercent: 50 } },
      mailer: { type: "worker", queue: true, scaling: { max: 3, backlogPerTask: 10 }, service: { desiredCount: 1 } },
      report: { type: "job", schedule: "cron(0 3 ? * MON-FRI *)", imageOf: "api" },
    },
    environments: { prod: { services: { mailer: { queue: { visibilityTimeout: 120 }, scaling: { max: 9 } } } } },
  };

  test("begin where the groups beside them do, field by field, in the order of the file", () => {
    expect(services(config).map(({ name, type }) => [name, type])).toEqual([
      ["web", "web"],
      ["api", "web"],
      ["mailer", "worker"],
      ["report", "job"],
    ]);
    const { web, api, report } = byName(config);
    expect(web).toMatchObject({
      container: { port: 8080, environment: { LOG: "info" } },
      service: { desiredCount: 4 },
    });
    expect(api).toMatchObject({
      container: { environment: { LOG: "info", ROLE: "api" } },
      service: { desiredCount: 4, minHealthyPercent: 50 },
      build: { context: "service/api" },
    });
    expect(report).toMatchObject({ timezone: "UTC", retries: 2, maxAgeMinutes: 60, imageOf: "api" });
    expect(report).not.toHaveProperty("build");
    expect(report).not.toHaveProperty("service");
  });

  test("are overridden by an environment without saying their type again", () => {
    expect(byName(config)["mailer"]).toMatchObject({
      queue: { visibilityTimeout: 60, retentionDays: 4, maxReceives: 5 },
      scaling: { min: 1, max: 3, backlogPerTask: 10 },
    });
    expect(byName(config, "prod")["mailer"]).toMatchObject({
      queue: { visibilityTimeout: 120 },
      scaling: { min: 1, max: 9 },
    });
  });

  test("have priorities by how specific they are, whatever the order of the file", () => {
    const paths = { web: {}, api: { path: "/api/*" }, v2: { path: "/api/v2/*" }, shop: { host: "shop.example.com" } };
    const placed = (given: StackConfig["services"]) =>
      Object.fromEntries(
        services({ services: given ?? {} }).map((service) => [
          service.name,
          "priority" in service ? service.priority : 0,
        ]),
      );
    const all = placed(paths);
    const order = Object.entries(all).toSorted(([, one], [, other]) => one - other);
    expect(order.map(([name]) => name)).toEqual(["shop", "v2", "api", "web"]);
    // One that comes or goes moves none of the others.
    expect(placed({ ...paths, docs: { path: "/docs/*" } })).toMatchObject(all);
    // Nor does one that says its own place.
    expect(placed({ ...paths, api: { path: "/api/*", priority: 7 } })).toEqual({ ...all, api: 7 });
    // The only one has the place that it has without `services`.
    expect(placed({ web: {} })).toEqual({ web: 100 });
  });

  test("that ask for equally much never share a priority", () => {
    const image = "nginx:1";
    const own = Array.from({ length: 90 }, (_, n) => [`s${n}`, { image, path: `/p${10 + n}/*` }]);
    const many = Object.fromEntries(own);
    const places = services({ services: many }).map((service) => "priority" in service && service.priority);
    expect(new Set(places).size).toBe(90);
  });
});

describe("a setting of a service", () => {
  test("is refused where it would do nothing: a base for the one task of a job, a command before releases that never come", () => {
    const job = { type: "job", schedule: "rate(1 hour)", spot: { base: 1 } };
    expect(lines({ services: { web: {}, job } })).toEqual([
      "services.job.spot.base: 1 does not apply to a job, which is a single task; allowed: percent only",
    ]);
    const named = { image: "nginx:1", release: { before: ["migrate"] } };
    expect(lines({ services: { web: {}, named: { ...named, type: "worker" } } })).toEqual([
      'services.named.release: "nginx:1" has no release to run before, since the file names the image; allowed: with build or imageOf',
    ]);
  });

  const web = (own: object) => ({ services: { web: own } });
  const job = (own: object) => ({ services: { web: {}, job: { type: "job", schedule: "rate(1 hour)", ...own } } });
  test.each<[object, string | RegExp]>([
    [
      { services: { web: {}, api: { path: "/api/*", architecture: "arm64" } } },
      'services.api.architecture: "arm64" differs from "x86_64" of web, and one machine builds the images of all services; allowed: "x86_64", or with an image that is built elsewhere',
    ],
    [{ services: {} }, /^services: \{\} is empty; allowed: at least one service/],
    [
      { services: { Web: {} } },
      /^services\.Web: the name "Web" is not allowed; allowed: at most 20 lower-case letters/,
    ],
    [web({ typ: "web" }), /^services\.web\.typ: is an unknown setting; did you mean services\.web\.type\?/],
    [
      web({ type: "wroker" }),
      /^services\.web\.type: "wroker" is not allowed; did you mean "worker"\? allowed: "web", "worker", "job"/,
    ],
    [
      web({ container: { prot: 1 } }),
      /^services\.web\.container\.prot: .* did you mean services\.web\.container\.port\?/,
    ],
    [web({ sidecars: { proxy: { image: "envoy", prot: 1 } } }), /did you mean services\.web\.sidecars\.proxy\.port\?/],
    [
      web({ sidecars: { proxy: {} } }),
      /^services\.web\.sidecars\.proxy\.image: is missing; needed: an image reference/,
    ],
    [web({ queue: true }), `services.web.queue: true does not apply to a web; allowed: with type "worker"`],
    [
      web({ scaling: { backlogPerTask: 1 } }),
      /^services\.web\.scaling\.backlogPerTask: .* allowed: with type "worker"$/,
    ],
    [
      { services: { a: { type: "worker", scaling: { backlogPerTask: 1 } } } },
      /requires a queue; allowed: with queue: true$/,
    ],
    [{ services: { a: { type: "job" } } }, /^services\.a: "a" is a job without a schedule; needed: schedule/],
    [
      job({ release: { before: ["x"] } }),
      /^services\.job\.release: .* does not apply to a job; allowed: with type "web", "worker"$/,
    ],
    [
      job({ schedule: "rate(1 hours)" }),
      /^services\.job\.schedule: "rate\(1 hours\)" is not allowed; allowed: an EventBridge Scheduler expression/,
    ],
    [
      job({ timezone: "Europe/Berln" }),
      `services.job.timezone: "Europe/Berln" is not allowed; allowed: an IANA time zone, such as Europe/Berlin`,
    ],
    [
      job({ image: "a", build: {} }),
      `services.job: "job" has more than one image source: build and image; allowed: one of build, image and imageOf`,
    ],
    [
      job({ imageOf: "nobody" }),
      `services.job.imageOf: "nobody" is not a service that builds an image; allowed: "web"`,
    ],
    [job({ imageOf: "job" }), `services.job.imageOf: "job" is not a service that builds an image; allowed: "web"`],
    [
      job({ imageOf: "web", architecture: "arm64" }),
      /builds for x86_64, but this service runs on arm64; allowed: the same/,
    ],
    [
      web({ container: { cpu: 1024 } }),
      /^services\.web\.container\.memory: 512 \(the default\) is not available on Fargate with cpu 1024/,
    ],
    [web({ healthCheck: { timeout: 30 } }), /^services\.web\.healthCheck\.timeout: 30 is not less than the interval/],
    [
      web({ path: "api" }),
      /^services\.web\.path: "api" is not allowed; allowed: a path pattern that starts with \/, of at most 128/,
    ],
    [web({ path: `/${"a".repeat(128)}` }), /^services\.web\.path: .* of at most 128/],
    [web({ host: "localhost" }), /^services\.web\.host: "localhost" is not allowed; allowed: a host name/],
    [
      web({ path: ["/a", "/b", "/c", "/d", "/e"] }),
      /has 5 paths and hosts, but a rule supports 5 values, one of which Fairlead uses; allowed: at most 4 in total$/,
    ],
    [web({ path: ["/a/*/*/*", "/b/*/*/*"] }), /has 6 wildcards; allowed: at most 5 in the paths and hosts/],
    [
      web({ internal: true, path: "/a" }),
      /^services\.web\.path: .* is internal, so it is not behind the load balancer/,
    ],
    [
      { services: { a: { path: "/x" }, b: { path: ["/x"] } } },
      `services.b.path: "/x" is already routed to a; allowed: another path or host`,
    ],
    [
      { services: { a: { host: "A.example.com" }, b: { host: "a.example.com" } } },
      /^services\.b\.host: "a\.example\.com\/\*" is already routed to a;/,
    ],
    [
      { services: { a: { path: "/a" }, b: {} } },
      /^services\.b: "b" is one of several web services and would receive no requests; needed: a path or a host$/,
    ],
    [
      { services: { a: { path: "/a", priority: 5 }, b: { path: "/b", priority: 5 } } },
      `services.b.priority: 5 is already the priority of a; allowed: another number`,
    ],
    [
      web({ dependsOn: { proxy: "START" } }),
      /^services\.web\.dependsOn\.proxy: "proxy" is not another container of the service; allowed: none/,
    ],
    [
      web({ sidecars: { p: { image: "x" } }, dependsOn: { p: "HEALTHY" } }),
      /requires a health check; allowed: when p has a healthCheck$/,
    ],
    [
      web({ sidecars: { p: { image: "x" } }, dependsOn: { p: "SUCCESS" } }),
      /waits for the exit of an essential container, which stops the task/,
    ],
    [
      web({ sidecars: { p: { image: "x", dependsOn: { web: "START" } } }, dependsOn: { p: "START" } }),
      /^services\.web\.dependsOn: \["web","p","web"\] is a dependency cycle/,
    ],
    [
      web({ sidecars: { p: { image: "x", port: 5000 } } }),
      `services.web.sidecars.p.port: 5000 is already the port of web; allowed: another port`,
    ],
    [
      web({ sidecars: { p: { image: "x", memory: 512 } } }),
      /^services\.web\.sidecars: 512 is the total memory that the sidecars reserve/,
    ],
    [
      web({ volumes: { a: { path: "/data" }, b: { path: "/data" } } }),
      /^services\.web\.volumes\.b\.path: "\/data" is already the mount path of volume a/,
    ],
    [
      web({ ephemeralStorage: 20 }),
      `services.web.ephemeralStorage: 20 is not allowed; allowed: a whole number from 21 to 200`,
    ],
  ])("%j is refused", (config, line) => {
    const found = lines(config);
    expect(found).toHaveLength(1);
    const whole = typeof line === "string" ? `^${line.replaceAll(/[$()*+.?[\\\]^{|}]/g, "\\$&")}$` : line;
    expect(found[0]).toMatch(new RegExp(whole));
  });

  test.each([
    web({ spot: { base: 2 }, architecture: "arm64" }),
    web({ host: ["shop.example.com", "*.example.org"], path: "/x*" }),
    web({ sidecars: { init: { image: "x", essential: false } }, dependsOn: { init: "SUCCESS" } }),
    { services: { a: { internal: true }, b: { internal: true }, c: {} } },
    { services: { a: { type: "worker", queue: { maxReceives: 3 }, release: { before: ["npm", "run", "migrate"] } } } },
  ])("%j is taken", (config) => {
    expect(lines(config)).toEqual([]);
  });
});
