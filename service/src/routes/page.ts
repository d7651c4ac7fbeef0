import { createHash } from "node:crypto";
import type { Config } from "../config.ts";
import { escapeHtml } from "../page/escape.ts";
import { formsHtml } from "../page/forms.ts";
import { SCRIPT } from "../page/script.ts";
import { STYLE } from "../page/style.ts";
import type { Route } from "../router.ts";

// Script and style are allowed by their hash and everything else only from this origin or not at all, so even markup
// that slipped through the escaping could run nothing.
const POLICY = [
  "default-src 'none'",
  `script-src '${hash(SCRIPT)}'`,
  `style-src '${hash(STYLE)}'`,
  "connect-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/** The HTML page: a form for each part of the API, with nothing loaded from other hosts. */
export const page: Route = {
  method: "GET",
  path: "/",
  handle: ({ config }) => ({ html: pageHtml(config), headers: { "content-security-policy": POLICY } }),
};

function pageHtml({ environment, version }: Config): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fairlead sample service</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<h1>Fairlead sample service</h1>
<p>Environment <strong>${escapeHtml(environment)}</strong>, version <strong>${escapeHtml(version)}</strong>.</p>
<main>
${formsHtml()}
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function hash(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
