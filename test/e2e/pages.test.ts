import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import { readDot, readMermaid } from "../support/drawn.ts";
import { Stage } from "../support/stage.ts";

const config = (password: string, note: string, extra: StackConfig["services"] = {}): StackConfig => ({
  services: { web: { container: { environment: { DB_PASSWORD: password, NOTE: note } } }, ...extra },
});
const FIRST = config("hunter2", `<script>alert("1")</script>`, { mailer: { type: "worker", queue: {} } });
const stage = new Stage(FIRST);
afterAll(() => stage.remove());
const read = (name: string) => readFileSync(join(stage.directory, name), "utf8");

/** What a page loads, where it leads, and what its policy allows. */
function examined(page: string) {
  const [, style = ""] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? [];
  const [, policy = ""] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
  const values = (attribute: string) =>
    Array.from(page.matchAll(new RegExp(`\\b${attribute}="([^"]*)"`, "g")), ([, value = ""]) => value);
  return {
    isStyled: policy.includes(`'sha256-${createHash("sha256").update(style).digest("base64")}'`),
    policy: policy.replace(/sha256-[^']*/, "HASH"),
    elements: new Set(Array.from(page.matchAll(/<([a-z][\w-]*)/g), ([, name]) => name)),
    leads: values("href").map((href) => decodeURIComponent(href)),
    ids: new Set(values("id").map((id) => `#${id}`)),
    handlers: page.match(/<[^>]*\s(?:on\w+|style|src|srcset|action)=/g) ?? [],
  };
}

/** Holds what every page promises: that it loads and sends nothing, and that its links lead somewhere in it. */
function expectOffline(page: string): void {
  const { isStyled, policy, elements, leads, ids, handlers } = examined(page);
  expect(isStyled).toBe(true);
  expect(policy).toBe("default-src 'none'; style-src 'HASH'; base-uri 'none'; form-action 'none'");
  expect(["script", "link", "img", "iframe", "object", "form"].filter((name) => elements.has(name))).toEqual([]);
  expect(handlers).toEqual([]);
  expect(leads.length).toBeGreaterThan(5);
  expect(leads.filter((lead) => !ids.has(lead))).toEqual([]);
}

describe("pages in files", () => {
  beforeAll(async () => {
    expect((await stage.type("reconcile", "--yes")).exit).toBe(0);
    stage.edit(config("hunter3", `"><img src=x>`, { nightly: { type: "job", schedule: "rate(1 day)" } }));
  });

  it("show a plan with what it does, its cost and its picture, and no secret", async () => {
    const { exit, lines } = await stage.type("plan", "--html", "plan.html", "--check");
    expect([exit, lines.at(-2)]).toEqual([3, "Written to plan.html, which a browser opens without network."]);
    const page = read("plan.html");
    expectOffline(page);
    expect(page).not.toMatch(/hunter[23]|<script>alert|<img/);
    for (const text of ["Plan of fairlead-app dev", "rolling: new tasks", "(secret)", "about ", "US dollars a month"])
      expect(page).toContain(text);
    // The picture has what is created and what is deleted, each with a word beside its colour.
    expect(page).toMatch(/aria-label="ECS service mailer\/compute\/service - delete, \d+ parts"><g class="delete">/);
    expect(page).toMatch(
      /aria-label="Scheduled job nightly\/compute\/schedule \+ create, \d+ parts"><g class="create">/,
    );
    expect(page).toMatch(/aria-label="ECS service compute\/service ~ update, 2 parts"/);
  });

  it("show a run of the history, its picture and its calls", async () => {
    expect((await stage.type("history", "1", "--html", "run.html")).exit).toBe(0);
    const page = read("run.html");
    expectOffline(page);
    for (const text of ["Run 1 of fairlead-app dev: reconcile", "ec2.CreateVpc", "edge/distribution", "created"])
      expect(page).toContain(text);
  });

  it("are refused where they cannot be written, before anything is asked", async () => {
    mkdirSync(join(stage.directory, "folder"));
    const refused = async (...argv: string[]) => {
      const { exit, errors } = await stage.type(...argv);
      return [exit, errors[0]?.replace(/^.*?Error: /, "")];
    };
    const why = "--html folder is not a file: name one that can be written to. No changes were made.";
    expect(await refused("plan", "--html", "folder")).toEqual([2, why]);
    expect(await refused("history", "1", "--html", "folder")).toEqual([2, why]);
    expect(await refused("history", "--html", "runs.html")).toEqual([
      2,
      "--html is for one run: name its number. To list the runs: npx fairlead history",
    ]);
  });

  it("show of a plan that is blocked why it is", async () => {
    stage.edit({ ...config("hunter2", "none"), protect: true });
    expect((await stage.type("plan", "--html", "blocked.html")).exit).toBe(1);
    const page = read("blocked.html");
    expectOffline(page);
    expect(page).toContain("This plan cannot be applied");
  });
});

describe("graph", () => {
  const graph = async (...flags: string[]) => (await stage.type("graph", ...flags)).answer;

  it.each([[[]], [["--resources"]]])("draws in every language what --json has, with the flags %j", async (flags) => {
    const { things, links } = JSON.parse(await graph("--json", ...flags)) as {
      things: { id: string }[];
      links: { from: string; to: string }[];
    };
    const dot = readDot(await graph("--dot", ...flags));
    expect(Object.keys(dot.things).toSorted()).toEqual(things.map(({ id }) => id).toSorted());
    expect(dot.links).toEqual(links.map(({ from, to }) => [from, to]));
    const mermaid = readMermaid(await graph("--mermaid", ...flags));
    expect([Object.keys(mermaid.things).length, mermaid.links.length]).toEqual([things.length, links.length]);
    expect(await graph(...flags)).toBe(await graph("--mermaid", ...flags));
    const svg = await graph("--svg", ...flags);
    expect(things.filter(({ id }) => id !== "users" && !svg.includes(`>${id}</text>`))).toEqual([]);
  });

  it("draws in one language at a time", async () => {
    const { exit, errors } = await stage.type("graph", "--svg", "--dot");
    expect([exit, errors.join(" ")]).toEqual([2, expect.stringContaining("--dot and --svg exclude each other.")]);
  });
});
