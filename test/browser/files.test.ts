import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, overhang, violations, type Browser } from "../support/browser.ts";
import { Stage } from "../support/stage.ts";

describe("a page that is a file", () => {
  const stage = new Stage({});
  let browser: Browser;

  beforeAll(async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    stage.edit({ scaling: { cpuTarget: 55 }, edge: { priceClass: "PriceClass_200" } });
    browser = await openBrowser();
    await browser.context.setOffline(true);
  });
  afterAll(async () => {
    await browser.close();
    stage.remove();
  });

  it.each([
    ["plan.html", ["plan"], /scaling\/cpu-policy.*edge\/distribution/s],
    ["run.html", ["history", "1"], /Timeline.*network\/nat-1/s],
    ["runs.html", ["history", "1", "1"], /What took longer or less time/],
  ])("opens %s without a network, asks for nothing else and has no fault", async (name, words, text) => {
    expect((await stage.type(...words, "--html", name)).exit).toBe(0);
    const file = pathToFileURL(join(stage.directory, name)).href;
    const page = await browser.context.newPage();
    const asked: string[] = [];
    const complained: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    page.on("console", (message) => complained.push(message.text()));
    page.on("pageerror", (error) => complained.push(error.message));
    await page.goto(file);
    expect(await page.textContent("main")).toMatch(text);
    const found: string[] = [];
    for (const colorScheme of ["light", "dark"] as const)
      for (const width of [1280, 390]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 844 });
        found.push(...(await violations(page)));
        expect(await overhang(page)).toBe(0);
      }
    expect({ found, complained, asked }).toEqual({ found: [], complained: [], asked: [file] });
    await page.close();
  });

  it.each([
    ["what people draw", []],
    ["every resource", ["--resources"]],
  ])("opens graph --svg of %s as an image that is valid and asks for nothing", async (_, flags) => {
    const [drawn, told] = [
      await stage.type("graph", "--svg", ...flags),
      JSON.parse((await stage.type("graph", "--json", ...flags)).answer) as { things: { id: string }[] },
    ];
    const path = join(stage.directory, "stack.svg");
    writeFileSync(path, drawn.answer);
    const page = await browser.context.newPage();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(path).href);
    const found = await page.evaluate<{ errors: number; root: string; texts: string[]; outside: number }>(`(() => {
      const { width, height } = document.documentElement.viewBox.baseVal;
      const texts = [...document.querySelectorAll("text")];
      const boxes = texts.map((text) => text.getBoundingClientRect());
      return {
        errors: document.querySelectorAll("parsererror").length,
        root: document.documentElement.namespaceURI,
        texts: texts.map(({ textContent }) => textContent),
        outside: boxes.filter(({ right, bottom }) => right > width || bottom > height).length,
      };
    })()`);
    expect(found).toMatchObject({ errors: 0, root: "http://www.w3.org/2000/svg", outside: 0 });
    const ids = told.things.map(({ id }) => id).filter((id) => id !== "users");
    expect(ids.length).toBeGreaterThan(5);
    expect(ids.filter((id) => !found.texts.includes(id))).toEqual([]);
    expect(asked).toEqual([pathToFileURL(path).href]);
    await page.close();
  });
});
