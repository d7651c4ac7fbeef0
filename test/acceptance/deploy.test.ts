import { cpSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fileStore } from "../../state/file-store.ts";
import { command } from "../support/command.ts";
import { project } from "../support/project.ts";
import type { DeployAnswer } from "../support/service.ts";
import { startMoto, type Moto } from "./world.ts";

const SERVICE = fileURLToPath(new URL("../../service", import.meta.url));

/** The exit code of a command that another one keeps out. */
const LOCKED = 4;

/**
 * The pipeline of this AWS runs through its stages and waits for its approval, but neither builds nor deploys anything: what a release
 * comes to in the service is the simulator's to show.
 */
describe("a release on the wire", () => {
  const stack = project();
  let moto: Moto;
  const run = (...args: string[]) => command(stack.directory, [...args, "--target", "aws", ...moto.logged()], moto.env);

  beforeAll(async () => {
    moto = await startMoto();
    cpSync(SERVICE, join(stack.directory, "service"), { recursive: true });
    expect((await run("reconcile", "--yes")).code).toBe(0);
  });
  afterAll(() => {
    moto.stop();
    stack.remove();
  });

  it("is looked for without a lock, while another run holds it", async () => {
    const release = await fileStore(join(stack.directory, ".fairlead", "fairlead-app-dev.json")).lock("reconcile");
    const looked = await run("approve");
    await release();
    expect(looked).toMatchObject({ code: 1, stderr: expect.stringContaining("No approval is pending in pipeline") });
  });

  it("is begun in one terminal, approved in a second, and followed in both", async () => {
    const over = new AbortController();
    const first = run("deploy", "--json").finally(() => over.abort());
    const approved = () => run("approve", "--reason", "looks good", "--json");
    // The second terminal asks until there is something to approve. A look that finds nothing takes no lock, so the upload goes on.
    let second = await approved();
    while (!over.signal.aborted && (second.code === LOCKED || second.stderr.includes("No approval is pending")))
      second = await approved();
    const ended = await first;
    expect(second.stderr).toContain("Approved.");
    expect(ended.code).toBe(0);
    expect(ended.stderr).toMatch(/Uploaded sha256:[^]*Approval: Please review[^]*Deploy: succeeded[^]*Live in/);
    const { release } = JSON.parse(ended.stdout) as DeployAnswer;
    expect(release).toMatchObject({ ending: "live", finding: null });
    const listed = await run("releases", "--json");
    expect((JSON.parse(listed.stdout) as { releases: object[] }).releases[0]).toMatchObject({
      executionId: release.executionId,
      ending: "live",
    });
  });

  it("can be rejected", async () => {
    expect((await run("deploy", "--detach")).code).toBe(0);
    let rejected = await run("reject", "--reason", "not today");
    // The new release takes its moment to get there; a run without one ends below, and not with a time-out.
    for (let tries = 0; tries < 60 && rejected.stderr.includes("No approval is pending"); tries++)
      rejected = await run("reject", "--reason", "not today");
    expect(rejected).toMatchObject({ code: 0, stdout: expect.stringContaining("Rejected.") });
  });

  it("leaves a plan with nothing to do, logs that can be read, and a stack that goes without a trace", async () => {
    expect((await run("plan", "--check")).code).toBe(0);
    expect(await run("logs", "--since", "1h")).toMatchObject({
      code: 0,
      stdout: "No log lines found. To look further back: --since 24h\n",
    });
    expect((await run("teardown", "--yes")).code).toBe(0);
    expect(Object.values(await moto.count()).every((number) => number === 0)).toBe(true);
  });
});
