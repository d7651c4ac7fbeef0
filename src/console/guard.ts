import { createHash, timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { pageTo } from "./entry.ts";

/** Who may ask, and how. */
export interface Admission {
  readonly port: number;
  readonly token: string;
}

/**
 * Nothing is loaded from elsewhere, no script but the console's own runs, and no other page may frame it:
 * https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Content-Security-Policy
 */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS = {
  "content-security-policy": POLICY,
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
} as const;

/** Cookies of one host are shared by all its ports, so two consoles need two names. */
const cookieOf = ({ port }: Admission): string => `fairlead-${port}`;

/** Whether two texts are the same, in a time that tells nothing of where they differ. */
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
const digest = (text: string) => createHash("sha256").update(text).digest();

/**
 * Lets only the browser in that opened the printed address, or the file that leads to it. A name that someone else points at this machine (DNS rebinding) is another `Host`;
 * a request that another page makes has its `Origin`, or its `Sec-Fetch-Site`. Anything but GET needs one of the two.
 */
export const guard =
  (admission: Admission): MiddlewareHandler =>
  async (context, next) => {
    for (const [name, value] of Object.entries(HEADERS)) context.header(name, value);
    const { req } = context;
    const hosts = ["127.0.0.1", "localhost"].map((name) => `${name}:${admission.port}`);
    const host = req.header("host");
    if (host === undefined || !hosts.includes(host))
      return context.text("This console answers on 127.0.0.1 and localhost alone.", 403);
    const origin = req.header("origin");
    const site = req.header("sec-fetch-site");
    const isOwn = origin === undefined || origin === `http://${host}`;
    const isNear = site === undefined || site === "none" || site === "same-origin";
    const changes = req.method !== "GET" && req.method !== "HEAD";
    const given = req.query("token");
    const enters = given !== undefined && !changes && isSame(given, admission.token);
    if (!isOwn || !(isNear || enters))
      return context.text("Another page asked for this. The console answers its own pages alone.", 403);
    if (changes && origin === undefined && site !== "same-origin")
      return context.text("The console acts on requests of its own pages alone.", 403);
    if (enters) {
      setCookie(context, cookieOf(admission), admission.token, { httpOnly: true, sameSite: "Strict", path: "/" });
      const address = new URL(req.url);
      address.searchParams.delete("token");
      const to = `${address.pathname}${address.search}`;
      // A browser sends such a cookie with nothing that another page began, redirects of it included, but from this page on:
      // https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-same-site-and-cross-site-re
      return isNear ? context.redirect(to) : context.html(pageTo(to, "The console opens."));
    }
    if (!isSame(getCookie(context, cookieOf(admission)) ?? "", admission.token))
      return context.text("Open the address that the command has printed: it has the token.", 401);
    return next();
  };
