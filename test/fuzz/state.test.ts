import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, it } from "vitest";
import { EXIT } from "../../src/cli/exit.ts";
import { shareOf, STACKS, tryCases } from "./cases.ts";
import { Ground, changed, vanished, type Sight } from "./ground.ts";
import { damages, type Damage } from "./state-damages.ts";
import { oddExit, wordless } from "./words.ts";

/** A plan that says that something goes says so in a line of its own. */
const GOES = /\b(delete|replace|gone|deleted|replaced)\b/;

describe.each(STACKS)("the state of an existing stack, damaged in any way: $title", (stack) => {
  const ground = new Ground(stack);
  let good = "";
  beforeAll(async () => {
    await ground.build();
    good = ground.look().state ?? "";
  }, 600_000);
  afterAll(() => ground.remove());

  function damage({ bytes }: Damage): Sight {
    ground.begin(true);
    rmSync(ground.stateFile);
    if (bytes === undefined) mkdirSync(ground.stateFile);
    else writeFileSync(ground.stateFile, bytes);
    return ground.look();
  }

  async function complaints([harm, verb]: [Damage, "reconcile" | "teardown"]): Promise<string[]> {
    const before = damage(harm);
    const plan = await ground.stage.type("plan");
    const found = [...oddExit(plan, EXIT.done, EXIT.failed), ...wordless(plan)];
    if (ground.look().bytes !== before.bytes) found.push("The plan changed something.");
    const said = await ground.stage.type(verb, "--yes");
    const after = ground.look();
    found.push(...oddExit(said, EXIT.done, EXIT.failed), ...wordless(said), ...ground.disturbed(after));
    if (said.exit !== EXIT.done) {
      if (after.state !== before.state) found.push(`${verb} failed and wrote the state: ${said.lines.join("\n")}`);
      const other = changed(before, after);
      if (other.length > 0) found.push(`${verb} failed and changed ${other.join(", ")}: ${said.lines.join("\n")}`);
    } else found.push(...(verb === "teardown" ? ground.left(after) : await reconciled(before, after, plan.lines)));
    return found;
  }

  /** The file was not edited and nobody was at the account: the stack is what it was. */
  async function reconciled(before: Sight, after: Sight, plan: readonly string[]): Promise<string[]> {
    const found = ground.miscounted(after);
    const gone = vanished(before, after);
    if (gone.length > 0 && !plan.some((line) => GOES.test(line)))
      found.push(`${gone.join(", ")} went, and the plan did not say so: ${plan.join("\n")}`);
    const next = await ground.stage.type("plan", "--check");
    return [...found, ...oddExit(next, EXIT.done)];
  }

  it("stops the run before it acts, or misleads it to nothing", async () => {
    const verbs = fc.constantFrom("reconcile" as const, "reconcile" as const, "teardown" as const);
    await tryCases(shareOf(stack, 0.3), fc.tuple(damages(good, ground.foreignIds), verbs), complaints);
  });
});
