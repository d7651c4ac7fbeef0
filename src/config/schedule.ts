/*
 * The grammar of schedule expressions: Amazon EventBridge Scheduler User Guide, "Schedule types on EventBridge Scheduler", and its API
 * Reference, CreateSchedule, ScheduleExpression.
 */

const months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

interface Field {
  readonly from: number;
  readonly to: number;
  /** Names that stand for the numbers from `from` on. */
  readonly names?: readonly string[];
  /** Special values of this field. */
  readonly special?: RegExp;
}

/** Minutes, hours, day of the month, month, day of the week, year. */
const fields: readonly Field[] = [
  { from: 0, to: 59 },
  { from: 0, to: 23 },
  { from: 1, to: 31, special: /^(L|LW|([1-9]|[12]\d|3[01])W)$/ },
  { from: 1, to: 12, names: months },
  { from: 1, to: 7, names: days, special: /^(L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5]))$/ },
  { from: 1970, to: 2199 },
];

/** Whether EventBridge Scheduler accepts an expression. */
export function isSchedule(text: string): boolean {
  const [, form, inner = ""] = /^(cron|rate|at)\(([^()]*)\)$/.exec(text) ?? [];
  if (form === "cron") return isCron(inner.trim().split(/\s+/));
  if (form === "at") return isMoment(inner);
  return form === "rate" && isRate(inner);
}

/** One unit is singular: EventBridge rejects `1 days`, and the Scheduler's guide shows no such rate. */
const isRate = (text: string): boolean =>
  /^(1 (minute|hour|day)|([2-9]|[1-9]\d{1,9}) (minutes|hours|days))$/.test(text);

function isMoment(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text)) return false;
  const moment = new Date(`${text}Z`);
  // A day that the month does not have would roll over into the next one.
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text);
}

function isCron(items: readonly string[]): boolean {
  const [, , dayOfMonth, , dayOfWeek] = items;
  // Exactly one of the two day fields is `?`.
  if (items.length !== fields.length || (dayOfMonth === "?") === (dayOfWeek === "?")) return false;
  return fields.every((field, index) => {
    const item = items[index] ?? "";
    if (item === "?") return index === 2 || index === 4;
    return item.split(",").every((one) => isItem(field, one));
  });
}

function isItem(field: Field, item: string): boolean {
  if (field.special?.test(item)) return true;
  const [range = "", step, ...more] = item.split("/");
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d{0,3}$/.test(step))) return false;
  if (range === "*") return true;
  const ends = range.split("-").map((end) => numberOf(field, end));
  const [first, last = first] = ends;
  if (first === undefined || last === undefined || ends.length > 2 || ends.includes(undefined)) return false;
  return first <= last;
}

/** The number that a word in a field stands for; nothing if the field does not accept it. */
function numberOf({ from, to, names = [] }: Field, word: string): number | undefined {
  const named = names.indexOf(word);
  const number = named === -1 && /^\d{1,4}$/.test(word) ? Number(word) : named + from;
  return number >= from && number <= to ? number : undefined;
}

/** Whether a name is in the IANA time zone database, as EventBridge Scheduler requires: at most 50 characters. */
export const isTimezone = (name: string): boolean =>
  name.length <= 50 && (name === "UTC" || Intl.supportedValuesOf("timeZone").includes(name));
