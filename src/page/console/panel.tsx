import { amount } from "../../cli/money.ts";
import { panelOf, type RecordedResource, type ResourceData } from "../data.ts";
import { Diff, Folded, Sign } from "../parts.tsx";
import { timeOf } from "../words.ts";
import { agesOf, type Age } from "./age.ts";
import { declaredOf, historyOf, regionViews } from "./shell.tsx";
import type { View } from "./view.ts";

/** Everything of one resource. `opened` is its region and its id, `eu-west-1/network/vpc`. */
export function Panel({ view, opened }: { readonly view: View; readonly opened: string | undefined }) {
  if (opened === undefined) return null;
  const region = opened.slice(0, opened.indexOf("/"));
  const id = opened.slice(region.length + 1);
  const found = regionViews(view).find(({ stack }) => stack.region === region);
  const resource = found?.stack.resources.find((one) => one.id === id);
  const recorded = found
    ? undefined
    : declaredOf(view)
        ?.recorded.find((one) => one.region === region)
        ?.resources.find((one) => one.id === id);
  return (
    <aside id="panel" class="panel" aria-label={`About ${id}`} tabIndex={-1}>
      <a class="close" href="/" data-soft data-close>
        Close
      </a>
      <h2>{id}</h2>
      {found && resource ? (
        <About
          resource={resource}
          region={region}
          all={found.stack.resources}
          view={view}
          row={rowOf(found.plan, id)}
          age={resource.state === "missing" ? undefined : agesOf(historyOf(view).runs, found.stack.at).get(id)}
        />
      ) : recorded ? (
        <AsRecorded resource={recorded} region={region} view={view} />
      ) : (
        <p>{found ? "There is no such resource in the stack now." : "It is being asked for."}</p>
      )}
    </aside>
  );
}

/** A resource as the last run left it, until AWS has answered. */
function AsRecorded({ resource: { id, type, existing, recorded, needs }, region, view }: AsRecordedProps) {
  return (
    <>
      <p>Last recorded. How it is on AWS now is not known yet.</p>
      <dl class="pairs">
        <dt>Type</dt>
        <dd>{type}</dd>
        {existing === undefined ? undefined : (
          <>
            <dt>Recorded as</dt>
            <dd class="mono">{existing}</dd>
          </>
        )}
      </dl>
      <Ids title="Depends on" ids={needs} region={region} />
      <Value title="Recorded: as the last run left it" value={recorded} />
      <History view={view} id={id} />
    </>
  );
}

interface AsRecordedProps {
  readonly resource: RecordedResource;
  readonly region: string;
  readonly view: View;
}

type PlanOf = ReturnType<typeof regionViews>[number]["plan"];

/** The fields that differ from the config. */
const rowOf = ({ answer, rows }: PlanOf, id: string): readonly string[] => {
  const index = answer.actions.findIndex((action) => action.id === id && action.action !== "create");
  return index < 0 ? [] : (rows[index]?.lines ?? []);
};

function About({ resource, region, all, view, row, age }: AboutProps) {
  const { id, type, existing, arn, state, status, drift, action, monthly, needs } = resource;
  const used = all.filter((one) => one.needs.includes(id)).map((one) => one.id);
  const page = arn === undefined ? undefined : consoleLink(arn);
  return (
    <>
      <dl class="pairs">
        <dt>Type</dt>
        <dd>{type}</dd>
        {existing === undefined ? undefined : (
          <>
            <dt>On AWS</dt>
            <dd class="mono">{existing}</dd>
          </>
        )}
        <dt>State</dt>
        <dd class={state === "ready" ? "tone-ok" : "tone-warning"}>
          {state}
          {status === undefined ? undefined : ` (${status})`}
          {drift ? ", changed outside Fairlead" : undefined}
        </dd>
        {age === undefined ? undefined : (
          <>
            <dt>Age</dt>
            <dd>
              {`${age.text}, by `}
              <a href={`/run/${age.run}`} data-soft>{`run ${age.run}`}</a>
            </dd>
          </>
        )}
        {action === "noop" ? undefined : (
          <>
            <dt>The next run</dt>
            <dd>
              <Sign action={action} />
            </dd>
          </>
        )}
        {monthly === undefined ? undefined : (
          <>
            <dt>Cost</dt>
            <dd>{`$${amount(monthly)} a month`}</dd>
          </>
        )}
      </dl>
      {page === undefined || view.target === "local" ? undefined : (
        <p>
          <a href={page} target="_blank" rel="noreferrer noopener">
            Open in the AWS console
          </a>
        </p>
      )}
      {row.length > 0 ? (
        <>
          <h3>What differs</h3>
          <Diff lines={row} />
        </>
      ) : undefined}
      <Ids title="Depends on" ids={needs} region={region} />
      <Ids title="What depends on it" ids={used} region={region} />
      <Value title="Desired: as the config has it" value={resource.desired} />
      <Value title="Recorded: as the last run left it" value={resource.recorded} />
      <Value title="Observed: as AWS has it" value={resource.observed} />
      <Value title="Attributes" value={resource.attributes} />
      <History view={view} id={id} />
    </>
  );
}

interface AboutProps {
  readonly resource: ResourceData;
  readonly region: string;
  readonly all: readonly ResourceData[];
  readonly view: View;
  readonly row: readonly string[];
  /** Missing where it is not in the runs that are known. */
  readonly age: Age | undefined;
}

function Ids({
  title,
  ids,
  region,
}: {
  readonly title: string;
  readonly ids: readonly string[];
  readonly region: string;
}) {
  if (ids.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul class="plain">
        {ids.map((id) => (
          <li key={id}>
            <a href={panelOf(region, id)} data-soft>
              {id}
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

function Value({ title, value }: { readonly title: string; readonly value: unknown }) {
  if (value === undefined) return null;
  return (
    <Folded title={title}>
      <pre class="value" tabIndex={0} aria-label={title}>
        {JSON.stringify(value, undefined, 2)}
      </pre>
    </Folded>
  );
}

/** The runs that had an action on it. */
function History({ view, id }: { readonly view: View; readonly id: string }) {
  const { runs } = historyOf(view);
  const own = runs.flatMap((run) =>
    run.actions.filter((action) => action.id === id).map((action) => ({ run, action })),
  );
  if (own.length === 0) return null;
  return (
    <>
      <h3>History</h3>
      <ul class="plain">
        {own.map(({ run, action }) => (
          <li key={`${run.number} ${action.action}`}>
            <a href={`/run/${run.number}`} data-soft>{`Run ${run.number}`}</a>{" "}
            <span class="soft">{timeOf(run.when)}</span> {action.action}: {action.outcome}
          </li>
        ))}
      </ul>
    </>
  );
}

/**
 * The page of a resource in AWS's console, which finds it by its ARN. Workload Discovery on AWS, a solution of AWS's own, links so in its resource
 * details. Other partitions have consoles of their own.
 */
export const consoleLink = (arn: string): string | undefined =>
  arn.startsWith("arn:aws:") ? `https://console.aws.amazon.com/go/view?arn=${encodeURIComponent(arn)}` : undefined;
