import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { guard } from "../../../src/console/guard.ts";

const TOKEN = "0123456789abcdef";
const COOKIE = `fairlead-4000=${TOKEN}`;

function asked(path: string, headers: Readonly<Record<string, string>> = {}, method = "GET") {
  const app = new Hono();
  app.use(guard({ port: 4000, token: TOKEN }));
  app.all("*", (context) => context.text("in"));
  return app.request(`http://127.0.0.1:4000${path}`, { method, headers: { host: "127.0.0.1:4000", ...headers } });
}

const statusOf = async (...request: Parameters<typeof asked>) => (await asked(...request)).status;

describe("the console's guard", () => {
  it("lets in who has the cookie, under both names of this machine", async () => {
    expect(await statusOf("/", { cookie: COOKIE })).toBe(200);
    expect(await statusOf("/", { cookie: COOKIE, host: "localhost:4000" })).toBe(200);
    expect(await statusOf("/", { cookie: COOKIE, "sec-fetch-site": "none" })).toBe(200);
    expect(await statusOf("/", { cookie: COOKIE, "sec-fetch-site": "same-origin" })).toBe(200);
  });

  it("turns the token of the address into a cookie that no script reads, and takes it out of the address", async () => {
    const response = await asked(`/plan?token=${TOKEN}&open=a`);
    expect({ status: response.status, to: response.headers.get("location") }).toEqual({
      status: 302,
      to: "/plan?open=a",
    });
    expect(response.headers.get("set-cookie")).toBe(`${COOKIE}; Path=/; HttpOnly; SameSite=Strict`);
  });

  it("lets a browser in that a file leads here, and leads it on from a page of the console's own, which its cookie is sent from", async () => {
    const response = await asked(`/?token=${TOKEN}&open=a%22`, { "sec-fetch-site": "cross-site" });
    expect({ status: response.status, cookie: response.headers.get("set-cookie") }).toEqual({
      status: 200,
      cookie: `${COOKIE}; Path=/; HttpOnly; SameSite=Strict`,
    });
    const text = await response.text();
    expect(text).toContain('<meta http-equiv="refresh" content="0; url=/?open=a%22">');
    expect(text).not.toContain(TOKEN);
    expect(await statusOf(`/?token=${TOKEN}`, { origin: "http://evil.example", "sec-fetch-site": "cross-site" })).toBe(
      403,
    );
    expect(await statusOf("/?token=0", { "sec-fetch-site": "cross-site" })).toBe(403);
  });

  it.each([
    ["nothing", "/", {}],
    ["a wrong token", "/?token=0123456789abcdee", {}],
    ["a token of another length", "/?token=0", {}],
    ["a wrong cookie", "/", { cookie: "fairlead-4000=0123456789abcdee" }],
    ["the cookie of another console", "/", { cookie: `fairlead-4001=${TOKEN}` }],
  ])("asks for the token where there is %s", async (_what, path, headers: Record<string, string>) => {
    const response = await asked(path, headers);
    expect({ status: response.status, cookie: response.headers.get("set-cookie") }).toEqual({
      status: 401,
      cookie: null,
    });
  });

  it.each(["evil.example:4000", "127.0.0.1", "127.0.0.1:4001", "localhost.evil.example:4000", "[::1]:4000"])(
    "refuses the host %s, with the cookie and with the token",
    async (host) => {
      expect(await statusOf("/", { cookie: COOKIE, host })).toBe(403);
      expect(await statusOf(`/?token=${TOKEN}`, { host })).toBe(403);
    },
  );

  it.each([
    ["another origin", { origin: "http://evil.example" }],
    ["another port of this machine", { origin: "http://127.0.0.1:4001" }],
    ["no origin that could be named", { origin: "null" }],
    ["the same port over TLS", { origin: "https://127.0.0.1:4000" }],
    ["another site", { "sec-fetch-site": "cross-site" }],
    ["another port, as browsers call it", { "sec-fetch-site": "same-site" }],
  ])("refuses what comes of %s", async (_what, headers: Record<string, string>) => {
    expect(await statusOf("/", { cookie: COOKIE, ...headers })).toBe(403);
    expect(await statusOf("/refresh", { cookie: COOKIE, ...headers }, "POST")).toBe(403);
  });

  it("acts only for its own pages", async () => {
    expect(await statusOf("/act/approve", { cookie: COOKIE }, "POST")).toBe(403);
    expect(await statusOf(`/act/approve?token=${TOKEN}`, { origin: "http://127.0.0.1:4000" }, "POST")).toBe(401);
    expect(await statusOf("/act/approve", { cookie: COOKIE, origin: "http://127.0.0.1:4000" }, "POST")).toBe(200);
    expect(await statusOf("/act/approve", { cookie: COOKIE, "sec-fetch-site": "same-origin" }, "POST")).toBe(200);
  });

  it.each([
    ["what is let in", { cookie: COOKIE }],
    ["what is refused", {}],
  ])("sends its headers with %s", async (_what, headers: Record<string, string>) => {
    const response = await asked("/", headers);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-security-policy":
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    });
  });
});
