import { parseArgs } from "node:util";

/** The options of `npm run test:live`. */
export interface Options {
  /** Confirmed beforehand, for use without a terminal. */
  readonly yes: boolean;
  /** Whether to run the life on the simulator first, to estimate the duration and to compare with it. */
  readonly rehearsal: boolean;
  /** Milliseconds after which the life is stopped and torn down. */
  readonly limit: number;
  /** The stack's name is derived from it; the same seed gives the same name. */
  readonly seed: string | undefined;
  /** The date of the report, `2026-11-27`. */
  readonly date: string;
  /** The folder that is released. */
  readonly service: string;
  /** The folder that the report is written to. */
  readonly out: string;
  /** Where the stack's folder is created and its logs are kept; if omitted, a temporary one that is deleted after success. */
  readonly keep: string | undefined;
}

export const HELP = `npm run test:live -- [--yes] [--limit 90m] [--seed WORD] [--service FOLDER] [--out FOLDER] [--keep FOLDER] [--date YYYY-MM-DD] [--no-rehearsal]

Runs the whole life of a stack in your own AWS account (credentials and region from the SDK's chain; AWS_ENDPOINT_URL is honored): reconcile,
two releases, a rollback, edits, drift, teardown. Shows the cost first and asks. Always tears down, checks for leftovers, and writes a report
of times, calls and every response that differed from the simulator's.

  --yes       do not ask; required without a terminal
  --limit     tear down after this time at the latest, such as 90m or 2h (default: 90m)
  --seed      determines the stack's name (default: random)
  --service   the folder to release (default: service)
  --out       the folder for the report (default: docs/live)
  --keep      a new folder for the stack's files and logs, which is kept (default: a temporary one, deleted if nothing is left)
  --date      the date of the report (default: today)
  --no-rehearsal  skip the run on the simulator; nothing is compared then
`;

/** The run was refused before any change; the message says why. */
export class Refused extends Error {
  override readonly name = "Refused";
}

const MINUTE = 60_000;
const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: MINUTE, h: 60 * MINUTE };

export function optionsFrom(argv: readonly string[], today: string): Options {
  const [text, flag] = [{ type: "string" }, { type: "boolean" }] as const;
  let values;
  try {
    ({ values } = parseArgs({
      args: [...argv],
      options: {
        yes: flag,
        "no-rehearsal": flag,
        limit: text,
        seed: text,
        service: text,
        out: text,
        keep: text,
        date: text,
      },
    }));
  } catch (error) {
    throw new Refused(`${(error as Error).message}\n\n${HELP}`, { cause: error });
  }
  const { yes = false, limit = "90m", seed, service = "service", out = "docs/live", keep, date = today } = values;
  const [, number = "", unit = ""] = /^(\d+)(s|m|h)$/.exec(limit) ?? [];
  const ms = Number(number) * (UNITS[unit] ?? Number.NaN);
  if (!(ms > 0)) throw new Refused(`Invalid --limit ${limit}: it must be a number with s, m or h, such as 90m.`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date))
    throw new Refused(`Invalid --date ${date}: it must be a date such as 2026-11-27.`);
  return { yes, rehearsal: values["no-rehearsal"] !== true, limit: ms, seed, date, service, out, keep };
}
