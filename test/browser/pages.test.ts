import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
// Before what is run: it breaks into the calls.
import { calm, scene } from "../support/scene.ts";
import { entryTo } from "../../src/console/entry.ts";
import { SimulatedError } from "../../src/simulator/errors.ts";
import { answered, cut, openBrowser, overhang, press, violations, type Browser } from "../support/browser.ts";
import { startConsole, type RunningConsole } from "../support/console.ts";
import { paused } from "../support/paused.ts";
import { standReleased } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const PAGES = ["/", "/plan", "/run", "/releases", "/health", "/cost"] as const;
const REGION = "ap-northeast-1";

describe("the console", () => {
  const stage = new Stage({});
  let browser: Browser;
  let served: RunningConsole;
  let page: Page;

  beforeAll(async () => {
    await standReleased(stage);
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

  it("takes the token out of the address", () => {
    expect(page.url()).toBe(`${served.origin}/`);
  });

  it("lets a browser in that opens the file which the command leaves for it, and keeps it in", async () => {
    const way = entryTo(served.address, join(stage.directory, ".fairlead"));
    await browser.context.clearCookies();
    expect((await page.goto(`${served.origin}/`))?.status()).toBe(401);
    await page.goto(pathToFileURL(way.file).href);
    await page.waitForURL(`${served.origin}/`);
    await answered(page);
    expect((await page.reload())?.status()).toBe(200);
    way.remove();
  });

  it.each([
    ["/", "CloudFront distribution"],
    ["/plan", "No changes"],
    ["/run", "Run 2: deploy"],
    ["/releases", "Running revision"],
    ["/health", "Every hop is in order."],
    ["/cost", "By service and layer"],
    ["/cost", "Asleep42.04 to 44.14"],
  ])("shows %s", async (path, text) => {
    await go(path);
    expect(await page.textContent("main")).toContain(text);
    expect(await page.getAttribute("nav [aria-current=page]", "href")).toBe(path);
    expect(await page.textContent("header")).toContain(
      "on the built-in simulated AWS, account 123456789012, region ap-northeast-1",
    );
  });

  it.each(PAGES)("%s has nothing that axe-core finds, in light and dark, and fits a telephone", async (path) => {
    const found: string[] = [];
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await go(path);
      found.push(...(await violations(page)));
    }
    await page.setViewportSize({ width: 390, height: 844 });
    found.push(...(await violations(page)));
    expect({ found, overhang: await overhang(page), cut: await cut(page) }).toEqual({
      found: [],
      overhang: 0,
      cut: [],
    });
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  it("begins a picture that is larger than its frame where requests come in, on a telephone too", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await go("/");
    const [frame, users] = await Promise.all([
      page.locator(".drawing").first().boundingBox(),
      page.locator(".picture .start .thing").first().boundingBox(),
    ]);
    const isIn = (from: number, length: number, place = -1, size = 0) => place >= from && place + size <= from + length;
    expect(frame && isIn(frame.y, frame.height, users?.y, users?.height)).toBe(true);
    expect(frame && isIn(frame.x, frame.width, users?.x, users?.width)).toBe(true);
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  it("opens a resource with a click, follows its dependencies, and closes it with Escape", async () => {
    await go("/");
    const service = page.locator("svg.picture a", { hasText: "compute/service" });
    await service.click();
    const panel = page.locator("#panel");
    await panel.waitFor();
    expect(await panel.textContent()).toMatch(
      /ecs\/service.*Age.*created .*, by run 1.*Cost.*Depends on.*network\/private-1.*Desired.*Recorded.*Observed/s,
    );
    expect(await violations(page)).toEqual([]);
    await panel.locator("a", { hasText: "compute/cluster" }).click();
    await panel.locator("h2", { hasText: "compute/cluster" }).waitFor();
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "detached" });
    expect(page.url()).toBe(`${served.origin}/`);
  });

  it("is used with the keyboard alone", async () => {
    await go("/");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the content");
    await page.keyboard.press("Enter");
    const names: string[] = [];
    for (
      let presses = 0;
      presses < 40 && names.at(-1) !== "Application Load Balancer balancer/load-balancer";
      presses++
    ) {
      await page.keyboard.press("Tab");
      names.push(
        await page.evaluate<string>('(document.activeElement.getAttribute("aria-label") ?? "").split(" ready")[0]'),
      );
    }
    expect(names.at(-1)).toBe("Application Load Balancer balancer/load-balancer");
    await page.keyboard.press("Enter");
    await page.locator("#panel").waitFor();
    expect(await page.evaluate("document.activeElement.id")).toBe("panel");
    await page.keyboard.press("Escape");
    await page.locator("#panel").waitFor({ state: "detached" });
    expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toContain(
      "balancer/load-balancer",
    );
    // By its number each page is one key away, the one that is shown last of all.
    for (const path of [...PAGES.slice(1), "/"] as const) {
      await page.keyboard.press(String(PAGES.indexOf(path) + 1));
      await page.waitForURL(`${served.origin}${path}`);
      await expect.poll(() => page.evaluate("document.activeElement.tagName")).toBe("MAIN");
    }
    await go("/");
    await press(page, "Releases");
    await page.waitForURL(`${served.origin}/releases`);
  });

  it("keeps what is open, where the focus is and how far it is scrolled while parts are replaced", async () => {
    await go("/");
    const layer = page.locator("details", { hasText: "network" }).first();
    await layer.locator("summary").click();
    await page.evaluate("scrollTo(0, 300)");
    stage.edit({ tags: { Team: "shop" } });
    await page
      .locator("main", { hasText: /to update/ })
      .first()
      .waitFor();
    expect(await layer.getAttribute("open")).toBe("");
    expect(await page.evaluate("document.activeElement.tagName")).toBe("SUMMARY");
    expect(await page.evaluate("Math.round(scrollY)")).toBe(300);
  });

  it("follows a run that goes on in a terminal, and shows it once it is over", async () => {
    await go("/run");
    const { ended } = await paused(stage.directory, ["reconcile", "--yes"], async () => {
      await page
        .locator("header", { hasText: /reconcile is in progress/ })
        .first()
        .waitFor();
      return page.textContent("main");
    });
    expect(ended.code).toBe(0);
    await page
      .locator("main", { hasText: /Run 3: reconcile/ })
      .first()
      .waitFor();
    expect(await page.textContent("header")).not.toContain("in progress");
  });

  it("shows the run in progress beside one of the history, follows it, and compares the two once it is over", async () => {
    stage.edit({ scaling: { cpuTarget: 65 }, tags: { Team: "shop" } });
    await go("/run");
    const sideBySide = page.locator("h2", { hasText: "Run 1 and the run in progress side by side" });
    const { ended, met } = await paused(stage.directory, ["reconcile", "--yes"], async () => {
      const button = page.locator("a.button", { hasText: /Beside run \d+: reconcile/ });
      await button.waitFor();
      const label = (await button.textContent()) ?? "";
      await page.goto(`${served.origin}/run/1`);
      await page.locator("tr.current a", { hasText: "with the one in progress" }).focus();
      await page.keyboard.press("Enter");
      await sideBySide.waitFor();
      await answered(page);
      const text = (await page.textContent("main")) ?? "";
      await page.setViewportSize({ width: 390, height: 844 });
      const narrow = { found: await violations(page), overhang: await overhang(page) };
      await page.setViewportSize({ width: 1280, height: 900 });
      return { label, text, found: await violations(page), narrow };
    });
    expect(ended.code).toBe(0);
    expect(met.text).toMatch(/run 1 had done \d+ of 42 by then.*API calls.*run 1 made \d+.*Only in run 1: \d+/s);
    expect(met.found).toEqual([]);
    expect(met.narrow).toEqual({ found: [], overhang: 0 });
    // Nobody has loaded the page again.
    await page.locator("h2", { hasText: /^Runs 1 and \d+ side by side$/ }).waitFor();
    expect(await sideBySide.count()).toBe(0);
    expect(page.url()).toBe(`${served.origin}/run/1?with=now`);
  });

  it("shows a run that failed, with what AWS said", async () => {
    stage.edit({ scaling: { cpuTarget: 55 } });
    scene.intercept = (_table, moment, { operation }) => {
      if (moment === "before" && operation === "PutScalingPolicy")
        throw new SimulatedError("ValidationException", "The policy is not what it should be.", 400);
    };
    const { exit } = await stage.type("reconcile", "--yes");
    calm();
    expect(exit).toBe(1);
    await go("/run");
    await page
      .locator("main", { hasText: /The policy is not what it should be/ })
      .first()
      .waitFor();
    expect(await page.textContent("main")).toMatch(/scaling\/cpu-policy.*failed/s);
    expect(await violations(page)).toEqual([]);
    stage.edit({ tags: { Team: "shop" } });
  });

  it("shows a state that is damaged in the words of the command", async () => {
    const back = stage.keep();
    writeFileSync(join(stage.directory, ".fairlead", "fairlead-app-dev.json"), "{");
    await go("/");
    await page
      .locator("main .alert", { hasText: /fairlead-app-dev.json/ })
      .first()
      .waitFor();
    expect(await page.textContent("main .alert")).toContain("npx fairlead plan");
    expect(await violations(page)).toEqual([]);
    back();
  });

  it("says of a stack that is gone what makes it again", async () => {
    await go("/");
    expect((await stage.run("teardown")).exit).toBe(0);
    await page
      .locator("main", { hasText: /does not exist/ })
      .first()
      .waitFor();
    expect(await page.textContent("main .alert")).toContain("npx fairlead reconcile");
    await go(`/?open=${encodeURIComponent(`${REGION}/network/vpc`)}`);
    expect(await page.textContent("#panel")).toContain("missing");
    await go("/health");
    expect(await page.textContent("main .alert")).toMatch(/does not exist.*npx fairlead reconcile/s);
    expect(await page.textContent("main")).not.toContain("Broken at");
    expect(await violations(page)).toEqual([]);
  });

  it("shows forty services legibly", async () => {
    const many = await import("../support/many-services.ts");
    stage.edit(many.manyServices(40));
    // A console that knows nothing yet shows what the config declares.
    const fresh = await startConsole(stage.directory);
    await page.goto(fresh.address);
    await page.locator("main ul.outline", { hasText: /api39/ }).first().waitFor();
    expect(await page.locator(".asking").count()).toBe(1);
    expect(await violations(page)).toEqual([]);
    await page.locator("svg.picture", { hasText: /api39/ }).first().waitFor({ timeout: 150_000 });
    expect(await page.locator("ul.outline").count()).toBe(0);
    const sizes = await page.evaluate<number[]>(
      '[...document.querySelectorAll("svg.picture text")].map((text) => text.getBoundingClientRect().height)',
    );
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(11);
    expect(await overhang(page)).toBe(0);
    expect(await violations(page)).toEqual([]);
    expect(await fresh.end()).toBe(0);
  });
});
