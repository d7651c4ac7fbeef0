import type { RunProgress } from "../../../state/state.ts";
import { aboutSeconds, duration } from "../../cli/words.ts";
import { Alert, Facts } from "../parts.tsx";
import { liveTimeline } from "../timeline-data.ts";
import { Timeline } from "../timeline.tsx";
import { timeOf } from "../words.ts";
import type { View } from "./view.ts";

/** That a run goes on, in a line that leads to it. */
export function GoingLine({ run }: { readonly run: RunProgress | undefined }) {
  if (!run) return null;
  const { verb, who, done, all, secondsLeft, isAlive } = run;
  const left = secondsLeft > 0 ? `, ${aboutSeconds(secondsLeft)} left` : "";
  return (
    <p class="going">
      <a href="/run" data-soft>
        {isAlive ? `${verb} is in progress` : `${verb} has died`}
      </a>
      {`: ${who}, ${all > 0 ? `${done} of ${all} done` : "just begun"}${left}`}
    </p>
  );
}

/** How far the run is: what goes on, for how long, and how long that usually takes. */
export function Going({ run, view }: { readonly run: RunProgress; readonly view: View }) {
  const { verb, who, since, done, all, secondsLeft, calls, retries, elapsed, isAlive } = run;
  return (
    <section aria-label="The run in progress">
      <h2>{isAlive ? `${verb} is in progress` : `${verb} has died`}</h2>
      <p class="soft">{`By ${who}, since ${timeOf(since)}.${run.of === "run" ? " It holds the lock of the stack." : ""}`}</p>
      {isAlive ? undefined : (
        <Alert
          title="Its process is gone"
          lines={[
            `The next run takes the lock over and continues. To release it now: \`${view.command("state", "unlock")}\``,
          ]}
        />
      )}
      <Facts
        facts={[
          { what: "Done", value: `${done} of ${all}` },
          { what: "Left", value: secondsLeft > 0 ? aboutSeconds(secondsLeft) : "nothing that is usually waited for" },
          { what: "So far", value: duration(elapsed) },
          { what: "API calls", value: String(calls), ...(retries > 0 ? { more: `${retries} of them repeated` } : {}) },
        ]}
      />
      <Timeline timeline={liveTimeline(run)} />
    </section>
  );
}
