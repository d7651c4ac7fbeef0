import type { Task } from "@aws-sdk/client-ecs";
import { asking } from "../autopsy/ask.ts";
import { decide } from "../autopsy/causes.ts";
import type { Evidence } from "../autopsy/evidence.ts";
import { imageSeen } from "../autopsy/image.ts";
import { stoppedTask } from "../autopsy/service.ts";
import type { Finding } from "../finding.ts";
import type { ServiceRef } from "../service-ref.ts";
import type { Launch } from "./launch.ts";

/** Why a one-off task did not run: from ECS's task, or from its response if there is no task. */
export async function causeOf(
  ref: ServiceRef,
  launch: Launch,
  found: { task: Task } | { refused: string },
): Promise<Finding> {
  const gaps: string[] = [];
  const uri = launch.definition.containerDefinitions?.find(({ name }) => name === launch.container)?.image;
  const image = "task" in found && uri !== undefined ? await imageSeen(ref, uri, true, asking(gaps)) : undefined;
  const evidence: Evidence = {
    revision: launch.revision,
    deployments: [],
    events: "refused" in found ? [found.refused] : [],
    tasks: "task" in found ? [stoppedTask(found.task)] : [],
    targets: [],
    log: [],
    gaps,
    ...(image ? { image } : {}),
  };
  const finding = decide(evidence, ref);
  if (finding.cause !== "container-exits") return finding;
  return {
    ...finding,
    fix: "Check that the program exists in the image and is executable; the image's ENTRYPOINT is still prepended to the command.",
  };
}
