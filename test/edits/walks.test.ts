import { DescribeServicesCommand, DescribeTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import { resolveStack } from "../../src/model/resolve.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";
import { edit, overlaid } from "./edits.ts";

/** How many walks, and which: `EDITS_RUNS=300 EDITS_SEED=7 npm run test:edits`. */
const RUNS = Number(process.env["EDITS_RUNS"] ?? 4);
const SEED = Number(process.env["EDITS_SEED"] ?? 20_261_127);
const PATH = process.env["EDITS_PATH"];

/** A live, released stack; every walk begins with it. */
const stage = new Stage();
let back: () => void;
beforeAll(async () => {
  await stage.run("reconcile");
  writeService(stage);
  expect((await deployed(stage)).exit).toBe(0);
  back = stage.keep();
});
afterAll(() => stage.remove());

/** The image that the service runs. */
const image = () =>
  stage.meddle(async ({ ecs }) => {
    const names = { cluster: "fairlead-app-dev-cluster", services: ["fairlead-app-dev-service"] };
    const { services: [service] = [] } = await ecs(new DescribeServicesCommand(names));
    const { taskDefinition } = await ecs(
      new DescribeTaskDefinitionCommand({ taskDefinition: service?.taskDefinition }),
    );
    return taskDefinition?.containerDefinitions?.[0]?.image;
  });

const isValid = (config: StackConfig): boolean => {
  try {
    resolveStack(config);
    return true;
  } catch {
    return false;
  }
};

/** What is wrong with one step of a walk; nothing where it converges, or is refused before anything is changed. */
async function complaints(config: StackConfig): Promise<string[]> {
  const said = [`after ${JSON.stringify(config)}`];
  stage.edit(config);
  const ran = await image();
  const before = JSON.stringify(stage.things());
  const planned = await stage.run("plan");
  const problems = planned.json.problems ?? [];
  if (problems.length > 0) {
    // A refusal has to say what would work instead.
    if (JSON.stringify(stage.things()) !== before) return [...said, "a refused plan changed something"];
    return problems.every((problem) => /[.!]$/.test(problem)) ? [] : [...said, ...problems];
  }
  const run = await stage.run("reconcile");
  if (run.exit !== 0)
    return [...said, "the plan said yes and the run failed", ...run.lines.filter((line) => /Failed/.test(line))];
  const left = await stage.planned();
  if (Object.keys(left).length > 0) return [...said, `the next plan is not empty: ${JSON.stringify(left)}`];
  const runs = await image();
  return runs === ran ? [] : [...said, `the image went from ${ran} to ${runs}`];
}

describe("a walk of edits over a live stack", () => {
  it("converges step by step, or is refused before anything is changed", async () => {
    const walks = fc.array(edit, { minLength: 1, maxLength: 3 });
    const property = fc.asyncProperty(walks, async (walk) => {
      back();
      let config: StackConfig = {};
      for (const change of walk) {
        const next = overlaid(config, change);
        if (!isValid(next)) continue;
        const found = await complaints(next);
        if (found.length > 0) throw new Error(found.join("\n"));
        // What was refused is taken back, as a user would.
        const { json } = await stage.run("plan");
        if ((json.problems ?? []).length === 0) config = next;
      }
    });
    await fc.assert(property, {
      numRuns: RUNS,
      seed: SEED,
      endOnFailure: true,
      ...(PATH === undefined ? {} : { path: PATH }),
    });
  });
});
