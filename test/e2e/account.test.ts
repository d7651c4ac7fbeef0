import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Stage } from "../support/stage.ts";

const OWN = "123456789012";
const OTHER = "999999999999";

let stage: Stage;
let restore: () => void;
beforeAll(async () => {
  stage = new Stage();
  expect((await stage.run("reconcile")).exit).toBe(0);
  restore = stage.keep();
});
beforeEach(() => restore());
afterAll(() => stage.remove());

const path = () => join(stage.directory, ".fairlead", "fairlead-app-dev.json");
const stateOf = () => readFileSync(path(), "utf8");

/** How often a command asked whose the credentials are, and what came of it. */
async function asked(...words: string[]) {
  const said = await stage.type(...words, "--log", "calls.jsonl");
  const log = readFileSync(join(stage.directory, "calls.jsonl"), "utf8").split("\n");
  const operations = log.filter(Boolean).map((line) => (JSON.parse(line) as { operation: string }).operation);
  return {
    ...said,
    identities: operations.filter((operation) => operation === "GetCallerIdentity").length,
    changes: operations.filter((operation) => !/^(Describe|Get|List|BatchGet|Head)/.test(operation)),
  };
}

describe("the account recorded in the state", () => {
  it.each([["plan"], ["status"], ["reconcile"]])("is proven for %s by the roles that it looks at", async (verb) => {
    expect(await asked(verb)).toMatchObject({ exit: 0, identities: 0, changes: [] });
  });

  it("is proven for a teardown like that too, before it deletes anything", async () => {
    const { exit, identities, changes } = await asked("teardown", "--yes");
    expect([exit, identities]).toEqual([0, 0]);
    expect(changes.length).toBeGreaterThan(0);
  });

  it.each([["doctor"], ["releases"]])("is asked for before %s does anything", async (verb) => {
    expect((await asked(verb)).identities).toBe(1);
  });

  it.each([["plan"], ["status"], ["reconcile"], ["teardown", "--yes"]])(
    "is refused by %s where the credentials are another's",
    async (verb, ...words) => {
      const theirs = stateOf().replaceAll(OWN, OTHER);
      writeFileSync(path(), theirs);
      const { exit, lines, identities, changes } = await asked(verb, ...words);
      expect(lines.join("\n")).toContain(`belongs to account ${OTHER}, and this run is for account ${OWN}`);
      expect([exit, identities, changes]).toEqual([1, 1, []]);
      expect(stateOf()).toBe(theirs);
    },
  );

  it.each([["reconcile"], ["teardown", "--yes"]])(
    "is also enforced for %s if nothing of the stack is in the account of the credentials",
    async (verb, ...words) => {
      writeFileSync(path(), stateOf().replaceAll(OWN, OTHER));
      rmSync(join(stage.directory, ".fairlead", "local"), { recursive: true });
      const { exit, lines, identities, changes } = await asked(verb, ...words);
      expect(lines.join("\n")).toContain(`belongs to account ${OTHER}, and this run is for account ${OWN}`);
      expect([exit, identities, changes]).toEqual([1, 1, []]);
    },
  );

  it("is asked of AWS if the roles that would prove it are gone", async () => {
    rmSync(join(stage.directory, ".fairlead", "local"), { recursive: true });
    expect(await asked("plan")).toMatchObject({ exit: 0, identities: 1, changes: [] });
  });

  it("is asked of AWS if there is no state, or if the state contradicts itself", async () => {
    renameSync(path(), `${path()}.kept`);
    expect(await asked("plan")).toMatchObject({ exit: 0, identities: 1 });
    const mixed = readFileSync(`${path()}.kept`, "utf8").replace(`iam::${OWN}:role`, `iam::${OTHER}:role`);
    writeFileSync(path(), mixed);
    expect((await asked("plan")).identities).toBe(1);
  });
});
