import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, overhang, violations, type Browser } from "../support/browser.ts";
import { startConsole, type RunningConsole } from "../support/console.ts";
import { Stage } from "../support/stage.ts";

/** Keeps every plan waiting in its config for as long as a file is there. */
const HOLD = `import { existsSync } from "node:fs";
while (process.argv.includes("plan") && existsSync(new URL("held", import.meta.url)))
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
`;

describe("the console before AWS has answered", () => {
  const stage = new Stage({});
  const held = join(stage.directory, "held");
  let browser: Browser;
  let served: RunningConsole;
  let page: Page;

  beforeAll(async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    const config = join(stage.directory, "stack.config.ts");
    writeFileSync(config, HOLD + readFileSync(config, "utf8"));
    writeFileSync(held, "");
    [browser, served] = await Promise.all([openBrowser(), startConsole(stage.directory)]);
    page = await browser.context.newPage();
  });
  afterAll(async () => {
    rmSync(held, { force: true });
    await Promise.all([browser.close(), served.end()]);
    stage.remove();
  });

  it("shows what the last run recorded as such, and what is recorded of one resource", async () => {
    await page.goto(served.address);
    await page.locator("svg.picture", { hasText: /compute\/service/ }).waitFor();
    const text = await page.textContent("main");
    expect(text).toContain("Last recorded, being checked against AWS");
    expect(text).not.toMatch(/\bready\b|drift|no changes/i);
    expect(await page.locator("main button").count()).toBe(0);
    expect({ found: await violations(page), overhang: await overhang(page) }).toEqual({ found: [], overhang: 0 });
    await page.locator("svg.picture a", { hasText: "compute/service" }).click();
    expect(await page.locator("#panel").textContent()).toMatch(/Last recorded.*Recorded as.*Depends on.*Recorded: as/s);
    expect(await violations(page)).toEqual([]);
  });

  it("replaces it with what AWS has, without a load of the page", async () => {
    await page.evaluate('document.body.dataset.kept = "yes"');
    rmSync(held);
    await page.locator("main .facts", { hasText: /\d+ of \d+ ready/ }).waitFor();
    expect(await page.textContent("main")).not.toContain("Last recorded");
    expect(await page.locator("svg.picture").count()).toBe(1);
    expect(await page.locator("#panel").textContent()).toMatch(/On AWS.*Observed/s);
    expect(await page.evaluate("document.body.dataset.kept")).toBe("yes");
  });
});
