import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withPlaces } from "../../../src/cli/config-places.ts";
import { ConfigError } from "../../../src/config/errors.ts";
import { keysOf } from "../../../src/config/locate.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "fairlead-places-"));
});
afterEach(() => rm(directory, { recursive: true }));

/** The place that an error about a setting names, in a file of these lines. */
async function placeOf(path: string, lines: readonly string[], file = "stack.config.ts"): Promise<string | undefined> {
  await writeFile(join(directory, file), lines.join("\n"));
  const refuse = () => Promise.reject(new ConfigError([{ path, message: "is wrong" }]));
  const flags = file === "stack.config.ts" ? {} : { config: file };
  const error: unknown = await withPlaces(flags, { directory }, refuse).catch((caught: unknown) => caught);
  return error instanceof ConfigError ? error.problems[0]?.place : "no ConfigError";
}

const FILE = [
  'import { defineStack, type StackConfig } from "fairlead";',
  "",
  "const shared = { container: { port: 80, cpu: 256 } } as const;",
  'const tags: Record<string, string> = { "cost centre": "7" };',
  "export default defineStack({",
  '  name: "shop",',
  "  ...shared,",
  "  tags,",
  "  network: {",
  '    zones: ["eu-west-1a",',
  '      "eu-west-1b"],',
  '    cidr: process.env["CIDR"],',
  "  },",
  "  environments: {",
  '    "prod": { service: { desiredCount: 3 } },',
  "  },",
  "} satisfies StackConfig);",
];

describe("an error of the config", () => {
  it.each([
    ["name", "stack.config.ts:6:3"],
    ["network.zones[1]", "stack.config.ts:11:7"],
    ["network.cidr", "stack.config.ts:12:5"],
    ["environments.prod.service.desiredCount", "stack.config.ts:15:26"],
    ["container.port", "stack.config.ts:3:31"],
    ['tags["cost centre"]', "stack.config.ts:4:40"],
  ])("names file, line and column of %s", async (path, place) => {
    expect(await placeOf(path, FILE)).toBe(place);
  });

  it("points to the nearest group that is there where a setting is not", async () => {
    expect(await placeOf("network.publicSubnets", FILE)).toBe("stack.config.ts:9:3");
    expect(await placeOf("environments.prod.service.maxPercent", FILE)).toBe("stack.config.ts:15:15");
  });

  it("names the file alone where the file computes what it exports, or says nothing of the setting", async () => {
    expect(await placeOf("edge.comment", FILE)).toBe("stack.config.ts");
    expect(await placeOf("name", ["const build = () => ({ name: 1 });", "export default build();"])).toBe(
      "stack.config.ts",
    );
    expect(await placeOf("name", ["export default {"])).toBe("stack.config.ts");
    expect(await placeOf("name", ["const a = b;", "const b = a;", "export default a;"])).toBe("stack.config.ts");
  });

  it("finds a plain object, a constant that is exported, and a file of another name", async () => {
    expect(await placeOf("name", ["export default { name: 1 };"], "other.mjs")).toBe("other.mjs:1:18");
    const named = ["const stack = defineStack({", "  name: 1,", "  name: 2 });", "export { stack as default };"];
    expect(await placeOf("name", named)).toBe("stack.config.ts:3:3");
  });

  it("of a flag or a variable of the shell has no place in the file", async () => {
    expect(await placeOf("--env", FILE)).toBeUndefined();
    expect(await placeOf("AWS_REGION", FILE)).toBeUndefined();
  });

  it("is formatted like a compiler error, and any other error is left unchanged", async () => {
    await writeFile(join(directory, "stack.config.ts"), FILE.join("\n"));
    const wrong = new ConfigError([{ path: "name", message: "is wrong" }]);
    await expect(withPlaces({}, { directory }, () => Promise.reject(wrong))).rejects.toThrow(
      "stack.config.ts:6:3: name: is wrong",
    );
    const other = new Error("other");
    await expect(withPlaces({}, { directory }, () => Promise.reject(other))).rejects.toBe(other);
    expect(await withPlaces({}, { directory }, async () => 7)).toBe(7);
  });
});

describe("a path", () => {
  it("is read as messages spell it", () => {
    expect(keysOf('environments.prod.tags["a.b \\"c\\""]')).toEqual(["environments", "prod", "tags", 'a.b "c"']);
    expect(keysOf("service.taskPolicy[0].Sid")).toEqual(["service", "taskPolicy", 0, "Sid"]);
  });
});
