import { parseArgs } from "node:util";

/** How `npm run test:live` is called. */
export interface Options {
  /** Said beforehand, where nobody can be asked. */
  readonly yes: boolean;
  /** Whether it is lived on the simulator first, which tells how long it takes and what to compare with. */
  readonly rehearsal: boolean;
  /** Milliseconds after which the life is cut short and torn down. */
  readonly limit: number;
  /** Of what the stack's name is made; the same seed, the same name. */
  readonly seed: string | undefined;
  /** The day of the report, `2026-11-27`. */
  readonly date: string;
  /** The folder that is released. */
  readonly service: string;
  /** The folder that the report is written to. */
  readonly out: string;
  /** Where the stack's folder is made and its logs stay; left out: a temporary one that goes when all is well. */
  readonly keep: string | undefined;
}

export const HELP = `npm run test:live -- [--yes] [--limit 90m] [--seed WORD] [--service FOLDER] [--out FOLDER] [--keep FOLDER] [--date YYYY-MM-DD] [--no-rehearsal]

Runs the whole life of a stack in your own AWS account (credentials and region from the SDK's chain, AWS_ENDPOINT_URL honoured): reconcile,
two releases, a rollback, edits, drift made by hand, teardown. Says first what it costs and asks. Tears down whatever happens, looks whether
anything is left, and writes a report of times, calls and every answer that differed from the simulator's.

  --yes       do not ask; needed where there is no terminal
  --limit     after which time it is torn down wherever it stands, such as 90m or 2h (90m)
  --seed      makes the stack's name; left out: random
  --service   the folder that is released (service)
  --out       where the report goes (docs/live)
  --keep      a new folder for the stack's files and logs, which stay; left out: a temporary one that goes when nothing is left
  --date      the report's day; left out: today
  --no-rehearsal  do not run it on the simulator first: nothing is compared then
`;

/** What is wrong with how it was called; nothing has been done. */
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
  if (!(ms > 0)) throw new Refused(`--limit is a number with s, m or h, such as 90m, and not ${limit}.`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) throw new Refused(`--date is a day such as 2026-11-27, and not ${date}.`);
  return { yes, rehearsal: values["no-rehearsal"] !== true, limit: ms, seed, date, service, out, keep };
}
