import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import { EXIT } from "../../src/cli/exit.ts";
import { tryCases } from "./cases.ts";
import { configText } from "./config-texts.ts";
import { Ground } from "./ground.ts";
import { oddExit, wordless } from "./words.ts";

/** What repeats a value of the file's, or JavaScript's words for what the file tried to do. */
const OWN = /^Error: stack\.config\.ts could not be loaded: |^ {2}\S+: .*(allowed|setting|missing|environment)/;

describe("a stack.config.ts of any text", () => {
  const ground = new Ground();
  /** What was rejected while nothing but the test listened: it would have ended the process. */
  const unheard: string[] = [];
  const hear = (reason: unknown) => {
    if (process.listenerCount("unhandledRejection") === 1) unheard.push(`Nobody heard of ${String(reason)}.`);
  };
  const runner = process.listeners("unhandledRejection");
  beforeAll(async () => {
    await ground.build();
    process.removeAllListeners("unhandledRejection").on("unhandledRejection", hear);
  });
  afterAll(() => {
    process.off("unhandledRejection", hear);
    for (const listener of runner) process.on("unhandledRejection", listener);
    ground.remove();
  });

  /** Runs the commands on the file, and answers what is wrong with what they did. */
  async function complaints(text: string): Promise<string[]> {
    ground.begin(true);
    writeFileSync(join(ground.stage.directory, "stack.config.ts"), text);
    const before = ground.look();
    const plan = await ground.stage.type("plan");
    const found = [...oddExit(plan, EXIT.done, EXIT.failed, EXIT.usage), ...wordless(plan, OWN)];
    if (ground.look().bytes !== before.bytes) found.push("The plan changed something.");
    if (plan.exit !== EXIT.done) return [...found, ...(await untouched())];
    return [...found, ...(await works())];
  }

  /** The same, with what nobody heard of meanwhile. */
  async function allComplaints(text: string): Promise<string[]> {
    return [...(await complaints(text)), ...unheard.splice(0)];
  }

  /** A file that a plan refuses is refused by every command before anything is opened. */
  async function untouched(): Promise<string[]> {
    const found: string[] = [];
    const before = ground.look();
    for (const verb of ["reconcile", "teardown"]) {
      const said = await ground.stage.type(verb, "--yes");
      found.push(...oddExit(said, EXIT.failed, EXIT.usage), ...wordless(said, OWN));
      if (ground.look().bytes !== before.bytes) found.push(`${verb} touched something: ${said.lines.join("\n")}`);
    }
    return found;
  }

  /** A file that can be planned can be carried out, and then there is nothing left to do. */
  async function works(): Promise<string[]> {
    const said = await ground.stage.type("reconcile", "--yes");
    const found = [...oddExit(said, EXIT.done), ...wordless(said), ...ground.disturbed(ground.look())];
    const after = await ground.stage.type("plan", "--check");
    return [...found, ...oddExit(after, EXIT.done)];
  }

  it("is applied, or is refused in a sentence without any change", async () => {
    await tryCases(0.3, configText, allComplaints);
  });
});
