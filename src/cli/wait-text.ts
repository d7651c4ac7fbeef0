import { awsCommand } from "../aws/command-line.ts";
import type { Frozen, Situation, Wait } from "../release/situation.ts";
import { sentence } from "../release/doctor/hop.ts";
import { paste } from "./paste.ts";
import type { CommonFlags } from "./context.ts";

/** What a release waits for, and the commands that resolve it. */
export function waitLines(wait: Wait, situation: Situation, flags: CommonFlags): string[] {
  const { executionId } = wait;
  const stop = `    To stop it: ${paste(flags, "release", "stop", executionId)}`;
  switch (wait.for) {
    case "approval":
      return [
        `Release ${executionId} has been waiting for approval since ${moment(wait.since)}; it fails if it is not approved by ${moment(wait.since + EXPIRES)}.`,
        `    To approve: ${paste(flags, "approve")}`,
        `    To reject:  ${paste(flags, "reject", "--reason", "WHY")}`,
        stop,
      ];
    case "transition":
      return [`Release ${executionId} is on hold: ${frozenText(wait)}`, ...enableLines(wait, situation), stop];
    case "release":
      return [
        `Release ${executionId} is queued behind ${wait.inFront} in ${wait.stage}.`,
        ...situation.waits
          .filter((other) => other.executionId === wait.inFront && other.for !== "release")
          .flatMap((other) => waitLines(other, situation, flags)),
        stop,
      ];
    default:
      if (wait.rollback !== undefined)
        return [
          `ECS is rolling release ${executionId} back: ${sentence(wait.rollback)} The release has failed, and the revision before it is being restored.`,
          `    To follow that and see why it failed: ${paste(flags, "deploy", "--attach", executionId)}`,
        ];
      return [
        `ECS has been deploying release ${executionId} since ${moment(wait.since)}.`,
        `    To follow it: ${paste(flags, "deploy", "--attach", executionId)}`,
        `    To stop it and roll back: ${paste(flags, "release", "stop", executionId)}`,
      ];
  }
}

/** All that a pipeline keeps waiting, or would, and the commands that resolve it; what is told of one in front is not told twice. */
export function situationLines(situation: Situation, flags: CommonFlags): string[] {
  const { waits, working, frozen } = situation;
  const behind = new Set(waits.flatMap((wait) => (wait.for === "release" ? [wait.inFront] : [])));
  const idle = frozen.filter(({ stage }) => !waits.some((wait) => wait.for === "transition" && wait.stage === stage));
  return [
    ...waits
      .filter((wait) => wait.for === "release" || !behind.has(wait.executionId))
      .flatMap((wait) => waitLines(wait, situation, flags)),
    ...working.flatMap(({ executionId, stage, since }) => [
      `Release ${executionId} is in the stage ${stage}${since === undefined ? "" : ` since ${moment(since)}`}.`,
      `    To follow it: ${paste(flags, "deploy", "--attach", executionId)}`,
      `    To stop it: ${paste(flags, "release", "stop", executionId)}`,
    ]),
    ...idle.flatMap((found) => [
      `Releases will be held before ${found.stage}: ${frozenText(found)}`,
      ...enableLines(found, situation),
    ]),
  ];
}

/** The same for programs. */
export const situationReport = ({ waits, working, frozen }: Situation) => ({
  waits: waits.map((wait) => ({
    executionId: wait.executionId,
    stage: wait.stage,
    for: wait.for,
    ...(wait.for === "release" ? { inFront: wait.inFront } : { since: told(wait.since) }),
    ...(wait.for === "transition" ? { reason: wait.reason, by: wait.by } : {}),
    ...(wait.for === "deployment" && wait.rollback !== undefined ? { rollback: wait.rollback } : {}),
  })),
  ...(working.length > 0 ? { working: working.map(({ since, ...one }) => ({ ...one, since: told(since) })) } : {}),
  frozen: frozen.map(({ stage, reason, by, since }) => ({ stage, reason, by, since: told(since) })),
});

type FrozenInto = Frozen & { readonly stage: string };

const frozenText = ({ stage, by, since, reason }: FrozenInto) =>
  `the transition into ${stage} was disabled by ${by || "an unknown principal"}${since === undefined ? "" : ` at ${moment(since)}`}: ${reason || "no reason given"}`;

function enableLines({ stage, since }: FrozenInto, { pipeline, region, askedAt }: Situation): string[] {
  const words = ["codepipeline", "enable-stage-transition", "--pipeline-name", pipeline, "--stage-name", stage];
  return [
    `    ${awsCommand([...words, "--transition-type", "Inbound"], { region })}`,
    // CodePipeline user guide, "Working with stage transitions".
    ...(since !== undefined && askedAt - since > RESUMES
      ? [
          "    It was disabled more than 30 days ago: releases held there do not resume once it is enabled. Deploy again.",
        ]
      : []),
  ];
}

/** An approval waits for seven days, and what waits at a transition for thirty (CodePipeline user guide). Milliseconds. */
const EXPIRES = 7 * 86_400_000;
const RESUMES = 30 * 86_400_000;

const told = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());

const moment = (at: number) => new Date(at).toISOString().replace(/\.\d{3}Z$/, "Z");
