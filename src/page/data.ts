// What the pages show. It is JSON: the same data is rendered into a file and in a browser.
import type { RunProgress } from "../../state/state.ts";
import type { Answer } from "../cli/answers/answer.ts";

/** What an action does to those who send requests. */
export type Impact =
  | { readonly kind: "none" }
  /** ECS starts new tasks and stops the old ones after them. */
  | { readonly kind: "rolling" }
  | { readonly kind: "interrupts"; readonly seconds: number; readonly why: string };

/** What there is to say of an action beside the answer. */
export interface PlanRow {
  readonly impact: Impact;
  /** Why it is treated so, where its fields do not show that. */
  readonly reason?: string;
  /** The fields that differ, or those of a new resource, line by line. */
  readonly lines: readonly string[];
}

/** A plan and its picture. */
export interface PlanData {
  /** On what, in which account and region. */
  readonly headline: string;
  /** When it was made, ISO 8601. */
  readonly at: string;
  /** `3 to create, 1 to update; 58 unchanged`. */
  readonly summary: string;
  /** What a reader must not miss, as sentences. */
  readonly risks: readonly string[];
  /** How many seconds applying it takes if everything takes as long as it usually does. */
  readonly seconds: number;
  readonly costLine: string;
  /** What waits in the pipeline. */
  readonly waiting: readonly string[];
  readonly answer: Answer<"plan">;
  /** Of the answer's actions, in their order. */
  readonly rows: readonly PlanRow[];
  /** An SVG element. */
  readonly picture: string;
}

/** A run of the history. */
export interface RunData {
  readonly stack: string;
  readonly run: Answer<"pastRun">;
  /** An SVG element; missing where there is none of the run's stack. */
  readonly picture?: string;
}

/** The id of the element that says more of a resource. */
export const anchorOf = (region: string, id: string): string => `${region}/${id}`;

/** The history as the console shows it, with the run that goes on now. */
export interface HistoryView {
  readonly runs: Answer<"pastRuns">;
  readonly progress?: RunProgress;
}

/** The address of that element in its page. */
export const hrefTo = (region: string, id: string): string => `#${encodeURIComponent(anchorOf(region, id))}`;

/** The address of the console's panel of a resource, on the page of the stack. */
export const panelOf = (region: string, id: string): string =>
  `?open=${encodeURIComponent(anchorOf(region, id))}#panel`;

/** A resource as the console shows it. What looks like a secret is hidden in it. */
export interface ResourceData {
  readonly id: string;
  readonly type: string;
  /** AWS's id. */
  readonly existing?: string;
  readonly arn?: string;
  readonly state: "ready" | "missing" | "in progress" | "failed";
  /** AWS's own words for how it is, where it has any. */
  readonly status?: string;
  readonly drift: boolean;
  /** What the plan does to it. */
  readonly action: string;
  /** US dollars a month; missing where it costs nothing that is fixed. */
  readonly monthly?: { readonly from: number; readonly to: number };
  /** As the config has it, as the last run recorded it, and as it is on AWS. */
  readonly desired?: unknown;
  readonly recorded?: unknown;
  readonly observed?: unknown;
  /** What else AWS says of it. */
  readonly attributes?: unknown;
  /** The ids of what it depends on. */
  readonly needs: readonly string[];
}

/** The stack as it stands, in one region. */
export interface StackData {
  readonly headline: string;
  readonly at: string;
  /** `NAME-ENVIRONMENT`. */
  readonly name: string;
  readonly region: string;
  /** Whether what is hard to take back is confirmed by typing the name. */
  readonly asksForName: boolean;
  /** An SVG element, whose things lead to `?open=REGION/ID`. */
  readonly picture: string;
  readonly resources: readonly ResourceData[];
}

/** What the console is told of a region: the plan and the stack come of one look at AWS. */
export interface RegionView {
  readonly plan: PlanData;
  readonly stack: StackData;
}

/** A resource as the last run left it. What looks like a secret is hidden in it. */
export type RecordedResource = Pick<ResourceData, "id" | "type" | "existing" | "recorded" | "needs">;

/** The stack in one region as its state file has it: nothing is known of how it is now. */
export interface RecordedStack extends Pick<StackData, "name" | "region"> {
  /** As of the stack; missing for a large one. */
  readonly picture?: string;
  readonly resources: readonly RecordedResource[];
}

/** What the console is told of the stack without AWS: what the config declares, and what the last run recorded, region by region. */
export interface DeclaredView {
  readonly declared: Answer<"picture">;
  readonly recorded: readonly RecordedStack[];
}

/** One action of a run in its timeline. Times are milliseconds after the start of its first action. */
export interface TimelineRow {
  readonly id: string;
  readonly type: string;
  readonly action: string;
  /** `in-progress`: all calls are made, and it was not waited for. */
  readonly state: "pending" | "running" | "waiting" | "done" | "failed" | "skipped" | "stopped" | "in-progress";
  /** Missing if it was not started. */
  readonly from?: number;
  /** When it ended; of one in progress, now. */
  readonly to?: number;
  /** When its calls had returned: what comes after that was a wait. */
  readonly called?: number;
  /** When it usually is done, of one that is waited for. */
  readonly expected?: number;
  /** Whether it decided how long the run took. */
  readonly isCritical: boolean;
  /** Why it failed or was skipped, or what is waited for and how long that usually takes. */
  readonly text?: string;
}

/** A run by the time that its actions took. */
export interface TimelineData {
  readonly rows: readonly TimelineRow[];
  /** The milliseconds that it is long: of one in progress, probably. */
  readonly length: number;
  /** Of one in progress, the milliseconds gone by. */
  readonly now?: number;
  /** The call that last had to wait, and why. */
  readonly held?: string;
  /** What a release waits for. */
  readonly waitsFor?: string;
}

/** Two runs, action by action. */
export type ComparisonData = {
  readonly stack: string;
  readonly comparison: Answer<"comparedRuns">;
};

/** A run of the history beside the one in progress, action by action. */
export type ProgressComparisonData = {
  readonly stack: string;
  readonly comparison: Answer<"comparedProgress">;
};
