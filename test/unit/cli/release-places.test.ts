import { describe, expect, it } from "vitest";
import { holderOf } from "../../../src/cli/release-places.ts";
import { namesOf } from "../../../src/config/naming.ts";
import { resolveStack } from "../../../src/config/resolve.ts";
import type { StackConfig } from "../../../src/index.ts";

const REGISTRY = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com";

const recorded = (...services: string[]) =>
  Object.fromEntries(
    services.map((name) => [
      name === "web" ? "compute/service" : `${name}/compute/service`,
      { id: `cluster/${name}`, type: "ecs/service", spec: {} },
    ]),
  );
const repository = (name: string) => ({ type: "ecr/repository", spec: { name } });

function holder(services: NonNullable<StackConfig["services"]>, resources: Parameters<typeof holderOf>[0]) {
  const stack = resolveStack({ services });
  const namesFor = (service: string) => namesOf(stack, "123456789012", service);
  return holderOf(resources, stack.services, { registry: REGISTRY, namesFor });
}

describe("the service that an image was built for", () => {
  const services = { web: {}, api: { path: "/api/*", imageOf: "web" } };

  it("is asked for only where a repository stands that nothing is built into any more", () => {
    expect(holder(services, recorded("web", "api"))).toBeUndefined();
    const of = holder(services, {
      ...recorded("web", "api"),
      "api/registry/repository": repository("kept-name"),
      "registry/repository": repository("fairlead-app-dev"),
    });
    expect(of?.(`${REGISTRY}/kept-name`)).toBe("api");
    expect(of?.(`${REGISTRY}/fairlead-app-dev`)).toBeUndefined();
    expect(of?.("public.ecr.aws/kept-name")).toBeUndefined();
  });

  it("follows from the repository's name where the state lacks a service, and so may lack the repository", () => {
    const of = holder(
      { web: { imageOf: "site" }, api: { path: "/api/*", imageOf: "site" }, site: { path: "/site/*" } },
      // A run that died was about to create it.
      { ...recorded("web", "site"), "api/compute/service": { type: "ecs/service", spec: {} } },
    );
    expect(of?.(`${REGISTRY}/fairlead-app-dev-api`)).toBe("api");
    expect(of?.(`${REGISTRY}/fairlead-app-dev`)).toBe("web");
    // A service that is no longer in the file.
    expect(of?.(`${REGISTRY}/fairlead-app-dev-old`)).toBe("old");
    // Built into, of another stack, in another account.
    expect(of?.(`${REGISTRY}/fairlead-app-dev-site`)).toBeUndefined();
    expect(of?.(`${REGISTRY}/fairlead-app-prod-api`)).toBeUndefined();
    expect(of?.("210987654321.dkr.ecr.ap-northeast-1.amazonaws.com/fairlead-app-dev-api")).toBeUndefined();
  });
});
