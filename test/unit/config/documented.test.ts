import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fillDefaults } from "../../../src/config/fill.ts";
import { settingPaths } from "../../../src/config/parts.ts";
import { terraformInputs } from "../../../src/config/terraform.ts";

const table = readFileSync(new URL("../../../docs/settings.md", import.meta.url), "utf8");
const rows = [...table.matchAll(/^\| `([^`]+)` \| (.*?) \| .*? \| (.*?) \|$/gm)].map(
  ([, path = "", value = "", what = ""]) => ({
    path,
    value,
    what,
  }),
);

const at = (path: string) =>
  path
    .split(".")
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], fillDefaults({}, "dev"));

describe("the table of settings", () => {
  it("names every setting, and no other", () => {
    const all = settingPaths().filter(
      (path) => !/^(environments|services|service\.taskPolicy\.|network\.acls\.(public|private)\.)/.test(path),
    );
    const groups = all.filter((path) => all.some((other) => other.startsWith(`${path}.`)));
    const plain = rows.filter(({ path }) => !path.startsWith("services."));
    const told = plain.map(({ path }) => path.replaceAll("NAME", "*"));
    // A record has a row of its own before those of its items.
    expect(told.filter((path) => !groups.includes(path))).toEqual(all.filter((path) => !groups.includes(path)));
  });

  it("names every setting of a service that is not already listed for the whole stack", () => {
    const told = rows.map(({ path }) => path.replaceAll("NAME", "*"));
    const own = settingPaths().filter((path) => path.startsWith("services.*."));
    const missing = own.filter(
      (path) =>
        !told.some((other) => other === path || other.startsWith(`${path}.`)) &&
        !/^services\.\*\.(container|service|healthCheck|taskPolicy)\b|\.healthCheck\b|\.secrets\.\*|^services\.\*\.scaling\.(min|max|releaseMin|cpu|memory|scale|schedule)/.test(
          path,
        ),
    );
    expect(missing).toEqual([]);
  });

  it("has the right defaults", () => {
    for (const { path, value } of rows) {
      const [, json] = /^`([^`]*)`$/.exec(value) ?? [];
      // Words stand for what follows from something else. Nothing of a group that is off is there.
      if (
        json === undefined ||
        json.startsWith("service.") ||
        /^(state\.s3|accessLogs|alarms|budget|schedule|security|network\.flowLogs|edge\.firewall|network\.acls)\./.test(
          path,
        )
      )
        continue;
      if (/^(container\.(?:healthCheck|secrets)|services)\.|NAME/.test(path)) continue;
      expect([path, JSON.parse(json)]).toEqual([path, at(path)]);
    }
  });

  it("names the setting for each input of the Terraform repository", () => {
    for (const [input, path] of Object.entries(terraformInputs))
      expect(rows.find((row) => row.path === path)?.what).toContain(`Terraform: \`${input}\`.`);
  });
});
