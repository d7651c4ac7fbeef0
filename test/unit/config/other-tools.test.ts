import { describe, expect, it } from "vitest";
import { otherSettings } from "../../../src/config/other-tools.ts";
import { settingPaths } from "../../../src/config/parts.ts";
import { resolveStack } from "../../../src/config/resolve.ts";
import { simplify } from "../../../src/config/suggest.ts";
import { ConfigError } from "../../../src/config/errors.ts";

const lines = (config: unknown): string[] => {
  try {
    resolveStack(config);
    return [];
  } catch (error) {
    return (error as ConfigError).problems.map(({ path, message }) => `${path}: ${message}`);
  }
};

describe("settings of other tools", () => {
  it.each([
    [
      { variables: {} },
      "variables: is an unknown setting; what other tools call variables is container.environment here",
    ],
    [
      { services: { web: { variables: { SECRET: "s3cret" } } } },
      "services.web.variables: is an unknown setting; what other tools call variables is services.web.container.environment here",
    ],
    [
      { environments: { prod: { services: { web: { count: 3 } } } } },
      "environments.prod.services.web.count: is an unknown setting; what other tools call count is environments.prod.services.web.service.desiredCount here",
    ],
    [{ vpc_id: "vpc-1" }, "vpc_id: is an unknown setting; what other tools call vpc_id is network.vpc here"],
    [
      { certificateArn: "arn:aws:acm:..." },
      "certificateArn: is not supported; instead: set domain, and Fairlead requests, validates and renews the certificates",
    ],
    [
      { services: { web: { stickiness: true } } },
      "services.web.stickiness: is not supported; instead: keep sessions outside of the tasks, such as in a database",
    ],
  ])("%j", (config, line) => {
    expect(lines(config)).toEqual([line]);
  });

  it("are no settings of ours at the top, nor of a service, and name settings that exist", () => {
    const known = settingPaths();
    const own = known.flatMap((path) => /^(?:services\.\*\.)?(\w+)(?:\.|$)/.exec(path)?.[1] ?? []).map(simplify);
    expect(Object.keys(otherSettings).filter((name) => own.includes(name) || simplify(name) !== name)).toEqual([]);
    const here = Object.values(otherSettings).flatMap((one) => ("here" in one ? [one.here] : []));
    const groups = known.flatMap((path) => path.split(".").map((_, at, all) => all.slice(0, at + 1).join(".")));
    expect(here.filter((path) => !groups.includes(path))).toEqual([]);
  });

  it("do not stand for a misplaced setting of ours", () => {
    expect(lines({ scaling: { bucket: "x" } })).toEqual([expect.stringContaining("did you mean state.s3.bucket")]);
  });
});
