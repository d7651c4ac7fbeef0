import type { Answer } from "../../cli/answers/answer.ts";
import { Alert, Facts, Sentence } from "../parts.tsx";
import { timeOf } from "../words.ts";
import { Answered, type Page } from "./shell.tsx";
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
  return {
    path: "/health",
    title: "Health",
    needs: ["doctor", "status"],
    body: (
      <>
        <div data-part="doctor">
          <Answered of="the request path" asked={doctor} command={view.command("doctor")}>
            {path ? <PathOf doctor={path} /> : undefined}
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

function PathOf({ doctor }: { readonly doctor: Doctor }) {
  const paths = doctor.services ?? [{ service: "", hops: doctor.hops ?? [], broken: doctor.broken }];
  return (
    <section aria-label={`Request path in ${doctor.region}`}>
      <h2>Request path</h2>
      {paths.map(({ service, hops, broken }) => (
        <section key={service} aria-label={service === "" ? undefined : `Request path of ${service}`}>
          {service === "" ? undefined : <h3>{service}</h3>}
          <p class={broken === null ? "tone-ok" : "tone-delete"}>
            {broken === null ? "Every hop that can be checked is in order." : `Broken at: ${broken}.`}
          </p>
          <HopList hops={hops} />
        </section>
      ))}
    </section>
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
          <div class="sparks">
            {metrics
              .filter((metric) => metric.service === service)
              .map((metric) => (
                <Spark key={metric.metric} metric={metric} />
              ))}
          </div>
        </section>
      ))}
    </section>
  );
}
