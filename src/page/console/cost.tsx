import { amount, isNoticeable, signedAmount } from "../../cli/money.ts";
import type { PlanData } from "../data.ts";
import { Alert, Bar, Facts, Sentence } from "../parts.tsx";
import { Answered, regionViews, type Page } from "./shell.tsx";
import type { View } from "./view.ts";

type Cost = PlanData["answer"]["cost"];
type Range = Cost["monthly"];

/** What the stack costs a month: by service, by kind, and by use. */
export const costPage = (view: View): Page => ({
  path: "/cost",
  title: "Cost",
  needs: ["stack"],
  body: (
    <div data-part="cost">
      <Answered of="the cost" asked={view.known("stack")} command={view.command("plan", "--cost")}>
        {regionViews(view).map(({ plan }) => (
          <Region key={plan.answer.region} plan={plan} />
        ))}
      </Answered>
    </div>
  ),
});

function Region({ plan: { answer } }: { readonly plan: PlanData }) {
  const { cost, region, asleep } = answer;
  return (
    <section aria-label={`Cost in ${region}`}>
      <Facts
        facts={[
          {
            what: "Now, US dollars a month",
            value: amount(cost.now),
            more: asleep ? "the stack sleeps" : "without use",
          },
          {
            what: "After the next reconcile",
            value: amount(cost.monthly),
            ...(isNoticeable(cost.difference) ? { more: signedAmount(cost.difference) } : {}),
          },
          { what: "Awake", value: amount(cost.awake), more: "as the config has it" },
          { what: "Asleep", value: amount(cost.asleep), more: "after sleep, or in the hours of schedule" },
          {
            what: "Prices",
            value: cost.prices.live ? "asked of AWS" : `of ${cost.prices.date}`,
            more: cost.prices.region,
          },
        ]}
      />
      <Sums title="By service and layer" first="Service or layer" sums={sumsOf(cost, ({ group }) => group)} />
      <Sums title="By kind" first="Kind" sums={sumsOf(cost, ({ type }) => type)} />
      <h2>By use</h2>
      {cost.byUse.length === 0 ? (
        <p>Nothing is charged by use.</p>
      ) : (
        <div class="scroll" role="region" aria-label="What is charged by use, scrollable" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">What</th>
                <th scope="col" class="number">
                  US dollars
                </th>
                <th scope="col">per</th>
              </tr>
            </thead>
            <tbody>
              {cost.byUse.map(({ what, unit, usd }) => (
                <tr key={`${what} ${unit}`}>
                  <td>{what}</td>
                  <td class="number">{usd === null ? "not known" : price(usd)}</td>
                  <td>{unit}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Alert title="Not counted" lines={cost.notCounted} isWarning />
      {cost.notes.length > 0 ? (
        <ul>
          {cost.notes.map((note) => (
            <li key={note}>
              <Sentence text={note} />
            </li>
          ))}
        </ul>
      ) : undefined}
    </section>
  );
}

/** A price has more digits than an amount: a request costs a fraction of a cent. */
const price = ({ from, to }: Range): string => (from === to ? digits(from) : `${digits(from)} to ${digits(to)}`);
const digits = (usd: number): string => usd.toLocaleString("en-US", { maximumSignificantDigits: 4 });

interface Sum {
  readonly name: string;
  readonly monthly: Range;
}

/** The sums of what is fixed, the largest first. */
export function sumsOf(
  { resources }: Pick<Cost, "resources">,
  nameOf: (line: Cost["resources"][number]) => string,
): Sum[] {
  const sums = new Map<string, { from: number; to: number }>();
  for (const line of resources) {
    const sum = sums.get(nameOf(line)) ?? { from: 0, to: 0 };
    sums.set(nameOf(line), { from: sum.from + line.monthly.from, to: sum.to + line.monthly.to });
  }
  return [...sums].map(([name, monthly]) => ({ name, monthly })).toSorted((a, b) => b.monthly.to - a.monthly.to);
}

function Sums({
  title,
  first,
  sums,
}: {
  readonly title: string;
  readonly first: string;
  readonly sums: readonly Sum[];
}) {
  const largest = Math.max(0.01, ...sums.map(({ monthly }) => monthly.to));
  return (
    <>
      <h2>{title}</h2>
      {sums.length === 0 ? (
        <p>Nothing has a fixed price.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">{first}</th>
              <th scope="col" class="number">
                US dollars a month
              </th>
              <td class="wide" />
            </tr>
          </thead>
          <tbody>
            {sums.map(({ name, monthly }) => (
              <tr key={name}>
                <td>{name}</td>
                <td class="number">{amount(monthly)}</td>
                <td class="wide">
                  <Bar part={monthly.to / largest} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
