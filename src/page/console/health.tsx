import type { Answer } from "../../cli/answers/answer.ts";
import { count } from "../../cli/words.ts";
import { Alert, Facts, Sentence } from "../parts.tsx";
import { timeOf } from "../words.ts";
import { Absent, Answered, isAbsent, regionViews, type Page } from "./shell.tsx";
import { Spark } from "./spark.tsx";
import { regionsOf, type View } from "./view.ts";

type Doctor = Answer<"doctor">;
type Hops = NonNullable<Doctor["hops"]>;
type Status = Answer<"status">;

/** The path of a request, hop by hop, and what CloudWatch has measured. */
export function healthPage(view: View): Page {
  const doctor = view.known("doctor");
  const path = doctor.answer as Doctor | undefined;
  const status = view.known("status");
  const absent = regionViews(view).find((one) => one.stack.region === path?.region && isAbsent(one));
  return {
    path: "/health",
    title: "Health",
    needs: ["stack", "doctor", "status"],
    body: (
      <>
        <div data-part="doctor">
          <Answered of="the request path" asked={doctor} command={view.command("doctor")}>
            {absent ? (
              <Absent one={absent} view={view} />
            ) : path ? (
              <PathOf doctor={path} wake={view.command("wake")} />
            ) : undefined}
          </Answered>
        </div>
        <div data-part="status">
          <Answered of="the metrics" asked={status} command={view.command("status", "--metrics")}>
            {regionsOf<Status>(status.answer).map((one) =>
              "error" in one ? (
                <Alert key={one.region} title={`There is no answer of ${one.region}`} lines={[one.error.message]} />
              ) : (
                <Measured key={one.region} status={one} />
              ),
            )}
          </Answered>
        </div>
      </>
    ),
  };
}

function PathOf({ doctor, wake }: { readonly doctor: Doctor; readonly wake: string }) {
  // What a stack that sleeps answers names no hop.
  if (doctor.asleep)
    return (
      <section aria-label={`Request path in ${doctor.region}`}>
        <h2>Request path</h2>
        <p class="tone-warning">
          The stack is asleep: it has no tasks, and requests get 503 responses. To wake it: <code>{wake}</code>
        </p>
      </section>
    );
  const paths = doctor.services ?? [{ service: "", hops: doctor.hops ?? [], broken: doctor.broken }];
  return (
    <section aria-label={`Request path in ${doctor.region}`}>
      <h2>Request path</h2>
      {paths.map(({ service, hops, broken }) => (
        <section key={service} aria-label={service === "" ? undefined : `Request path of ${service}`}>
          {service === "" ? undefined : <h3>{service}</h3>}
          <Summary {...summaryOf(hops, broken)} />
          <HopList hops={hops} />
        </section>
      ))}
    </section>
  );
}

interface PathSummary {
  readonly tone: "ok" | "warning" | "delete";
  readonly text: string;
  /** What is awaited or could not be checked, hop by hop, as sentences. */
  readonly lines: readonly string[];
}

/** How a request path is, and what is awaited where nothing is broken. */
export function summaryOf(hops: Hops, broken: string | null): PathSummary {
  if (broken !== null) return { tone: "delete", text: `Broken at: ${broken}.`, lines: [] };
  const of = (wanted: Hops[number]["state"]) => hops.filter(({ state }) => state === wanted);
  const [waits, unchecked] = [of("waiting"), of("unknown")];
  const all = count(hops.length, "hop");
  const fixes = [...new Set(waits.flatMap(({ fix }) => fix ?? []))];
  if (waits.length > 0)
    return {
      tone: "warning",
      text: `Nothing is broken, and ${waits.length} of ${all} ${waits.length === 1 ? "is" : "are"} not in order yet:`,
      lines: [...waits.map(({ name, what }) => `${name}: ${what}`), ...fixes],
    };
  if (unchecked.length > 0)
    return {
      tone: "ok",
      text: `Every hop that can be checked is in order; ${unchecked.length} of ${all} could not be checked:`,
      lines: unchecked.map(({ name, what }) => `${name}: ${what}`),
    };
  return { tone: "ok", text: "Every hop is in order.", lines: [] };
}

function Summary({ tone, text, lines }: PathSummary) {
  return (
    <>
      <p class={`tone-${tone}`}>{text}</p>
      {lines.length === 0 ? undefined : (
        <ul>
          {lines.map((line) => (
            <li key={line}>
              <Sentence text={line} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

const STATES: Readonly<Record<Hops[number]["state"], string>> = {
  ok: "in order",
  broken: "broken",
  waiting: "waiting",
  unknown: "not known",
};

function HopList({ hops }: { readonly hops: Hops }) {
  return (
    <ol class="hops">
      {hops.map(({ name, state, what, fix }) => (
        <li key={name} class={`hop ${state}`}>
          <strong>{name}</strong> <span class="hop-state">{STATES[state]}</span>
          <p>
            <Sentence text={what} />
          </p>
          {fix === undefined ? undefined : (
            <p class="fix">
              <Sentence text={fix} />
            </p>
          )}
        </li>
      ))}
    </ol>
  );
}

function Measured({ status }: { readonly status: Status }) {
  const { services = status.service ? [status.service] : [], jobs = [], alarms = [], metrics = [] } = status;
  const names = [...new Set(metrics.map(({ service }) => service))];
  return (
    <section aria-label={`Services in ${status.region}`}>
      <h2>Services</h2>
      <Alert
        title="Alarms"
        lines={alarms.map(
          ({ name, since, reason }) => `${name}${since === undefined ? "" : ` since ${timeOf(since)}`}: ${reason}`,
        )}
      />
      {services.length + jobs.length === 0 ? <p>None runs yet.</p> : undefined}
      <Facts
        facts={[
          ...services.map(({ service = "web", status: is, ready, taskDefinition, waitsForFirstRelease }) => ({
            what: service,
            value: `${is}, ${ready ? "ready" : "not ready"}`,
            more: waitsForFirstRelease ? "waits for its first release" : taskDefinition,
          })),
          ...jobs.map(({ job, enabled, schedule, timezone }) => ({
            what: job,
            value: enabled ? "scheduled" : "not scheduled",
            more: `${schedule} (${timezone})`,
          })),
        ]}
      />
      {names.map((service) => (
        <section key={service} aria-label={`Metrics of ${service}`}>
          <h3>{`${service}, last 3 hours`}</h3>
          <Sparks metrics={metrics.filter((metric) => metric.service === service)} />
        </section>
      ))}
    </section>
  );
}

/** The metrics of a service; where CloudWatch has no value of any, that in a sentence. */
function Sparks({ metrics }: { readonly metrics: NonNullable<Status["metrics"]> }) {
  if (metrics.every(({ values }) => values.every((value) => value === null)))
    return <p class="soft">{`CloudWatch has no values of ${metrics.map(({ metric }) => metric).join(", ")}.`}</p>;
  return (
    <div class="sparks">
      {metrics.map((metric) => (
        <Spark key={metric.metric} metric={metric} />
      ))}
    </div>
  );
}
