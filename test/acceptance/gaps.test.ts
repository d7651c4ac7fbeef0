import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { services } from "../../src/simulator/services.ts";
import { motoClients, WRONG } from "./gaps.ts";
import { MISSING } from "./missing.ts";
import { startMoto, type Moto } from "./world.ts";

describe("what moto lacks", () => {
  it("is every operation that the simulator has and moto has not", () => {
    const input = JSON.stringify(
      Object.fromEntries(Object.entries(services).map(([of, all]) => [of, Object.keys(all)])),
    );
    const script = fileURLToPath(new URL("world/lacks.py", import.meta.url));
    const { stdout, stderr } = spawnSync(process.env["PYTHON"] ?? "python3", [script], { input, encoding: "utf8" });
    expect(stderr).toBe("");
    expect((JSON.parse(stdout) as string[]).toSorted()).toEqual(Object.keys(MISSING));
  });
});

describe("what moto answers as AWS does not", () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto({ judged: false });
  });
  afterAll(() => moto.stop());

  it.each(WRONG)("$setting: $onAws", async (gap) => {
    expect(await gap.probe(motoClients(moto.endpoint))).toBe(gap.moto);
  });
});
