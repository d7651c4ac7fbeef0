import { TIMELINE_STYLE } from "./timeline-style.ts";
import { PICTURE_STYLE } from "../picture/style.ts";

/** Colours by the reader's theme. Each tone is legible as text on the page and on the boxes of it. */
const LIGHT = `--back: #ffffff; --box: #f6f8fa; --line: #d0d7de; --strong: #57606a; --text: #1f2328; --soft: #57606a; --link: #0969da;
  --create: #1a7f37; --update: #8a5a00; --replace: #7a3fd6; --adopt: #0969da; --delete: #c11f2a; --ok: #1a7f37; --warning: #8a5a00; --broken: #c11f2a`;
const DARK = `--back: #0d1117; --box: #161b22; --line: #30363d; --strong: #8b949e; --text: #e6edf3; --soft: #9da7b1; --link: #6cb2ff;
  --create: #4cc764; --update: #e0a93b; --replace: #b794f6; --adopt: #6cb2ff; --delete: #ff7b72; --ok: #4cc764; --warning: #e0a93b; --broken: #ff7b72`;

const TONES = ["create", "update", "replace", "adopt", "delete", "ok", "warning", "broken"];

/** The style of every page. */
export const STYLE = `
:root { color-scheme: light dark; ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
* { box-sizing: border-box }
body { margin: 0; background: var(--back); color: var(--text); font: 14px/1.5 ui-sans-serif, system-ui, "Segoe UI", Helvetica, Arial, sans-serif; overflow-wrap: anywhere }
main, header.page { max-width: 1600px; margin: 0 auto; padding: 0 20px }
main { padding-bottom: 48px }
header.page { padding-top: 24px }
h1 { font-size: 22px; line-height: 1.25; margin: 0 }
h2 { font-size: 16px; margin: 28px 0 8px }
h3 { font-size: 13px; margin: 16px 0 4px; color: var(--soft); font-weight: 600 }
p { margin: 4px 0 }
ul { margin: 4px 0; padding-left: 20px }
a { color: var(--link) }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px }
code, pre, .mono { font: 12px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }
.soft { color: var(--soft) }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); gap: 1px; margin: 16px 0; background: var(--line); border: 1px solid var(--line); border-radius: 6px; overflow: hidden }
.facts > div { background: var(--box); padding: 8px 12px }
.facts dt { color: var(--soft); font-size: 12px }
.facts dd { margin: 0; font-weight: 600 }
.facts dd small { display: block; font-weight: 400; font-size: 12px; color: var(--soft) }
.alert { border: 1px solid var(--line); border-left: 4px solid var(--delete); border-radius: 6px; padding: 8px 12px; margin: 12px 0 }
.alert.warning { border-left-color: var(--warning) }
.alert h2 { margin: 0 0 4px; font-size: 14px }
.scroll { overflow: auto; border: 1px solid var(--line); border-radius: 6px; max-height: 80vh }
.scroll svg { display: block }
.scroll.drawing { max-height: 96vh }
.scroll td { overflow-wrap: break-word }
td.when { min-width: 8em }
td.number + td:not(.number), th.number + th:not(.number) { padding-left: 12px }
details { border: 1px solid var(--line); border-radius: 6px; margin: 3px 0; scroll-margin: 12px }
tr { scroll-margin: 12px }
tr:target td { background: var(--box) }
.fields { scroll-margin: 60px }
details:has(:target) { border-color: var(--link) }
.fields > p { padding: 0 12px 4px 30px }
summary { padding: 4px 12px; cursor: pointer }
summary:hover { background: var(--box) }
summary .what { color: var(--soft) }
details > div:not(.fields), details > ul { padding: 0 12px 10px 30px; margin: 0 }
.bar { display: block; fill: var(--strong) }
pre.diff { margin: 0; padding: 8px 12px; background: var(--box); border-top: 1px solid var(--line); border-radius: 0 0 6px 6px; overflow-x: auto; white-space: pre-wrap }
pre.diff span { display: block }
pre.diff .add { color: var(--create) }
pre.diff .del { color: var(--delete) }
pre.diff .at { color: var(--adopt) }
table { border-collapse: collapse; width: 100% }
th { overflow-wrap: break-word }
th, td { text-align: left; padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top }
th { color: var(--soft); font-size: 12px; font-weight: 600 }
td.number, th.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
.sign { display: inline-block; min-width: 5.5em; margin-right: 6px; font-weight: 600 }
${TONES.map((tone) => `.tone-${tone} { color: var(--${tone}) }`).join("\n")}
@media (max-width: 600px) {
  main, header.page { padding-left: 12px; padding-right: 12px }
  .wide { display: none }
  .scroll { max-height: 65vh }
  .scroll.drawing { max-height: none }
  details > div:not(.fields), details > ul, .fields > p { padding-left: 12px }
}
@media (min-width: 1000px) { .scroll svg.fit { max-width: 100%; height: auto } }
@media print { .scroll { max-height: none; border: 0 } }
${TIMELINE_STYLE}
${scoped(PICTURE_STYLE)}
${TONES.map((tone) => `.picture .${tone} .thing { stroke: var(--${tone}); stroke-width: 2 } .picture .${tone} .mark { fill: var(--${tone}); font-weight: 600; font-size: 12px }`).join("\n")}
.picture .delete .thing, .picture .replace .thing { stroke-dasharray: 6 3 }
.picture a { cursor: pointer }
.picture a:hover .thing { fill: var(--box) }
.picture a:focus-visible { outline: none }
.picture a:focus-visible .thing { stroke: var(--link); stroke-width: 4 }
`;

/** The rules of a picture for those in a page alone. */
function scoped(style: string): string {
  return style.replaceAll(/^(\s*)(\.|text)(?=[^@]*\{)/gm, "$1.picture $2");
}
