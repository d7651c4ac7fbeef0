import type { Situation, Wait } from "../release/situation.ts";
import { paste } from "./paste.ts";
import type { CommonFlags } from "./surroundings.ts";

/** What a release waits for, and the command that resolves it. */
export function waitLines(wait: Wait, situation: Situation, flags: CommonFlags): string[] {
  switch (wait.for) {
    case "approval":
      return [
        `Release ${wait.executionId} waits for an approval, since ${moment(wait.since)}.`,
        `    ${paste(flags, "approve")} or ${paste(flags, "reject", "--reason", "WHY")} answers it.`,
      ];
    case "transition":
      return [
        `Release ${wait.executionId} waits: the transition into ${wait.stage} was disabled by ${wait.by || "an unknown principal"}${wait.since === undefined ? "" : ` at ${moment(wait.since)}`}: ${wait.reason || "no reason given"}`,
        `    aws codepipeline enable-stage-transition --pipeline-name ${situation.pipeline} --stage-name ${wait.stage} --transition-type Inbound`,
      ];
    case "release":
      return [
        `Release ${wait.executionId} waits behind ${wait.inFront} in ${wait.stage}.`,
        ...situation.waits
          .filter((other) => other.executionId === wait.inFront && other.for !== "release")
          .flatMap((other) => waitLines(other, situation, flags)),
      ];
    default:
      return [`Release ${wait.executionId} is being deployed by ECS, since ${moment(wait.since)}.`];
  }
}

const moment = (at: number) => new Date(at).toISOString().replace(/\.\d{3}Z$/, "Z");
