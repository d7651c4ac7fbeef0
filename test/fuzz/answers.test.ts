// First of all: whoever loads the simulator before it speaks to one that does not lie.
import { lying } from "./liar.ts";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, it } from "vitest";
import { EXIT } from "../../src/cli/exit.ts";
import type { Answer, Said } from "../support/stage.ts";
import { shareOf, STACKS, tryCases } from "./cases.ts";
import { Ground, vanished, type Sight } from "./ground.ts";
import { lies, type Lie } from "./lies.ts";
import { oddExit, wordless } from "./words.ts";

/** What is being done while AWS tells a lie, and whether the stack stands by then. */
interface Scene {
  readonly verb: "plan" | "reconcile" | "teardown";
  readonly standing: boolean;
}

const SCENES: readonly Scene[] = [
  { verb: "reconcile", standing: false },
  { verb: "reconcile", standing: true },
  { verb: "plan", standing: true },
  { verb: "teardown", standing: true },
];

const flagsOf = ({ verb }: Scene) => (verb === "plan" ? ["--json"] : ["--yes", "--json"]);

describe.each(STACKS)("an AWS whose answers have gaps, doubles and words that nobody knows: $title", (stack) => {
  const ground = new Ground(stack);
  let cases: fc.Arbitrary<[Scene, Lie]>;
  beforeAll(async () => {
    await ground.build();
    const arbitraries: fc.Arbitrary<[Scene, Lie]>[] = [];
    for (const scene of SCENES) {
      ground.begin(scene.standing);
      const { operations } = await lying(undefined, () => ground.stage.type(scene.verb, ...flagsOf(scene)));
      arbitraries.push(fc.tuple(fc.constant(scene), lies(operations)));
    }
    cases = fc.oneof(...arbitraries);
  }, 600_000);
  afterAll(() => ground.remove());

  async function complaints([scene, lie]: [Scene, Lie]): Promise<string[]> {
    ground.begin(scene.standing);
    const before = ground.look();
    const { done: said, told, endless } = await lying(lie, () => ground.stage.type(scene.verb, ...flagsOf(scene)));
    if (told === 0) return [];
    const after = ground.look();
    const found = [...oddExit(said, EXIT.done, EXIT.failed), ...wordless(said), ...endless, ...ground.disturbed(after)];
    if (scene.verb === "plan" && after.bytes !== before.bytes) found.push("The plan changed something.");
    if (scene.verb === "reconcile") found.push(...unannounced(said, before, after));
    return [...found, ...(scene.verb === "teardown" ? await goes() : await converges())];
  }

  /** AWS tells the truth again. */
  async function converges(): Promise<string[]> {
    const said = await ground.stage.type("reconcile", "--yes");
    const after = ground.look();
    const found = [
      ...oddExit(said, EXIT.done),
      ...wordless(said),
      ...ground.miscounted(after),
      ...ground.disturbed(after),
    ];
    const plan = await ground.stage.type("plan", "--check");
    return [...found, ...oddExit(plan, EXIT.done), ...(await goes())].map((what) => `Afterwards: ${what}`);
  }

  async function goes(): Promise<string[]> {
    const said = await ground.stage.type("teardown", "--yes");
    const after = ground.look();
    const found = [...oddExit(said, EXIT.done), ...wordless(said), ...ground.left(after), ...ground.disturbed(after)];
    return found.map((what) => `At the end: ${what}`);
  }

  it("never ends a run without a sentence, and keeps the next run from nothing", async () => {
    await tryCases(shareOf(stack, 0.4), cases, complaints);
  });
});

/** What went in a reconcile that its plan did not say: it is printed before anything is done. */
function unannounced({ answer, lines }: Said, before: Sight, after: Sight): string[] {
  const actions = answer === "" ? [] : (JSON.parse(answer) as Answer).actions;
  const announced = actions.some(({ action }) => action === "delete" || action === "replace");
  const gone = vanished(before, after);
  return gone.length === 0 || announced ? [] : [`${gone.join(", ")} went unannounced: ${lines.join("\n")}`];
}
