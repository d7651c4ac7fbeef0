import type { Answer } from "../../cli/answers/answer.ts";
import { duration } from "../../cli/words.ts";
import { Alert, Facts, Folded } from "../parts.tsx";
import { timeOf } from "../words.ts";
import { Act, Confirm } from "./confirm.tsx";
import { Changes, linesIn, questionAbout, ReleaseDetail } from "./release-detail.tsx";
import { Answered, isAbsent, regionViews, type Page } from "./shell.tsx";
import type { View } from "./view.ts";

type Releases = Answer<"releases">;
type Release = Releases["releases"][number];

/** The releases, what they wait for, and the way back. */
export function releasesPage(view: View): Page {
  const asked = view.known("releases");
  const answer = asked.answer as Releases | undefined;
  const opened = answer && openedIn(answer, view);
  const pending = answer?.waits.find((wait) => wait.for === "approval");
  return {
    path: "/releases",
    title: "Releases",
    needs: [
      "releases",
      "stack",
      ...(pending ? [questionAbout(pending.executionId)] : []),
      ...(opened === undefined ? [] : [questionAbout(opened, linesIn(view))]),
    ],
    body: (
      <>
        <div data-part="releases">
          <Answered of="the releases" asked={asked} command={view.command("releases")}>
            {answer ? <List answer={answer} view={view} /> : undefined}
          </Answered>
        </div>
        <div data-part="confirm">
          <Confirm view={view} />
        </div>
      </>
    ),
  };
}

/** The release of which everything is shown: the one that the address names, or else the one in progress, or else the last one. */
export function openedIn({ releases, waits }: Pick<Releases, "releases" | "waits">, view: View): string | undefined {
  const asked = view.query("release") ?? "";
  const named = asked.length < 4 ? undefined : releases.find(({ executionId }) => executionId.startsWith(asked));
  const [last] = releases.filter(({ ending }) => ending !== "no-source");
  return (named ?? releases.find(({ executionId }) => executionId === waits[0]?.executionId) ?? last)?.executionId;
}

const WAITING: Readonly<Record<Releases["waits"][number]["for"], string>> = {
  approval: "waits for an approval",
  release: "waits for the release in front of it",
  transition: "is held back: the transition into the stage is disabled",
  deployment: "is being deployed",
};

function List({ answer, view }: { readonly answer: Releases; readonly view: View }) {
  const { running, releases, waits, frozen } = answer;
  const live = typeof running === "string" ? [running] : (running ?? []);
  const pending = waits.find((wait) => wait.for === "approval");
  const revisions = live.length > 1 ? "Revisions" : "Revision";
  const isDeploying = waits.some((wait) => wait.for === "deployment" && wait.rollback === undefined);
  const views = regionViews(view);
  const opened = openedIn(answer, view);
  return (
    <section aria-label={`Releases in ${answer.region}`}>
      <Facts
        facts={[
          {
            what: isDeploying ? `${revisions} being deployed` : `Running ${revisions.toLowerCase()}`,
            value: live.join(", ") || "none yet",
          },
        ]}
      />
      {waits.length > 0 ? (
        <section class="alert warning">
          <h2>Waiting</h2>
          <ul>
            {waits.map((wait) => (
              <li key={`${wait.executionId} ${wait.stage}`}>
                {`Release ${wait.executionId.slice(0, 8)} ${WAITING[wait.for]} (stage ${wait.stage}).`}
                {wait.rollback === undefined ? undefined : ` ECS rolls it back: ${wait.rollback}`}
                {wait.reason === undefined ? undefined : ` ${wait.reason}`}
              </li>
            ))}
          </ul>
          {pending ? <Changes executionId={pending.executionId} view={view} /> : undefined}
          {pending ? (
            view.allowsActions ? (
              <p class="buttons">
                <Act view={view} name="approve" release={pending.executionId}>
                  Approve…
                </Act>
                <Act view={view} name="reject" release={pending.executionId}>
                  Reject…
                </Act>
              </p>
            ) : (
              <p>
                To approve it: <code>{view.command("approve", pending.executionId.slice(0, 8))}</code>. To reject it:{" "}
                <code>{view.command("reject", pending.executionId.slice(0, 8), "--reason", '"why"')}</code>.
              </p>
            )
          ) : undefined}
        </section>
      ) : undefined}
      <Alert
        title="Held back"
        lines={frozen.map(({ stage, reason, by }) => `The transition into ${stage} was disabled by ${by}: ${reason}`)}
        isWarning
      />
      <h2>Releases</h2>
      {releases.length === 0 ? (
        <p>
          {views.some(isAbsent) ? (
            <>
              The stack does not exist yet. To create it: <code>{view.command("reconcile")}</code>
            </>
          ) : (
            <>
              There are none yet. To release the application: <code>{view.command("deploy")}</code>
            </>
          )}
        </p>
      ) : undefined}
      {releases.map((release) => (
        <One
          key={release.executionId}
          release={release}
          answer={answer}
          live={live}
          view={view}
          isOpen={release.executionId === opened}
          isRolledBack={waits.some((wait) => wait.executionId === release.executionId && wait.rollback !== undefined)}
        />
      ))}
    </section>
  );
}

interface OneProps {
  readonly release: Release;
  readonly answer: Releases;
  readonly live: readonly string[];
  readonly view: View;
  /** Whether everything of it is shown. */
  readonly isOpen: boolean;
  /** Whether ECS brings the tasks of the revision before back. */
  readonly isRolledBack: boolean;
}

function One({ release, answer, live, view, isOpen, isRolledBack }: OneProps) {
  const {
    executionId,
    ending,
    why,
    cause,
    source,
    image,
    revision,
    services = [],
    approval,
    startedAt,
    endedAt,
  } = release;
  const isLive =
    revision === undefined ? services.some((one) => live.includes(one.revision ?? "")) : live.includes(revision);
  const canGoBack = ending === "live" && !isLive && (revision !== undefined || services.length > 0);
  const failed = ending === "failed" || isRolledBack;
  // The pipeline's own first run, which nobody asked for.
  const isEmpty = ending === "no-source";
  return (
    <article class="release" aria-label={`Release ${executionId.slice(0, 8)}`}>
      <h3>
        <span class={isEmpty ? "soft" : failed ? "tone-delete" : ending === "live" ? "tone-ok" : "tone-warning"}>
          {isEmpty ? "no source" : isRolledBack ? "rolling back" : ending}
        </span>{" "}
        release <code>{executionId.slice(0, 8)}</code>
        {isLive && !isRolledBack ? (
          <span class="soft">{ending === "running" ? " is being deployed" : " runs now"}</span>
        ) : undefined}
      </h3>
      <p class="soft">
        {`Started ${timeOf(new Date(startedAt).toISOString())}`}
        {endedAt === undefined ? undefined : `, took ${duration(endedAt - startedAt)}`}
      </p>
      {isEmpty ? undefined : (
        <ol class="stages" aria-label="Stages">
          {stagesOf(release, answer).map(({ stage, state }) => (
            <li key={stage} class={`stage ${state}`}>
              <strong>{stage}</strong> <span>{state}</span>
            </li>
          ))}
        </ol>
      )}
      {(cause ?? why) === undefined ? undefined : <p class={failed ? "tone-delete" : undefined}>{cause ?? why}</p>}
      <Folded title="Lineage">
        <dl class="pairs">
          <Pair what="Source" value={source && sourceOf(source)} />
          <Pair what="Build" value={release.build} />
          <Pair what="Image" value={image && `${image.uri}${image.digest === undefined ? "" : ` (${image.digest})`}`} />
          <Pair what="Revision" value={revision} />
          {services.map((one) => (
            <Pair
              key={one.service}
              what={one.service}
              value={[one.revision, one.image?.tag].filter(Boolean).join(", ") || "unchanged"}
            />
          ))}
          <Pair
            what="Approved by"
            value={approval && `${approval.by}${approval.summary === "" ? "" : `: ${approval.summary}`}`}
          />
          <Pair what="Release" value={executionId} />
        </dl>
      </Folded>
      {isOpen ? (
        <ReleaseDetail executionId={executionId} view={view} />
      ) : isEmpty ? undefined : (
        <p>
          <a href={`/releases?release=${executionId}`} data-soft>
            {failed
              ? "Why it failed, and the log of its build"
              : ending === "rejected"
                ? "Why it was rejected, and the log of its build"
                : "Its tasks and the log of its build"}
          </a>
        </p>
      )}
      {canGoBack ? (
        view.allowsActions ? (
          <p class="buttons">
            {services.length === 0 ? (
              <Act view={view} name="rollback" release={executionId}>
                {`Roll back to ${executionId.slice(0, 8)}…`}
              </Act>
            ) : (
              services.map(({ service }) => (
                <Act key={service} view={view} name="rollback" release={executionId} service={service}>
                  {`Roll ${service} back to ${executionId.slice(0, 8)}…`}
                </Act>
              ))
            )}
          </p>
        ) : (
          <p class="soft">
            To go back to it: <code>{view.command("rollback", executionId.slice(0, 8))}</code>
          </p>
        )
      ) : undefined}
    </article>
  );
}

function Pair({ what, value }: { readonly what: string; readonly value: string | undefined }) {
  if (value === undefined) return null;
  return (
    <>
      <dt>{what}</dt>
      <dd>{value}</dd>
    </>
  );
}

const sourceOf = ({ version, commit, files, changed, by }: NonNullable<Release["source"]>): string =>
  [
    commit === undefined ? `version ${version}` : `commit ${commit.slice(0, 12)}`,
    ...(files === undefined ? [] : [`${files} files`]),
    ...(changed === undefined ? [] : [`${changed} changed`]),
    ...(by === undefined ? [] : [`by ${by}`]),
  ].join(", ");

type StageState = "done" | "in progress" | "failed" | "rejected" | "waiting" | "not reached";

/** How far a release has come, as far as its lineage tells. */
export function stagesOf(release: Release, { waits }: Pick<Releases, "waits">): { stage: string; state: StageState }[] {
  const { source, build, image, services = [], approval, ending, revision } = release;
  const wait = waits.find(({ executionId }) => executionId === release.executionId);
  const isOver = ending !== "running";
  const isBuilt = image !== undefined || services.some((one) => one.image !== undefined);
  // ECS has the new revision from the moment that its rollout begins.
  const isDeployed = ending === "live" || (isOver && revision !== undefined);
  const reached = [source !== undefined, isBuilt || approval !== undefined, approval !== undefined, isDeployed];
  const next = reached.indexOf(false);
  // A rejection is answered too, and nothing comes after it.
  const last = ending === "rejected" ? 2 : wait?.for === "deployment" && wait.rollback !== undefined ? 3 : undefined;
  return ["Source", "Build", "Approval", "Deploy"].map((stage, index): { stage: string; state: StageState } => {
    if (index === last) return { stage, state: ending === "rejected" ? "rejected" : "failed" };
    if (last !== undefined && index > last) return { stage, state: "not reached" };
    if (ending === "live" || (reached[index] ?? false))
      return { stage, state: isOver && ending !== "live" && index === 3 ? "failed" : "done" };
    if (index !== next) return { stage, state: "not reached" };
    if (stage === "Build" && build === undefined && !isOver) return { stage, state: "in progress" };
    if (isOver) return { stage, state: ending === "superseded" || ending === "stopped" ? "not reached" : "failed" };
    return { stage, state: wait && stage === "Approval" ? "waiting" : "in progress" };
  });
}
