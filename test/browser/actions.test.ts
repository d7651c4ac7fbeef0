import { request } from "node:http";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answered, openBrowser, press, violations, type Browser } from "../support/browser.ts";
import { startConsole, type RunningConsole } from "../support/console.ts";
import { begin, standReleased } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

/** Long enough for the simulated pipeline to build and to wait for the approval, in seconds. */
const UNTIL_APPROVAL = 600;

describe("the console's actions", () => {
  const stage = new Stage({});
  let browser: Browser;
  let served: RunningConsole;
  let page: Page;

  beforeAll(async () => {
    await standReleased(stage);
    [browser, served] = await Promise.all([openBrowser(), startConsole(stage.directory, "--allow-actions")]);
    page = await browser.context.newPage();
    await page.goto(served.address);
  });
  afterAll(async () => {
    await Promise.all([browser.close(), served.end()]);
    stage.remove();
  });

  const dialog = () => page.locator("dialog");
  /** Waits until the page says so of the action that was done last. */
  const says = (text: RegExp) => page.locator(".acts", { hasText: text }).first().waitFor();

  it("rejects the release that waits, with a reason, after it was asked, with the keyboard alone", async () => {
    await begin(stage, 2, UNTIL_APPROVAL);
    await page.goto(`${served.origin}/releases`);
    await answered(page);
    await press(page, "Reject…");
    await dialog().waitFor();
    expect(await dialog().textContent()).toMatch(/What runs now stays.*npx fairlead reject \S+ --reason/);
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await dialog().waitFor({ state: "detached" });
    // The focus is where it was, and in the dialog where something is to be typed.
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Reject…");
    await page.keyboard.press("Enter");
    await dialog().waitFor();
    await page.keyboard.type("wrong branch");
    await page.keyboard.press("Enter");
    await says(/npx fairlead reject \S+ --reason 'wrong branch' is done/);
    const { answer } = await stage.type("releases", "--json");
    expect((JSON.parse(answer) as { releases: { ending: string }[] }).releases[0]?.ending).toBe("rejected");
  });

  it("approves the release that waits, with the keyboard alone", async () => {
    await begin(stage, 3, UNTIL_APPROVAL);
    await page.goto(`${served.origin}/releases`);
    await answered(page);
    await press(page, "Approve…");
    await dialog().waitFor();
    expect(await violations(page)).toEqual([]);
    await press(page, "Approve");
    await says(/npx fairlead approve \S+ --no-wait is done/);
    await stage.meddle((_aws, clock) => clock.sleep(900_000));
    await page.locator(".release h3", { hasText: /^live/ }).first().waitFor();
  });

  it("rolls back to the release before, with the keyboard alone", async () => {
    await page.goto(`${served.origin}/releases`);
    await answered(page);
    await press(page, "Roll back to");
    await dialog().waitFor();
    expect(await violations(page)).toEqual([]);
    await press(page, "Roll back");
    await says(/npx fairlead rollback \S+ --yes is done/);
  });

  it("refuses to act where it was not started so, and what does not come of its own pages", async () => {
    const reading = await startConsole(stage.directory);
    const cookie =
      (await fetch(reading.address, { redirect: "manual" })).headers.get("set-cookie")?.split(";")[0] ?? "";
    const own = { cookie, origin: reading.origin };
    expect(await sent(reading, "POST", "/act/rollback", own)).toEqual({
      status: 403,
      text: "This console only shows. To act from it, start it with --allow-actions.",
    });
    const refused = await Promise.all([
      sent(reading, "GET", "/", {}),
      sent(reading, "GET", "/?token=0", {}),
      sent(reading, "GET", "/", { cookie, host: "evil.example" }),
      sent(reading, "GET", "/events?needs=stack", { cookie, origin: "http://evil.example" }),
      sent(reading, "POST", "/refresh", { cookie }),
      sent(reading, "GET", "/nowhere", { cookie }),
    ]);
    expect(refused.map(({ status }) => status)).toEqual([401, 401, 403, 403, 403, 404]);
    expect(await reading.end()).toBe(0);
  });
});

/** Sends a request with exactly these headers, which `fetch` would not. */
function sent(
  { origin }: RunningConsole,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const asking = request(`${origin}${path}`, { method, headers }, (response) => {
      let text = "";
      response.on("data", (data: Buffer) => (text += data.toString()));
      response.on("end", () => resolve({ status: response.statusCode, text }));
    });
    asking.on("error", reject);
    asking.end();
  });
}
