import { amount } from "../../cli/money.ts";
import { count } from "../../cli/words.ts";
import {
  panelOf,
  type DeclaredView,
  type RecordedStack,
  type RegionView,
  type ResourceData,
  type StackData,
} from "../data.ts";
import { Alert, Facts, Notes, Picture } from "../parts.tsx";
import { layersOf, isInLayer } from "../words.ts";
import { agesOf } from "./age.ts";
import { Panel } from "./panel.tsx";
import { Absent, Answered, declaredOf, historyOf, isAbsent, regionViews, type Page } from "./shell.tsx";
import type { View } from "./view.ts";

/** The stack as it stands. */
export function stackPage(view: View): Page {
  const views = regionViews(view);
  const opened = view.query("open");
  const isKnown = view.known("stack").answer !== undefined;
  const first = isKnown ? undefined : declaredOf(view);
  return {
    path: "/",
    title: "Stack",
    needs: isKnown ? ["stack"] : ["stack", "declared"],
    body: (
      <div class={opened === undefined ? undefined : "with-panel"}>
        <div data-part="stack">
          <Answered of="the stack" asked={view.known("stack")} command={view.command("plan")}>
            {views.map((one) => (
              <Region key={one.stack.region} one={one} view={view} opened={opened} />
            ))}
          </Answered>
          {first?.recorded.map((one) => (
            <Recorded key={one.region} one={one} view={view} opened={opened} />
          ))}
          {first && first.recorded.length === 0 ? <Outline declared={first.declared} /> : undefined}
        </div>
        <div data-part="panel">
          <Panel view={view} opened={opened} />
        </div>
      </div>
    ),
  };
}

/** The stack as the last run recorded it, until AWS has answered. It says nothing of drift, cost or what to do: nobody knows yet. */
function Recorded({ one, view, opened }: RecordedProps) {
  const { name, region, picture, resources } = one;
  const isChecked = view.known("stack").failure === undefined;
  return (
    <section aria-label={`Last recorded in ${region}`}>
      <Alert
        title={isChecked ? "Last recorded, being checked against AWS" : "Last recorded, not checked against AWS"}
        lines={[
          `This is how the last run left ${count(resources.length, "resource")} of ${name} in ${region}. It may differ from what is on AWS now.`,
        ]}
        isWarning
      />
      {picture === undefined ? (
        <p class="soft">The picture of so large a stack comes with the answer of AWS.</p>
      ) : (
        <Picture svg={withCurrent({ picture, region }, opened)} of={`${name} in ${region}`} />
      )}
      <h2>All recorded resources</h2>
      {layersOf(resources.map(({ id }) => id)).map((layer) => (
        <details key={layer} id={`layer-${region}-${layer}`}>
          <summary>
            <strong>{layer}</strong>{" "}
            <span class="what">{count(resources.filter(({ id }) => isInLayer(id, layer)).length, "resource")}</span>
          </summary>
          <ul class="plain">
            {resources
              .filter(({ id }) => isInLayer(id, layer))
              .map(({ id, type }) => (
                <li key={id}>
                  <a href={panelOf(region, id)} data-soft>
                    {id}
                  </a>{" "}
                  <span class="soft">{type}</span>
                </li>
              ))}
          </ul>
        </details>
      ))}
    </section>
  );
}

interface RecordedProps {
  readonly one: RecordedStack;
  readonly view: View;
  readonly opened: string | undefined;
}

/** What the config declares, box by box, until it is known how it is. */
function Outline({ declared: { title, boxes, things } }: { readonly declared: DeclaredView["declared"] }) {
  return (
    <section aria-label={`What the config declares for ${title}`}>
      <h2>The config declares</h2>
      {boxes.map((box) => {
        const own = things.filter((thing) => thing.box === box.id);
        return own.length === 0 ? undefined : (
          <section key={box.id} aria-label={box.title}>
            <h3>{box.title}</h3>
            <ul class="outline">
              {own.map(({ id, label }) => (
                <li key={id}>
                  {label} <span class="soft">{id}</span>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </section>
  );
}

function Region({ one, view, opened }: RegionProps) {
  const { stack, plan } = one;
  const { resources, region } = stack;
  const of = (wanted: ResourceData["state"]) => resources.filter(({ state }) => state === wanted).length;
  const drifted = resources.filter(({ drift }) => drift);
  const { cost } = plan.answer;
  const ages = agesOf(historyOf(view).runs, stack.at);
  return (
    <section aria-label={`Stack in ${region}`}>
      {isAbsent(one) ? <Absent one={one} view={view} /> : undefined}
      <Alert title="Problems" lines={plan.answer.problems} />
      <Facts
        facts={[
          {
            what: "Resources",
            value: `${of("ready")} of ${resources.length} ready`,
            ...(of("in progress") > 0 ? { more: `${of("in progress")} in progress` } : {}),
          },
          {
            what: "Drift",
            value: drifted.length === 0 ? "none" : count(drifted.length, "resource"),
            ...(drifted.length > 0
              ? {
                  more: drifted
                    .map(({ id }) => id)
                    .slice(0, 3)
                    .join(", "),
                }
              : {}),
          },
          { what: "The config and AWS", value: plan.summary },
          { what: "Estimated cost now, US dollars a month", value: `${amount(cost.now)}, plus use` },
        ]}
      />
      <Alert title="Waiting in the pipeline" lines={plan.waiting.filter((line) => line !== "")} isWarning />
      <Picture svg={withCurrent(stack, opened)} of={`${stack.name} in ${region}`} />
      <h2>All resources</h2>
      {layersOf(resources.map(({ id }) => id)).map((layer) => (
        <details key={layer} id={`layer-${region}-${layer}`}>
          <summary>
            <strong>{layer}</strong>{" "}
            <span class="what">{layerText(resources.filter(({ id }) => isInLayer(id, layer)))}</span>
          </summary>
          <ul class="plain">
            {resources
              .filter(({ id }) => isInLayer(id, layer))
              .map(({ id, type, state, drift, monthly }) => (
                <li key={id}>
                  <a href={panelOf(region, id)} data-soft>
                    {id}
                  </a>{" "}
                  <span class="soft">{type}</span>{" "}
                  <span class={state === "ready" ? "soft" : "tone-warning"}>{state}</span>
                  {drift ? <span class="tone-warning">, drift</span> : undefined}
                  {ages.has(id) && state !== "missing" ? (
                    <span class="soft">{`, ${ages.get(id)?.text}`}</span>
                  ) : undefined}
                  {monthly === undefined ? undefined : <span class="soft">{`, $${amount(monthly)} a month`}</span>}
                </li>
              ))}
          </ul>
        </details>
      ))}
      <Notes notes={plan.answer.notes} />
    </section>
  );
}

interface RegionProps {
  readonly one: RegionView;
  readonly view: View;
  readonly opened: string | undefined;
}

/** The picture, with the thing whose panel is open marked for those who hear it. `opened`: its region and its id, `eu-west-1/network/vpc`. */
function withCurrent({ picture, region }: Pick<StackData, "picture" | "region">, opened: string | undefined): string {
  if (!opened?.startsWith(`${region}/`)) return picture;
  const link = `<a href="${panelOf(region, opened.slice(region.length + 1))}"`;
  return picture.replace(link, () => `${link} aria-current="true"`);
}

function layerText(resources: readonly ResourceData[]): string {
  const ready = resources.filter(({ state }) => state === "ready").length;
  const drifted = resources.filter(({ drift }) => drift).length;
  return `${ready} of ${count(resources.length, "resource")} ready${drifted > 0 ? `, drift of ${drifted}` : ""}`;
}
