import { STYLE } from "../style.ts";

/** The style of the console: that of every page, and what only the console has. */
export const CONSOLE_STYLE = `${STYLE}
.skip { position: absolute; left: -9999px }
.skip:focus { position: fixed; left: 12px; top: 8px; z-index: 3; background: var(--back); padding: 6px 12px; border: 1px solid var(--line); border-radius: 6px }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
header.console { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 20px; padding-top: 12px; padding-bottom: 10px; position: sticky; top: 0; z-index: 2; background: var(--back); border-bottom: 1px solid var(--line) }
header.console .where { flex-basis: 100% }
header.console nav { display: flex; flex-wrap: wrap; gap: 2px }
header.console nav a { padding: 4px 10px; border-radius: 6px; text-decoration: none; color: var(--text) }
header.console nav a:hover { background: var(--box) }
header.console nav a[aria-current] { background: var(--box); font-weight: 600; box-shadow: inset 0 -2px var(--link) }
header.console .fresh { margin-left: auto }
header.console .acts { flex-basis: 100% }
header.console .acts p { margin: 0 }
header.console .acts:empty { margin-top: -6px }
main { scroll-margin-top: 90px }
main:focus { outline: none }
button, .button { font: inherit; display: inline-block; padding: 3px 12px; border: 1px solid var(--line); border-radius: 6px; background: var(--box); color: var(--text); cursor: pointer; text-decoration: none }
button:hover, .button:hover { border-color: var(--strong) }
button.primary { border-color: var(--create); color: var(--create); font-weight: 600 }
button.danger { border-color: var(--delete); color: var(--delete); font-weight: 600 }
.button[aria-disabled] { color: var(--soft); pointer-events: none }
.buttons { display: flex; flex-wrap: wrap; gap: 8px; margin: 8px 0 }
ul.plain { list-style: none; padding-left: 0 }
details > ul.plain { padding: 0 12px 10px 30px }
ul.outline { list-style: none; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(250px, 1fr)); gap: 6px }
ul.outline li { border: 1px solid var(--line); border-radius: 6px; padding: 4px 10px; background: var(--box) }
pre.log { margin: 4px 0; padding: 8px 12px; overflow: auto; max-height: 50vh; white-space: pre-wrap; background: var(--box); border: 1px solid var(--line); border-radius: 6px }
h4 { font-size: 13px; margin: 14px 0 4px }
.alert h4 { margin-top: 2px }
.asking { padding: 24px 0 }
.scroll th:first-child, .scroll td:first-child { padding-left: 12px }
.going { font-weight: 600 }
.with-panel { display: grid; grid-template-columns: minmax(0, 1fr) 400px; gap: 20px }
.with-panel .scroll svg.fit { max-width: none }
.panel { position: sticky; top: 96px; max-height: calc(100vh - 110px); overflow: auto; border: 1px solid var(--line); border-radius: 6px; padding: 12px 16px; margin: 16px 0; background: var(--back) }
.panel h2 { margin-top: 0; padding-right: 60px }
.panel .close { float: right }
.pairs { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 2px 14px; margin: 8px 0 }
.pairs dt { color: var(--soft) }
.pairs dd { margin: 0 }
pre.value { margin: 0; overflow: auto; max-height: 40vh; white-space: pre-wrap }
.panel details > div:not(.fields) { padding-left: 12px }
.release { border: 1px solid var(--line); border-radius: 6px; padding: 4px 14px 10px; margin: 10px 0 }
.release h3 { font-size: 14px; color: var(--text); margin: 8px 0 2px }
.stages, .hops { list-style: none; margin: 10px 0; padding: 0; display: flex; flex-wrap: wrap; gap: 8px 22px }
.hops { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 210px), 1fr)); padding-right: 18px }
.stage { position: relative; border: 1px solid var(--line); border-radius: 6px; padding: 4px 12px; background: var(--box) }
.stage span { display: block; font-size: 12px; color: var(--soft) }
.stage:not(:last-child)::after, .hop:not(:last-child)::after { content: "→"; position: absolute; right: -18px; top: 50%; transform: translateY(-50%); color: var(--strong) }
.stage.done, .hop.ok { border-left: 4px solid var(--ok) }
.stage.failed, .stage.rejected, .hop.broken { border-left: 4px solid var(--broken) }
.stage.waiting, .stage.in, .hop.waiting { border-left: 4px solid var(--warning) }
.hop { position: relative; border: 1px solid var(--line); border-radius: 6px; padding: 6px 12px; background: var(--box) }
.hop p { font-size: 12px; margin: 4px 0 0 }
.hop-state { font-size: 12px; color: var(--soft) }
.hop.broken { background: var(--back) }
.hop.broken .hop-state { color: var(--broken); font-weight: 600 }
.hop .fix { color: var(--text); font-weight: 600 }
.sparks { display: grid; grid-template-columns: repeat(auto-fill, minmax(250px, 1fr)); gap: 10px }
.spark { margin: 0; border: 1px solid var(--line); border-radius: 6px; padding: 6px 12px; overflow: hidden }
.spark polyline { fill: none; stroke: var(--link); stroke-width: 1.5 }
.spark svg { display: block; max-width: 100% }
tr.current td { background: var(--box) }
dialog { max-width: 560px; width: calc(100% - 24px); border: 1px solid var(--line); border-radius: 8px; background: var(--back); color: var(--text); padding: 16px 20px }
dialog::backdrop { background: #0009 }
dialog h2 { margin-top: 0 }
dialog label { display: block; margin: 10px 0 }
dialog input[type=text] { display: block; width: 100%; font: inherit; padding: 5px 8px; margin-top: 4px; border: 1px solid var(--strong); border-radius: 6px; background: var(--back); color: var(--text) }
.picture a[aria-current] .thing { stroke: var(--link); stroke-width: 4 }
@media (max-width: 900px) {
  .with-panel { display: block }
  .panel { position: fixed; inset: auto 0 0 0; top: auto; max-height: 70vh; margin: 0; z-index: 3; border-radius: 10px 10px 0 0; box-shadow: 0 -4px 24px #0006 }
}
@media (max-width: 600px) {
  .scroll.drawing { max-height: 50vh }
  table.rows, table.rows tbody { display: block }
  table.rows thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
  table.rows tbody tr { display: grid; gap: 0 10px; padding: 5px 12px; border-bottom: 1px solid var(--line) }
  table.rows tbody tr:last-child { border-bottom: 0 }
  table.rows tbody tr.current { background: var(--box) }
  table.rows tbody td, table.rows tbody td:first-child { padding: 0; border: 0 }
  table.runs tbody tr { grid-template: "run verb outcome took" "run when beside beside" / 2.5em 1fr auto auto }
  table.runs.long tbody tr { grid-template: "run verb outcome took" "run when when when" "run beside beside beside" / 2.5em 1fr auto auto }
  table.runs .when { grid-area: when; color: var(--soft) }
  table.runs .verb { grid-area: verb }
  table.runs .outcome { grid-area: outcome }
  table.runs .number { grid-area: took }
  table.runs .beside { grid-area: beside; text-align: right }
  table.tasks tbody tr { grid-template: "revision revision revision state" "running desired pending failed" / auto auto auto 1fr }
  table.tasks td:first-child { grid-area: revision }
  table.tasks .state { grid-area: state; text-align: right }
  table.tasks .number { text-align: left }
  table.tasks .number::after { content: " " attr(data-of) }
  header.console { position: static }
  header.console nav a { padding: 4px 7px }
  .hop:not(:last-child)::after { content: "↓"; right: 50%; top: auto; bottom: -18px; transform: none }
  .hops { gap: 18px }
}
@media (prefers-reduced-motion: no-preference) { .changed { animation: changed 1.2s } }
@keyframes changed { from { background: color-mix(in srgb, var(--link) 18%, transparent) } }
`;
