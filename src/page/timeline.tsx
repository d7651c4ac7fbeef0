import { duration } from "../cli/words.ts";
import { anchorOf, type TimelineData, type TimelineRow } from "./data.ts";
import { Alert, Folded, Sign } from "./parts.tsx";
import { isInLayer, layersOf } from "./words.ts";

/** What takes a smaller part of the run than this is folded away, where there are more rows than these. */
const [SHARE, FEW] = [0.02, 14];

/**
 * A run as a timeline: a lane for each action, with its calls, its waits and the critical path, layer by layer. What took little is folded
 * away. It needs no script, and every lane says in words what its bar shows.
 */
export function Timeline({ timeline, anchor = false }: { readonly timeline: TimelineData; readonly anchor?: boolean }) {
  const { rows, length, now, held, waitsFor } = timeline;
  const begun = rows.filter(({ from }) => from !== undefined);
  const isShown = (row: TimelineRow) => isNotable(row) || begun.length <= FEW || tookOf(row) >= length * SHARE;
  const shown = begun.filter(isShown);
  const folded = begun.filter((row) => !isShown(row));
  const pending = rows.filter(({ state, from }) => state === "pending" && from === undefined);
  const skipped = rows.filter(({ state, from }) => state !== "pending" && from === undefined);
  const scale = { length, ticks: ticksOf(length), now };
  return (
    <div class="timeline">
      <Alert title="Waiting" lines={[held, waitsFor].flatMap((line) => line ?? [])} isWarning />
      <Legend isLive={now !== undefined} />
      <Axis scale={scale} />
      {layersOf(shown.map(({ id }) => id)).map((layer) => (
        <section key={layer}>
          <h3>{layer}</h3>
          <Lanes rows={shown.filter(({ id }) => isInLayer(id, layer))} scale={scale} anchor={anchor} />
        </section>
      ))}
      {folded.length > 0 ? (
        <Folded title={`${folded.length} more, each of which took less than ${duration(length * SHARE)}`}>
          <Lanes rows={folded} scale={scale} anchor={anchor} />
        </Folded>
      ) : undefined}
      <Unbegun title="Not begun yet" rows={pending} anchor={anchor} />
      <Unbegun title="Skipped" rows={skipped} anchor={anchor} />
    </div>
  );
}

interface Scale {
  readonly length: number;
  readonly ticks: readonly number[];
  readonly now: number | undefined;
}

const GOING: ReadonlySet<TimelineRow["state"]> = new Set(["running", "waiting"]);
const BROKEN: ReadonlySet<TimelineRow["state"]> = new Set(["failed", "stopped"]);

/** What is shown however little it took. */
const isNotable = ({ state, isCritical }: TimelineRow) => isCritical || GOING.has(state) || BROKEN.has(state);

const tookOf = ({ from = 0, to = from }: TimelineRow) => to - from;

function Lanes({ rows, scale, anchor }: { rows: readonly TimelineRow[]; scale: Scale; anchor: boolean }) {
  return (
    <ol class="lanes">
      {rows.map((row) => (
        <li key={`${row.action} ${row.id}`} class={laneClass(row)} {...(anchor ? { id: anchorOf("", row.id) } : {})}>
          <span class="who">
            <strong>{row.id}</strong> <span class={`tone-${row.action} what`}>{row.action}</span>
            {row.isCritical ? <span class="critical-mark"> critical path</span> : undefined}
          </span>
          <Bars row={row} scale={scale} />
          <span class="took">
            <span class={BROKEN.has(row.state) ? "tone-delete" : undefined}>{endWord(row)}</span>{" "}
            {duration(tookOf(row))}
          </span>
          <span class="hidden">{spokenTimes(row)}</span>
          {row.text === undefined ? undefined : <span class="more">{row.text}</span>}
        </li>
      ))}
    </ol>
  );
}

const laneClass = ({ state, isCritical }: TimelineRow) =>
  [
    "lane",
    ...(isCritical ? ["critical"] : []),
    ...(BROKEN.has(state) ? ["broken"] : []),
    ...(GOING.has(state) ? ["going"] : []),
  ].join(" ");

/** Nothing for what went well, which most did. */
const endWord = ({ state }: TimelineRow) => (state === "done" ? "" : state === "failed" ? "✗ failed" : state);

/** The times in words, for those who do not see the bar. */
function spokenTimes({ type, from = 0, to = from, called }: TimelineRow): string {
  const wait = called === undefined || called >= to ? "" : `, of which ${duration(to - called)} waiting`;
  return `${type}, began ${duration(from)} after the start, took ${duration(to - from)}${wait}`;
}

/** The bar of one lane: what is not a number of pixels follows the width of the page. */
function Bars({ row, scale }: { readonly row: TimelineRow; readonly scale: Scale }) {
  const { from = 0, to = from, called, expected } = row;
  const part = (at: number) => `${percent(at, scale.length)}%`;
  const calls = Math.max(from, Math.min(called ?? to, to));
  const width = (a: number, b: number) => `${Math.max(0, round(percent(b, scale.length) - percent(a, scale.length)))}%`;
  return (
    <svg class="bars" width="100%" height="16" aria-hidden="true">
      <Grid scale={scale} height={16} />
      {expected !== undefined && expected > to ? (
        <rect class="expected" x={part(to)} y="3.5" width={width(to, expected)} height="9" rx="1" />
      ) : undefined}
      {calls < to ? <rect class="wait" x={part(calls)} y="3" width={width(calls, to)} height="10" rx="1" /> : undefined}
      <rect class="call" x={part(from)} y="3" width={width(from, calls)} height="10" rx="1" />
      {/* What took no time has to be seen too. */}
      <rect class="call" x={part(from)} y="3" width="2" height="10" />
      {row.state === "failed" ? (
        <text class="cross" x={part(to)} dx="4" y="12.5">
          ✗
        </text>
      ) : undefined}
    </svg>
  );
}

function Grid({ scale, height }: { readonly scale: Scale; readonly height: number }) {
  const at = (ms: number) => `${percent(ms, scale.length)}%`;
  return (
    <>
      {scale.ticks.map((tick) => (
        <line key={tick} class="tick" x1={at(tick)} x2={at(tick)} y1="0" y2={height} />
      ))}
      {scale.now === undefined ? undefined : (
        <line class="now" x1={at(scale.now)} x2={at(scale.now)} y1="0" y2={height} />
      )}
    </>
  );
}

/** The times above the lanes. */
function Axis({ scale }: { readonly scale: Scale }) {
  const at = (ms: number) => `${percent(ms, scale.length)}%`;
  return (
    <div class="lane axis" aria-hidden="true">
      <span class="who">{scale.now === undefined ? undefined : `now: ${duration(scale.now)}`}</span>
      <svg class="bars" width="100%" height="20">
        <Grid scale={scale} height={20} />
        {scale.ticks
          .filter((tick) => !isHidden(tick, scale))
          .map((tick) => (
            <text key={tick} x={at(tick)} dx="3" y="12">
              {tickText(tick)}
            </text>
          ))}
      </svg>
      <span class="took" />
    </div>
  );
}

/** The line of the present would go through its text, or the end of the axis would. */
const isHidden = (tick: number, { now, length }: Scale) =>
  tick > length * (1 - TEXT_WIDTH) || (now !== undefined && now >= tick && now - tick < length * TEXT_WIDTH);

/** The part of a narrow page that the text of a tick takes. */
const TEXT_WIDTH = 0.15;

function Legend({ isLive }: { readonly isLive: boolean }) {
  const keys = [
    ["call", "API calls"],
    ["wait", "waiting for AWS"],
    ["critical", "critical path: what decided how long the run took"],
  ] as const;
  const live = [
    ["call", "API calls"],
    ["wait", "waiting for AWS"],
    ["expected", "usually takes that much longer"],
  ] as const;
  return (
    <p class="legend soft" aria-hidden="true">
      {(isLive ? live : keys).map(([name, text]) => (
        <span key={name} class={name === "critical" ? "critical" : undefined}>
          <svg width="18" height="10">
            <rect class={name === "critical" ? "call" : name} x="0.5" y="0.5" width="17" height="9" rx="1" />
          </svg>{" "}
          {text}
        </span>
      ))}
    </p>
  );
}

function Unbegun({ title, rows, anchor }: { title: string; rows: readonly TimelineRow[]; anchor: boolean }) {
  if (rows.length === 0) return null;
  return (
    <Folded title={`${title}: ${rows.length}`}>
      <ul>
        {rows.map((row) => (
          <li key={`${row.action} ${row.id}`} {...(anchor ? { id: anchorOf("", row.id) } : {})}>
            <Sign action={row.action} /> {row.id}
            {row.text === undefined ? undefined : <span class="soft">: {row.text}</span>}
          </li>
        ))}
      </ul>
    </Folded>
  );
}

/** Steps between ticks that people read, in milliseconds. */
const STEPS = [
  10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000,
  3_600_000,
];
/** Ticks that a phone has room for. */
const MOST_TICKS = 5;

/** The times at which there is a line. */
export function ticksOf(length: number): number[] {
  const least = length / MOST_TICKS;
  const step = STEPS.find((one) => one >= least) ?? Math.ceil(least / 3_600_000) * 3_600_000;
  return Array.from({ length: Math.ceil(length / step) }, (_, index) => index * step).filter(
    (tick) => tick < length * 0.95,
  );
}

/** `0`, `30 s`, `1:30 min`. */
function tickText(ms: number): string {
  if (ms === 0) return "0";
  if (ms < 1_000) return `${ms} ms`;
  const seconds = ms / 1_000;
  if (seconds < 60) return `${seconds} s`;
  const rest = seconds % 60;
  return rest === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)}:${String(rest).padStart(2, "0")} min`;
}

const round = (value: number) => Math.round(value * 100) / 100;
const percent = (at: number, length: number) => round(Math.min(100, Math.max(0, (at / length) * 100)));
