import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import { chromium, type BrowserContext, type Page } from "playwright-core";

const CHROMIUM = "/usr/bin/chromium";

/** Nothing of it asks anybody on the network. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A browser with a profile of its own. */
export interface Browser {
  readonly context: BrowserContext;
  readonly close: () => Promise<void>;
}

/** Starts Debian's Chromium. Throws with what installs it where it is missing. */
export async function openBrowser(): Promise<Browser> {
  if (!existsSync(CHROMIUM))
    throw new Error(`There is no ${CHROMIUM}, which these tests look at pages with: apt-get install chromium`);
  const profile = mkdtempSync(join(tmpdir(), "fairlead-browser-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    headless: true,
    args: FLAGS,
    viewport: { width: 1280, height: 900 },
  });
  return {
    context,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** What axe-core finds wrong with a page as it is shown: rule and place. */
export async function violations(page: Page): Promise<string[]> {
  return page.evaluate(`(() => { ${axe.source}; })(); axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ": " + target.join(" ") + " " + failureSummary)))`);
}

/** More often than any page here has something that the keyboard reaches. */
const MOST_PRESSES = 80;

/** Goes to what begins with a text as somebody without a mouse does, with the Tab key, and presses Enter there. */
export async function press(page: Page, text: string): Promise<void> {
  const met: string[] = [];
  while (met.length < MOST_PRESSES) {
    await page.keyboard.press("Tab");
    met.push(await page.evaluate<string>("document.activeElement.textContent.trim()"));
    if (met.at(-1)?.startsWith(text)) return page.keyboard.press("Enter");
  }
  throw new Error(`The keyboard does not reach "${text}", but: ${met.join(", ")}`);
}

/** How many pixels the page is wider than what it is shown in. */
export const overhang = (page: Page): Promise<number> =>
  page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");

/** The tables and texts of a page that are wider than what they are shown in, so that they have to be scrolled sideways. */
export const cut = (page: Page): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll(".scroll:not(.drawing), pre")]
    .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
    .map((part) => part.getAttribute("aria-label") ?? part.textContent.slice(0, 40))`);

/** Waits until a page has the answers of everything that it shows. */
export async function answered(page: Page): Promise<void> {
  await page.locator(".asking").first().waitFor({ state: "detached" });
  await page.locator(".fresh", { hasText: "Asking" }).waitFor({ state: "detached" });
}
