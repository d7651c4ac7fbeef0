/** The style of a timeline: lanes whose bars follow the width of the page, and below each other on a narrow one. */
export const TIMELINE_STYLE = `
.lanes { list-style: none; margin: 0; padding: 0 }
.lane { display: grid; grid-template-columns: minmax(160px, 26%) minmax(0, 1fr) 130px; gap: 0 12px; align-items: center; padding: 1px 0; scroll-margin: 12px }
.lane strong { font-weight: 400 }
.lane.critical strong, .lane.broken strong, .lane.going strong { font-weight: 600 }
.lane:target { background: var(--box) }
.lane .who { line-height: 1.3 }
.lane .took { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
.lane .more { grid-column: 2 / -1; font-size: 12px; color: var(--soft) }
.lane .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.axis { position: sticky; top: 0; z-index: 1; background: var(--back); border-bottom: 1px solid var(--line); margin-top: 8px; color: var(--soft); font-size: 12px }
.timeline svg { display: block; overflow: visible }
.timeline text { font-size: 11px; fill: var(--soft) }
.timeline .tick { stroke: var(--line) }
.timeline .now { stroke: var(--link); stroke-width: 2 }
.timeline .call { fill: var(--strong) }
.timeline .wait { fill: var(--strong); fill-opacity: 0.35 }
.timeline .critical .call, .timeline .going .call { fill: var(--link) }
.timeline .critical .wait, .timeline .going .wait { fill: var(--link); fill-opacity: 0.55 }
.timeline .broken .call { fill: var(--delete) }
.timeline .broken .wait { fill: var(--delete); fill-opacity: 0.5 }
.timeline .cross { fill: var(--delete); font-size: 13px; font-weight: 600 }
.timeline .expected { fill: none; stroke: var(--link); stroke-dasharray: 3 2 }
.lane .what { font-size: 12px }
.critical-mark { font-size: 11px; color: var(--link); white-space: nowrap }
.legend { display: flex; flex-wrap: wrap; gap: 2px 18px; font-size: 12px }
.legend svg { display: inline-block; vertical-align: -1px }
.pair { padding: 3px 0; border-bottom: 1px solid var(--line) }
.half { display: grid; grid-template-columns: 2.5em minmax(0, 1fr) minmax(150px, auto); gap: 8px; align-items: center; font-size: 12px; line-height: 1.35 }
.both > .half:first-child:not(:last-child) .call { fill-opacity: 0.5 }
.half.going { font-weight: 400 }
.half > :last-child { text-align: right; font-variant-numeric: tabular-nums }
@media (max-width: 600px) {
  .lane { grid-template-columns: minmax(0, 1fr) auto; padding: 4px 0 }
  .lane > .bars, .lane > .both { grid-column: 1 / -1; grid-row: 2 }
  .lane .more { grid-column: 1 / -1 }
  .axis .who:empty { display: none }
  .half { grid-template-columns: 2.4em minmax(0, 1fr) 10.5em }
}
@media print { .axis { position: static } }
`;
