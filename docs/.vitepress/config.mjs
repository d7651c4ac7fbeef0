// The documentation site: the README is its first page, the other documents are the rest. `npm run docs:build` fails on dead links.
import { cpSync, existsSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitepress";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Every page by the heading that it is listed under; a document that is missing here fails the build. */
const PAGES = {
  "Getting started": [
    "README.md",
    "docs/init.md",
    "docs/stack.md",
    "docs/services.md",
    "docs/releases.md",
    "docs/how-it-works.md",
  ],
  "Coming from": ["docs/from-copilot.md", "docs/from-terraform.md", "docs/from-ecspresso.md", "docs/comparison.md"],
  "Parts of a stack": [
    "docs/networks.md",
    "docs/edge.md",
    "docs/domains.md",
    "docs/regions.md",
    "docs/secrets.md",
    "docs/shared-stacks.md",
    "docs/own-resources.md",
    "docs/topology.md",
  ],
  Operations: [
    "docs/plans.md",
    "docs/console.md",
    "docs/recovery.md",
    "docs/drift.md",
    "docs/alarms.md",
    "docs/access-logs.md",
    "docs/sleep.md",
    "docs/costs.md",
    "docs/permissions.md",
    "docs/promises.md",
  ],
  Reference: [
    "docs/commands.md",
    "docs/cli.md",
    "docs/settings.md",
    "docs/answers.md",
    "docs/in-process.md",
    "CHANGELOG.md",
  ],
  Examples: [
    "examples/shop/README.md",
    "examples/flask/README.md",
    "examples/table/README.md",
    "examples/tenants/README.md",
  ],
  Contributing: ["CONTRIBUTING.md", "docs/architecture.md", "docs/live/README.md"],
};

/** Where a document is on the site. */
const pageOf = (path) =>
  path
    .toLowerCase()
    .replace(/^docs\//, "")
    .replace(/(^|\/)readme\.md$/, "$1index.md")
    .replace(/\.md$/, "");
const documents = Object.values(PAGES).flat();
const pages = Object.fromEntries(documents.map((path) => [path, pageOf(path)]));

const titleOf = (path) => /^# (.+)$/m.exec(readFileSync(join(root, path), "utf8"))?.[1]?.replaceAll("`", "") ?? path;

/** Files that are no pages, which documents link to: they are on the site as text. */
const sources = new Set();

/** Where a link of a document leads to on the site; undefined for a folder, which has no page there. */
function siteLink(document, href) {
  const [path, anchor] = href.split("#");
  const target = posix.join(posix.dirname(document), path);
  const page = pages[target] ?? pages[posix.join(target, "README.md")];
  if (page !== undefined) return `/${page.replace(/index$/, "")}${anchor === undefined ? "" : `#${anchor}`}`;
  // A page that does not exist, which the check for dead links then names.
  if (!existsSync(join(root, target)) || target.endsWith(".md")) return href;
  if (statSync(join(root, target)).isDirectory()) return undefined;
  sources.add(target);
  return `/source/${target}.txt`;
}

/** Links in documents are relative, as GitHub and the package need them. */
function withSiteLinks(md) {
  md.core.ruler.push("site-links", ({ tokens, env }) => {
    const document = (env.realPath ?? env.path).slice(root.length);
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      if (token.type !== "link_open") continue;
      const href = token.attrGet("href") ?? "";
      if (/^(?:https?:|mailto:|#)/.test(href)) continue;
      const link = siteLink(document, href);
      if (link === undefined) token.attrs = [];
      else token.attrSet("href", link);
    }
  });
  // A page is a template of Vue, and braces in code are not meant for it.
  const code = md.renderer.rules.code_inline;
  md.renderer.rules.code_inline = (...given) => code(...given).replace("<code", "<code v-pre");
  // GitHub draws these, and the site would show their source.
  const fence = md.renderer.rules.fence;
  md.renderer.rules.fence = (tokens, index, ...rest) => {
    if (tokens[index].info === "mermaid")
      throw new Error("A Mermaid diagram is not drawn on the site. Use an SVG, as docs/stack.md does.");
    return fence(tokens, index, ...rest);
  };
}

/** GitHub's anchors: lower case, punctuation dropped, spaces as hyphens. */
const slugify = (heading) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");

export default defineConfig({
  title: "Fairlead",
  description: "Provisions production-grade container services on AWS from one typed config file",
  srcDir: "..",
  // Reports of live runs are records; the others are no documents of Fairlead.
  srcExclude: ["docs/live/20*", "{service,src,test,scripts,state,reconcilers,dist*}/**", "**/.fairlead/**"],
  cacheDir: "../node_modules/.cache/vitepress",
  rewrites: (path) => {
    if (!(path in pages)) throw new Error(`${path} is not in the list of pages in docs/.vitepress/config.mjs.`);
    return `${pages[path]}.md`;
  },
  cleanUrls: false,
  markdown: { config: withSiteLinks, anchor: { slugify }, toc: { slugify } },
  themeConfig: {
    search: { provider: "local" },
    sidebar: Object.entries(PAGES).map(([text, paths]) => ({
      text,
      items: paths.map((path) => ({ text: titleOf(path), link: `/${pages[path].replace(/index$/, "")}` })),
    })),
    outline: [2, 3],
  },
  buildEnd: ({ outDir }) => {
    for (const path of sources) cpSync(join(root, path), join(outDir, "source", `${path}.txt`));
  },
  vite: {
    plugins: [
      {
        name: "sources",
        configureServer: ({ middlewares }) =>
          void middlewares.use("/source", ({ url = "" }, response, next) => {
            const path = decodeURIComponent(url)
              .slice(1)
              .replace(/\.txt$/, "");
            if (!sources.has(path)) return next();
            response.setHeader("content-type", "text/plain; charset=utf-8");
            response.end(readFileSync(join(root, path)));
          }),
      },
    ],
  },
});
