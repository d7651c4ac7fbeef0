import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { NOTHING } from "./whole.ts";
import { judge, mutating, REGION, startMoto, type Moto } from "./world.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What `npm run test:live` came to. */
interface Lived {
  readonly code: number | null;
  readonly said: string;
}

/** Each life is rehearsed on the simulator first, which says the same of its steps. */
const ON_AWS = "Reading from AWS";

describe("the whole life of a stack, as npm run test:live lives it", () => {
  let moto: Moto;
  let folder: string;
  const at = (...path: readonly string[]) => join(folder, ...path);

  /** Runs it; `heard` is told what it says once it is on AWS, as it says it, and may signal to it. */
  function live(args: readonly string[], heard: (said: string, kill: () => void) => void = () => {}): Promise<Lived> {
    return new Promise((resolve, reject) => {
      const own = ["--date", "2026-11-27", "--out", at("reports"), "--keep", at("life"), ...args];
      const child = spawn(process.execPath, ["--import", "tsx", "test/live/main.ts", ...own], {
        cwd: ROOT,
        env: { ...process.env, ...moto.env, AWS_REGION: REGION, NO_COLOR: "1" },
        stdio: ["ignore", "ignore", "pipe"],
      });
      let said = "";
      child.stderr.on("data", (data: Buffer) => {
        said += data.toString();
        const onAws = said.indexOf(ON_AWS);
        if (onAws >= 0) heard(said.slice(onAws), () => void child.kill("SIGTERM"));
      });
      child.on("error", reject);
      child.on("close", (code) => resolve({ code, said }));
    });
  }

  const report = () => readFileSync(at("reports", "2026-11-27.md"), "utf8");

  beforeAll(async () => {
    // The requests are judged below: this run's logs are its own.
    moto = await startMoto({ ready: "alb=1,nat=1,cloudfront=2,service=1", judged: false });
  });
  afterAll(() => moto.stop());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "fairlead-live-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("asks before it changes anything, and does nothing where there is nobody to ask", async () => {
    await moto.forget();
    expect(await live([])).toEqual({
      code: 2,
      said: "There is no terminal to ask for confirmation: run again with --yes. No changes were made.\n",
    });
    expect(await moto.calls()).toEqual({});
  });

  it("says first where it goes and what it costs, ends with a report and leaves nothing", async () => {
    await moto.forget();
    let before: Promise<Record<string, number>> | undefined;
    const { code, said } = await live(["--yes", "--seed", "whole"], (heard) => {
      if (heard.includes("✓ plan")) before ??= moto.calls();
    });
    expect({ code, said }).toMatchObject({ code: 0 });
    expect(said).toContain(`Account 123456789012, region ${REGION}`);
    expect(said).toMatch(/It takes about \d+ min .*torn down after 90 min/);
    expect(said).toMatch(/It costs about \$\d\.\d\d, at most \$\d\.\d\d/);
    expect(said).toContain("No resources of the stack are left.");
    expect(mutating((await before) ?? {})).toEqual([]);
    expect(await moto.count()).toEqual(NOTHING);

    const text = report();
    expect(text).toContain("It completed.");
    for (const step of ["plan", "reconcile", "second release", "edit replace", "drift", "teardown"])
      expect(text).toMatch(new RegExp(`\\| \\*\\*${step}\\*\\*: [^|]*\\| done \\|`));
    expect(text).toMatch(/\| \*\*rollback\*\*: [^|]*\| skipped: [^|]*deploys nothing/);
    expect(text).toMatch(/cloudFront.GetDistribution.* \| InProgress → Deployed \| \d/);
    // What is known of this stand-in: the report finds it.
    expect(text).toMatch(/\| cloudFront.CreateDistributionWithTags \| `Location` \| only on AWS \| string \|/);
    expect(text).toContain("No resources of the stack are left, by its tags and by its names.");
    expect(text).not.toContain("123456789012");

    const calls = readdirSync(at("life", "aws", "calls")).map((name) => at("life", "aws", "calls", name));
    expect(judge(calls).violations).toEqual([]);
  });

  it("is torn down where a step fails, and leaves nothing", async () => {
    // The service's folder on AWS loses what a release needs, long before there is one.
    const { code, said } = await live(["--yes", "--seed", "fails", "--no-rehearsal"], (heard) => {
      if (heard.includes("… reconcile")) rmSync(at("life", "aws", "service", "buildspec.yml"), { force: true });
    });
    expect({ code, said }).toMatchObject({ code: 1 });
    expect(said).toMatch(/✓ reconcile[^]*✗ release: failed[^]*buildspec.yml[^]*✓ teardown: done/);
    expect(said).toContain("No resources of the stack are left.");
    expect(report()).toContain("It did not complete: **release** failed.");
    expect(await moto.count()).toEqual(NOTHING);
  });

  it("is torn down when it is interrupted, and leaves nothing", async () => {
    let killed = false;
    const { code, said } = await live(["--yes", "--seed", "ends", "--no-rehearsal"], (heard, kill) => {
      if (killed || !heard.includes("… reconcile")) return;
      killed = true;
      // In the middle of its creates, or just before them: the run finishes what it has begun either way.
      kill();
    });
    expect({ code, said }).toMatchObject({ code: 1 });
    expect(said).toContain("Stopping: SIGTERM was received.");
    expect(said).toMatch(/✗ reconcile: stopped[^]*✓ teardown: done/);
    expect(said).toContain("No resources of the stack are left.");
    expect(report()).toContain("It did not complete: **reconcile** was stopped.");
    expect(await moto.count()).toEqual(NOTHING);
  });

  it("is torn down when its time is over", async () => {
    const { code, said } = await live(["--yes", "--seed", "late", "--no-rehearsal", "--limit", "3s"]);
    expect({ code, said }).toMatchObject({ code: 1 });
    expect(said).toContain("Stopping: the time limit of 3.0 s was reached.");
    expect(said).toMatch(/✗ [a-z ]+: stopped[^]*✓ teardown: done/);
    expect(await moto.count()).toEqual(NOTHING);
  });
});
