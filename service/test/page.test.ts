import { createHash } from "node:crypto";
import { Script } from "node:vm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Answer, AT_ONCE, call, post, startTestServer, type TestServer } from "./support.ts";

let server: TestServer;
let page: Answer;
beforeAll(async () => {
  server = await startTestServer();
  page = await call(server.port, "/");
});
afterAll(() => server.drain(AT_ONCE));

function contentOf(tag: string): string {
  return new RegExp(`<${tag}>(.*)</${tag}>`, "s").exec(page.body)?.[1] ?? "";
}

function unescape(text: string): string {
  return text.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&");
}

/** A form's fields as a browser would send them untouched. */
function fieldsOf(form: string): Record<string, string | number> {
  const fields: Record<string, string | number> = {};
  for (const [, type, name = "", value = ""] of form.matchAll(/<input type="(\w+)".*? name="(\w+)" value="(.*?)">/g)) {
    fields[name] = type === "number" ? Number(value) : unescape(value);
  }
  for (const [, name = "", options = ""] of form.matchAll(/<select name="(\w+)">(.*?)<\/select>/gs)) {
    fields[name] = /<option selected>(.*?)</.exec(options)?.[1] ?? "";
  }
  for (const [, name = "", value = ""] of form.matchAll(/<textarea name="(\w+)">(.*?)<\/textarea>/gs)) {
    fields[name] = unescape(value);
  }
  return fields;
}

it("is HTML that needs no other host", () => {
  expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
  expect(page.body).not.toMatch(/https?:|src=|@import|url\(/);
});

it("escapes what comes from the environment", () => {
  expect(page.body).toContain("version <strong>&lt;1&gt;</strong>");
});

it("allows its own script and style by hash and no other", () => {
  const policy = String(page.headers["content-security-policy"]);
  for (const tag of ["script", "style"]) {
    const hash = createHash("sha256").update(contentOf(tag)).digest("base64");
    expect(policy).toContain(`${tag}-src 'sha256-${hash}'`);
  }
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain("unsafe");
});

it("has a script that compiles and never writes HTML", () => {
  expect(() => new Script(contentOf("script"))).not.toThrow();
  expect(contentOf("script")).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write|eval/);
});

it("has forms that the API answers as they stand", async () => {
  const forms = [...page.body.matchAll(/<form action="(.*?)"(?: data-send="(\w+)")?>(.*?)<\/form>/gs)];
  expect(forms).toHaveLength(7);
  for (const [, path = "", kind, form = ""] of forms) {
    const fields = fieldsOf(form);
    let answer: Promise<Answer>;
    if (kind === "json") answer = post(server.port, path, fields);
    else if (kind === "raw") answer = post(server.port, path, JSON.parse(String(fields["body"])));
    else answer = call(server.port, `${path}?${new URLSearchParams(Object.entries(fields).map(pair)).toString()}`);
    expect({ path, status: (await answer).status }).toEqual({ path, status: 200 });
  }
});

function pair([name, value]: [string, string | number]): [string, string] {
  return [name, String(value)];
}
