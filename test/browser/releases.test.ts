import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answered, cut, openBrowser, overhang, violations, type Browser } from "../support/browser.ts";
import { startConsole, type RunningConsole } from "../support/console.ts";
import { setEvents } from "../support/release.ts";
import { begin, deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

/** Long enough for the simulated pipeline to build and to wait for the approval, in seconds. */
const UNTIL_APPROVAL = 600;

describe("the console's releases", () => {
  const stage = new Stage({});
  let browser: Browser;
  let served: RunningConsole;
  let page: Page;

  beforeAll(async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    await stage.meddle(async (_aws, _clock, world) => setEvents(world, "prompt"));
    [browser, served] = await Promise.all([openBrowser(), startConsole(stage.directory)]);
    page = await browser.context.newPage();
    await page.goto(served.address);
  });
  afterAll(async () => {
    await Promise.all([browser.close(), served.end()]);
    stage.remove();
  });

  const go = async (path: string) => {
    await page.goto(`${served.origin}${path}`);
    await answered(page);
  };
  /** What axe-core finds in light and dark and on a telephone, and whether the page fits one. */
  const checked = async () => {
    const found: string[] = [];
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      found.push(...(await violations(page)));
    }
    await page.setViewportSize({ width: 390, height: 844 });
    found.push(...(await violations(page)));
    const [wide, sideways] = [await overhang(page), await cut(page)];
    await page.setViewportSize({ width: 1280, height: 900 });
    return { found, overhang: wide, cut: sideways };
  };
  const CLEAN = { found: [], overhang: 0, cut: [] };

  it("says on the page of the health what is awaited before the first release", async () => {
    await go("/health");
    const text = await page.textContent("main");
    expect(text).toMatch(/Nothing is broken, and \d+ of \d+ hops are not in order yet:/);
    expect(text).toContain("zero tasks until its first release");
    expect(text).toContain("npx fairlead deploy");
    expect(text).not.toContain("Every hop is in order.");
    expect(await checked()).toEqual(CLEAN);
  });

  it("shows the log of a build, more of it on demand, and the tasks of what runs", async () => {
    writeService(stage);
    expect((await deployed(stage)).exit).toBe(0);
    await go("/releases");
    const detail = page.locator("article.release").first();
    await detail.locator("pre.log").waitFor();
    expect(await detail.textContent()).toMatch(
      /Tasks of web.*Revision.*complete.*Targets of the load balancer: 2 healthy/s,
    );
    const lines = (text: string | null) => text?.split("\n").length ?? 0;
    const few = lines(await detail.locator("pre.log").textContent());
    expect(few).toBe(20);
    await page.keyboard.press("Tab");
    await detail.locator("a", { hasText: "Show the last 200 lines" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/log=200/);
    await answered(page);
    expect(lines(await detail.locator("pre.log").textContent())).toBeGreaterThan(few);
    expect(await checked()).toEqual(CLEAN);
  });

  it("shows what a release changes beside the answer that it waits for", async () => {
    const id = await begin(stage, 2, UNTIL_APPROVAL);
    await go("/releases");
    const waiting = page.locator(".alert", { hasText: "waits for an approval" });
    await waiting.locator("dt", { hasText: "Runs now" }).waitFor();
    expect(await waiting.textContent()).toMatch(/Files that differ: 1.*version\.txt/s);
    expect(await waiting.textContent()).toContain(`npx fairlead approve ${id.slice(0, 8)}`);
    expect(await checked()).toEqual(CLEAN);
  });

  it("shows old and new tasks while a release is deployed", async () => {
    expect((await stage.type("approve", "--no-wait")).exit).toBe(0);
    await stage.meddle((_aws, clock) => clock.sleep(45_000));
    await go("/releases");
    const tasks = page.locator("section[aria-label='Tasks of web']").first();
    await tasks.locator("tbody tr", { hasText: "old" }).waitFor();
    expect(await tasks.locator("tbody tr").count()).toBe(2);
    expect(await page.textContent("main")).toMatch(/Revision being deployed.*release \w+ is being deployed/s);
    expect(await page.locator(".stage", { hasText: "Deploy" }).first().textContent()).toBe("Deploy in progress");
    expect(await tasks.textContent()).toMatch(/:\d+ new.*in progress.*:\d+ old.*Targets of the load balancer:/s);
    expect(await checked()).toEqual(CLEAN);
    await stage.meddle((_aws, clock) => clock.sleep(900_000));
  });

  it("shows why a release failed, with AWS's words and the log of its build", async () => {
    writeService(stage, "# simulate: build-error");
    expect((await deployed(stage)).exit).toBe(1);
    await go("/releases");
    const failed = page.locator("article.release").first();
    await failed.locator(".alert", { hasText: "Why it failed" }).waitFor();
    const told = JSON.parse((await stage.type("releases", "--json", "--limit", "1")).answer) as {
      releases: { executionId: string }[];
    };
    const id = told.releases[0]?.executionId ?? "";
    const one = JSON.parse((await stage.type("releases", id.slice(0, 8), "--json")).answer) as {
      finding: { what: string; fix: string; cause: string };
      build: { status: string };
    };
    expect([one.finding.cause, one.build.status]).toEqual(["build-failed", "FAILED"]);
    expect(await failed.textContent()).toContain(one.finding.what);
    expect(await failed.locator("h4", { hasText: "Log of the build" }).textContent()).toContain("failed");
    expect(await checked()).toEqual(CLEAN);
  });

  /** The release that was begun last, once the page tells why it ended; `stages`: how far each has come. */
  const autopsyOf = async (title: string) => {
    await go("/releases");
    const release = page.locator("article.release").first();
    const told = release.locator(".alert", { hasText: title });
    await told.waitFor();
    return {
      head: await release.locator("h3").textContent(),
      stages: await release.locator(".stage").allTextContents(),
      told: await told.textContent(),
      commands: await told.locator("code").allTextContents(),
    };
  };
  const stages = (approval: string, deploy: string) => [
    "Source done",
    "Build done",
    `Approval ${approval}`,
    `Deploy ${deploy}`,
  ];

  it("shows why ECS rolls a release back, and once it has, with what to do", async () => {
    writeService(stage, "# simulate: exits");
    const { json } = await deployed(stage);
    const command = `npx fairlead releases ${json.release.executionId.slice(0, 8)}`;
    const rolling = await autopsyOf("Why it failed");
    expect(rolling.head).toMatch(/^rolling back release/);
    expect(await page.locator(".alert", { hasText: "Waiting" }).textContent()).toContain("ECS rolls it back: ");
    expect(await checked()).toEqual(CLEAN);
    await stage.meddle((_aws, clock) => clock.sleep(900_000));
    await page
      .locator("article.release")
      .first()
      .locator("h3", { hasText: /^failed/ })
      .waitFor();
    const over = await autopsyOf("Why it failed");
    expect(over.head).toMatch(/^failed release/);
    for (const shown of [rolling, over]) {
      expect(shown.stages).toEqual(stages("done", "failed"));
      expect(shown.told).toContain(json.release.finding?.what);
      expect(shown.commands).toEqual([
        'docker run --rm -e PORT=5000 -p 5000:5000 "$(docker build -q service)"',
        command,
      ]);
    }
    writeService(stage, "# simulate: unhealthy");
    expect((await deployed(stage)).exit).toBe(1);
    const unhealthy = await autopsyOf("Why it failed");
    expect(unhealthy.told).toContain(
      "The load balancer's health check (GET /health on port 5000) got 503 instead of 200.",
    );
    expect(unhealthy.commands.slice(0, 2)).toEqual(["npx fairlead deploy", "npx fairlead reconcile"]);
    await stage.meddle((_aws, clock) => clock.sleep(900_000));
  });

  it("shows who rejected a release, and that one was stopped", async () => {
    await begin(stage, 4, UNTIL_APPROVAL);
    expect((await stage.type("reject", "--reason", "wrong branch")).exit).toBe(0);
    const rejected = await autopsyOf("Why it was rejected");
    expect(rejected.stages).toEqual(stages("rejected", "not reached"));
    expect(rejected.told).toContain("local rejected the release: wrong branch.");
    expect(rejected.commands[0]).toBe("npx fairlead deploy");
    expect(await checked()).toEqual(CLEAN);
    const id = await begin(stage, 5, UNTIL_APPROVAL);
    expect((await stage.type("release", "stop", id, "--yes")).exit).toBe(0);
    await go("/releases");
    const stopped = page.locator("article.release").first();
    expect(await stopped.textContent()).toMatch(/^stopped release .*Stopped by /s);
    expect(await stopped.locator(".stage").allTextContents()).toEqual(stages("not reached", "not reached"));
    expect(await page.locator(".alert", { hasText: "Waiting" }).count()).toBe(0);
  });

  it("shows two runs side by side that are chosen in the history, and one of them alone", async () => {
    await go("/run");
    const shown = Number(await page.locator("tr.current a").first().textContent());
    await page
      .locator("tr", { hasText: "reconcile" })
      .locator("a", { hasText: `with ${shown}` })
      .last()
      .click();
    await page.locator("h2", { hasText: `Runs 1 and ${shown} side by side` }).waitFor();
    await answered(page);
    expect(await page.textContent("main")).toMatch(/Difference.*API calls.*Only in run 1: \d+/s);
    expect(await checked()).toEqual(CLEAN);
    await page.locator("a", { hasText: "Run 1 alone" }).focus();
    await page.keyboard.press("Enter");
    await page.locator("h2", { hasText: "Run 1: reconcile" }).waitFor();
    await go(`/run/1?with=99`);
    expect(await page.textContent("main .alert")).toContain("There is no run 99");
    await go(`/run/1?with=1`);
    expect(await page.textContent("main")).toContain("Run 1: reconcile");
  });

  it("shows all of another release that is chosen", async () => {
    await go("/releases");
    await page.locator("a", { hasText: "Its tasks and the log of its build" }).last().click();
    await page.waitForURL(/release=/);
    await answered(page);
    expect(await page.locator("article.release pre.log").count()).toBe(1);
  });
});
