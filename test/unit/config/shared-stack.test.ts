import { describe, expect, it } from "vitest";
import { ConfigError } from "../../../src/config/errors.ts";
import { namesOf } from "../../../src/config/naming.ts";
import { resolveStack } from "../../../src/config/resolve.ts";
import { alternatives } from "../../../src/config/services.ts";
import { onSharedStack } from "../../../src/config/shared-stack.ts";
import type { WebService } from "../../../src/config/stack.ts";
import type { StackConfig } from "../../../src/config/types.ts";

const services = { web: { path: "/shop/*" } };
const problems = (config: StackConfig, env?: string): string[] => {
  try {
    resolveStack(config, env);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
};
const priorityOf = (stack: { readonly services: readonly object[] }) => (stack.services[0] as WebService).priority;

describe("shared", () => {
  it("names a stack, in this stack's environment if it names none", () => {
    expect(resolveStack({ environment: "prod", shared: "platform", services }).shared).toEqual({
      name: "platform",
      environment: "prod",
    });
    expect(resolveStack({ shared: "platform/live", services }).shared).toEqual({
      name: "platform",
      environment: "live",
    });
  });

  it("gives the stack the names of the shared load balancer and cluster, and its own names for the rest", () => {
    const names = namesOf(resolveStack({ name: "shop", shared: "platform", services }), "123456789012");
    expect(names).toMatchObject({
      loadBalancer: "platform-dev",
      cluster: "platform-dev-cluster",
      service: "shop-dev-service",
      targetGroup: "shop-dev",
    });
  });

  it.each<[string, StackConfig, RegExp]>([
    ["the stack itself", { name: "shop", shared: "shop", services }, /^shared: .*is this stack itself/],
    [
      "something to share",
      { shared: "platform", shareable: true, services },
      /^shareable: .*cannot be combined with shared/,
    ],
    ["a network", { shared: "platform", network: { nat: "none" }, services }, /^network: .*belongs to platform\/dev/],
    [
      "a CDN",
      { shared: "platform", edge: { priceClass: "PriceClass_All" }, services },
      /^edge: .*belongs to platform\/dev/,
    ],
    ["no path", { shared: "platform" }, /^services.web.path: .*would receive all requests.*such as "\/dev\/\*"/],
    [
      "a priority",
      { shared: "platform", services: { web: { path: "/shop/*", priority: 7 } } },
      /^services.web.priority: .*cannot be chosen/,
    ],
    [
      "a patch of a resource that the shared stack has",
      { shared: "platform", services, patch: { "balancer/load-balancer": { ipAddressType: "dualstack" } } },
      /^patch\["balancer\/load-balancer"\]: .*is a resource of platform\/dev, the shared stack, and is patched in its config/,
    ],
  ])("is refused with %s", (_what, config, told) => {
    expect(problems(config)).toEqual([expect.stringMatching(told)]);
  });

  it("ignores what an environment inherits from the stack that it shares", () => {
    const config: StackConfig = {
      name: "shop",
      network: { nat: "single" },
      environments: { staging: { shareable: true }, preview: { shared: "shop/staging", services } },
    };
    expect(problems(config, "preview")).toEqual([]);
    expect(resolveStack(config, "preview").network.vpc).toBe("");
  });

  it("inherits no setting that only concerns the stack that it shares: what it shares, priorities, and patches of its resources", () => {
    const patch = { "balancer/load-balancer": { ipAddressType: "dualstack" }, "compute/service": { tags: { a: "b" } } };
    const config: StackConfig = {
      name: "shop",
      shareable: true,
      patch,
      services: { web: { priority: 7 }, api: { path: "/api/*" } },
      environments: {
        preview: { shared: "shop/dev", services: { ...services, api: { path: "/shop/api/*" } } },
        other: { shared: "shop/dev", services: { web: { path: "/other/*", priority: 8 } }, patch },
      },
    };
    expect(problems(config)).toEqual([]);
    expect(resolveStack(config).patch).toEqual(patch);
    expect(priorityOf(resolveStack(config))).toBe(7);
    expect(problems(config, "preview")).toEqual([]);
    const preview = resolveStack(config, "preview");
    expect(preview).toMatchObject({ shareable: false, patch: { "compute/service": { tags: { a: "b" } } } });
    expect(priorityOf(preview)).toBeGreaterThan(999);
    expect(problems(config, "other")).toEqual([
      expect.stringMatching(/^environments\.other\.patch\["balancer\/load-balancer"\]: /),
      expect.stringMatching(/^environments\.other\.services\.web\.priority: /),
    ]);
  });
});

describe("shareable", () => {
  it("allows a stack without services", () => {
    expect(resolveStack({ shareable: true, services: {} }).services).toEqual([]);
    expect(problems({ services: {} })).toHaveLength(1);
  });

  it("moves the rule of the only service behind those of other stacks", () => {
    expect(priorityOf(resolveStack({}))).toBe(100);
    expect(priorityOf(resolveStack({ shareable: true }))).toBeGreaterThan(
      priorityOf(resolveStack({ shared: "platform", services })),
    );
  });
});

describe("priorities on a shared listener", () => {
  const stack = resolveStack({ name: "shop", shared: "platform", services });
  const network = { vpc: "vpc-1", publicSubnets: [], privateSubnets: ["subnet-1"] };
  const wanted = priorityOf(stack);
  const on = (taken: number[], own: Record<string, number> = {}) =>
    priorityOf(onSharedStack(stack, { network, taken: new Set(taken), own }));

  it("are as wanted if they are free, and otherwise the next that asks for as much", () => {
    expect(on([])).toBe(wanted);
    const other = on([wanted]);
    expect(other).not.toBe(wanted);
    expect(alternatives(wanted)).toContain(other);
  });

  it("stay as they are, whoever comes or goes", () => {
    const [, next = 0] = alternatives(wanted);
    expect(on([], { web: next })).toBe(next);
    expect(on([wanted], { web: next })).toBe(next);
  });

  it("move if the service asks for more or less than before", () => {
    expect(on([], { web: 100 })).toBe(wanted);
  });

  it("suit the same range as the wanted one, each once", () => {
    const all = alternatives(wanted);
    expect(new Set(all).size).toBe(all.length);
    expect(all[0]).toBe(wanted);
    expect(Math.max(...all) - Math.min(...all)).toBe(all.length - 1);
    for (const one of all) expect(new Set(alternatives(one))).toEqual(new Set(all));
  });
});
