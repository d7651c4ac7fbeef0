import type { ComponentChildren } from "preact";
import { ACTS, commandWords, type ActName } from "../../console/acts.ts";
import { regionViews } from "./shell.tsx";
import type { View } from "./view.ts";

/** What opens the dialog that confirms an action. */
export function Act({ name, release, service, children, view }: ActProps) {
  const given = Object.entries({ confirm: name, release, service }).filter(
    (one): one is [string, string] => one[1] !== undefined,
  );
  const address = `/releases?${new URLSearchParams(given).toString()}`;
  return (
    <a class="button" href={address} data-soft aria-disabled={isCurrent(view) ? undefined : "true"}>
      {children}
    </a>
  );
}

/** Whether what is shown of the releases is from after the last action: before, it may offer to approve what was just rejected. */
function isCurrent({ acts: [last], known }: View): boolean {
  if (last?.state === "running") return false;
  return last === undefined || (known("releases").askedAt ?? 0) >= last.at;
}

interface ActProps {
  readonly view: View;
  readonly name: ActName;
  /** What it goes back to. */
  readonly release?: string;
  readonly service?: string;
  readonly children: ComponentChildren;
}

/** The dialog: what the action does, the exact command, and what has to be typed. */
export function Confirm({ view }: { readonly view: View }) {
  const asked = view.query("confirm");
  const act = Object.values(ACTS).find(({ name }) => name === asked);
  if (!act || !view.allowsActions) return null;
  const release = view.query("release");
  const service = view.query("service");
  const stack = regionViews(view)[0]?.stack;
  const name = stack?.asksForName ? stack.name : undefined;
  return (
    <dialog open aria-labelledby="confirm-title">
      <h2 id="confirm-title">{act.title}</h2>
      <p>{act.does}</p>
      {view.target === "aws" && stack ? <p class="soft">{stack.headline}</p> : undefined}
      <p>
        This runs{" "}
        <code>
          {view.command(
            ...commandWords(act.name, {
              ...(release && { release }),
              ...(service && { service }),
              ...(act.takesReason && { reason: "…" }),
            }),
          )}
        </code>
      </p>
      <form method="post" action={`/act/${act.name}`}>
        {release === undefined ? undefined : <input type="hidden" name="release" value={release} />}
        {service === undefined ? undefined : <input type="hidden" name="service" value={service} />}
        {act.takesReason ? (
          <label>
            {act.needsReason ? "Why" : "A note that is recorded with it (may be empty)"}
            <input type="text" name="reason" required={act.needsReason} maxLength={500} autoComplete="off" />
          </label>
        ) : undefined}
        {name === undefined ? undefined : (
          <label>
            {`Type ${name} to confirm`}
            <input type="text" name="name" required pattern={name.replaceAll(/[^\w-]/g, ".")} autoComplete="off" />
          </label>
        )}
        <p class="buttons">
          <button type="submit" class={act.name === "approve" ? "primary" : "danger"}>
            {act.button}
          </button>{" "}
          <a class="button" href="/releases" data-soft data-close>
            Cancel
          </a>
        </p>
      </form>
    </dialog>
  );
}
