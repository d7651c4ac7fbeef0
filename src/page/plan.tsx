import { aboutSeconds } from "../cli/words.ts";
import { amount, isNoticeable, signedAmount } from "../cli/money.ts";
import { anchorOf, type PlanData, type PlanRow } from "./data.ts";
import { Alert, Diff, Facts, Folded, Notes, Picture, Sign } from "./parts.tsx";
import { impactText, isInLayer, layersOf, timeOf } from "./words.ts";

/** Everything of a plan: of each region one. */
export function PlanPage({ plans }: { readonly plans: readonly PlanData[] }) {
  const [first] = plans;
  return (
    <>
      <header class="page">
        <h1>{first ? `Plan of ${first.answer.stack} ${first.answer.env}` : "Plan"}</h1>
        {first ? <p class="soft">Made at {timeOf(first.at)}</p> : undefined}
      </header>
      <main>
        {plans.map((plan) => (
          <PlanSection key={plan.answer.region} plan={plan} />
        ))}
      </main>
    </>
  );
}

interface PlanSectionProps {
  readonly plan: PlanData;
  /** Whether the page says already which stack it is. */
  readonly isAlone?: boolean;
}

/** The plan of one region. */
export function PlanSection({ plan, isAlone = false }: PlanSectionProps) {
  const { answer, risks, rows } = plan;
  const { stack, env, region, problems, notes, cost } = answer;
  const changing = answer.actions.flatMap((action, index) => {
    const row = rows[index];
    return row && action.action !== "noop" ? [{ action, row }] : [];
  });
  const same = answer.actions.filter(({ action }) => action === "noop");
  const drifted = answer.actions.filter(({ drift }) => drift).length;
  return (
    <section aria-label={`Plan in ${region}`}>
      {isAlone ? undefined : <p class="soft">{plan.headline}</p>}
      <Facts
        facts={[
          {
            what: "Changes",
            value: plan.summary,
            ...(drifted > 0 ? { more: `${drifted} changed outside Fairlead` } : {}),
          },
          {
            what: "Time to apply",
            value: plan.seconds > 0 ? aboutSeconds(plan.seconds) : "none",
            more: "if everything takes as long as usual",
          },
          {
            what: "Estimated cost in US dollars a month",
            value: `${amount(cost.monthly)}, plus use`,
            ...(isNoticeable(cost.difference) ? { more: `this plan: ${signedAmount(cost.difference)}` } : {}),
          },
        ]}
      />
      <Alert title="This plan cannot be applied" lines={problems} />
      <Alert title="Before you apply it" lines={risks} isWarning />
      <Alert title="Waiting in the pipeline" lines={plan.waiting.filter((line) => line !== "")} isWarning />
      <Picture svg={plan.picture} of={`${stack} ${env} in ${region}`} />
      <h2>Changes</h2>
      {changing.length + answer.old.length + answer.leftovers.length === 0 ? (
        <p>There are none.</p>
      ) : (
        <p class="soft">Requests are served during the whole run, unless a change says otherwise.</p>
      )}
      {layersOf(changing.map(({ action }) => action.id)).map((layer) => (
        <section key={layer}>
          <h3>{layer}</h3>
          {changing
            .filter(({ action }) => isInLayer(action.id, layer))
            .map(({ action, row }) => (
              <Change key={action.id} action={action} row={row} region={region} />
            ))}
        </section>
      ))}
      {answer.old.length > 0 ? (
        <Folded title={`Generations that an earlier run replaced, to delete: ${answer.old.length}`}>
          <ul>
            {answer.old.map(({ id, existing }) => (
              <li key={`${id} ${existing}`}>{`${id}: ${existing ?? "unknown id"}`}</li>
            ))}
          </ul>
        </Folded>
      ) : undefined}
      {answer.leftovers.length > 0 ? (
        <Folded title={`Leftovers that are kept: ${answer.leftovers.length}`}>
          <ul>
            {answer.leftovers.map(({ type, id, why }) => (
              <li key={id}>{`${type} ${id}: it ${why}`}</li>
            ))}
          </ul>
        </Folded>
      ) : undefined}
      {same.length > 0 ? (
        <Folded title={`Unchanged: ${same.length}`}>
          <ul>
            {same.map(({ id, type }) => (
              <li key={id} id={anchorOf(region, id)}>
                {id} <span class="soft">{type}</span>
              </li>
            ))}
          </ul>
        </Folded>
      ) : undefined}
      <h2>Cost</h2>
      <p>{plan.costLine}</p>
      <CostTable cost={cost} />
      <Notes notes={notes} />
    </section>
  );
}

interface ChangeProps {
  readonly action: PlanData["answer"]["actions"][number];
  readonly row: PlanRow;
  readonly region: string;
}

/** One resource that is changed. Its fields are open where they say what changes; those of a new one say what it is. */
function Change({ action, row, region }: ChangeProps) {
  const { id, type, existing, drift, stays } = action;
  const said = stays ? "stays on AWS, and leaves the state" : impactText(row.impact);
  return (
    <details open={action.action !== "create" && row.lines.length > 0}>
      <summary>
        {stays ? <span class="sign">leave</span> : <Sign action={action.action} />}
        <strong>{id}</strong> <span class="what">{existing === undefined ? type : `${type} ${existing}`}</span>
        {drift ? <span class="tone-warning"> drift</span> : undefined}
        {said === undefined ? undefined : (
          <span class={row.impact.kind === "interrupts" ? "tone-delete" : "what"}>{` · ${said}`}</span>
        )}
      </summary>
      <div class="fields" id={anchorOf(region, id)}>
        {row.reason === undefined ? undefined : <p>{row.reason}</p>}
        {row.impact.kind === "interrupts" ? <p>{row.impact.why}.</p> : undefined}
        {row.lines.length > 0 ? <Diff lines={row.lines} /> : undefined}
      </div>
    </details>
  );
}

/** The estimate, line by line, those of a service or layer together. */
function CostTable({ cost }: { readonly cost: PlanData["answer"]["cost"] }) {
  const { resources, byUse, notCounted } = cost;
  const groups = [...new Set(resources.map(({ group }) => group))];
  if (groups.length === 0) return null;
  return (
    <Folded title="Line by line">
      <table>
        <thead>
          <tr>
            <th scope="col">Resource</th>
            <th scope="col" class="wide">
              What
            </th>
            <th scope="col" class="number">
              US dollars a month
            </th>
          </tr>
        </thead>
        {groups.map((group) => (
          <tbody key={group}>
            <tr>
              <th scope="rowgroup" colSpan={3}>
                {group}
              </th>
            </tr>
            {resources
              .filter((one) => one.group === group)
              .map(({ id, what, monthly }) => (
                <tr key={`${id} ${what}`}>
                  <td>{id}</td>
                  <td class="wide">{what}</td>
                  <td class="number">{amount(monthly)}</td>
                </tr>
              ))}
          </tbody>
        ))}
      </table>
      {byUse.length > 0 ? <p>By use: {byUse.map(({ what }) => what).join(", ")}.</p> : undefined}
      {notCounted.length > 0 ? <p>Not counted: {notCounted.join(", ")}.</p> : undefined}
    </Folded>
  );
}
