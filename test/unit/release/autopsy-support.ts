import type { Aws } from "../../../src/aws/aws.ts";
import { VirtualClock, type Clock } from "../../../src/clock.ts";
import { namesOf } from "../../../src/config/naming.ts";
import { resolveStack } from "../../../src/config/resolve.ts";
import { autopsy } from "../../../src/release/autopsy.ts";
import type { Finding } from "../../../src/release/finding.ts";
import type { ServiceRef } from "../../../src/release/service-ref.ts";
import { NAMES } from "../../support/delivery.ts";
import { SOURCE, type Release } from "../../support/release.ts";

export const REGISTRY = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/app";
/** A source whose image does what the line asks the simulator for. */
export const withDockerfile = (line: string) => ({ ...SOURCE, Dockerfile: `${SOURCE.Dockerfile}${line}\n` });
/** The finding on the latest run. */
export async function findingOn(release: Release): Promise<Finding> {
  const [run] = await release.runs();
  const { aws, clock } = release.at;
  return autopsy(siteOn(aws, clock), { executionId: run?.pipelineExecutionId ?? "" });
}

/** Releases a source; answers the image that its build made. */
export async function released(release: Release, files: Record<string, string>, seconds: number): Promise<string> {
  await release.upload(files);
  await release.wait(90);
  await release.answer("Approved");
  await release.wait(seconds);
  const [, image = ""] =
    /"imageUri":"([^"%]+)"/.exec((await release.log()).findLast((line) => line.startsWith("[{")) ?? "") ?? [];
  return image;
}

/** A site on `aws` of a stack whose things bear the names of `NAMES`. */
export function siteOn(aws: Aws, clock: Clock = new VirtualClock(0), config: object = {}): ServiceRef {
  const stack = resolveStack({ name: "demo", ...config });
  const { cluster, service, repository, pipeline, project, source } = NAMES;
  const own = namesOf(stack, aws.account);
  const roles = {
    ...own.roles,
    execution: "execution",
    task: "task",
    build: "build",
    pipeline: "pipeline",
    events: "events",
  };
  const names = {
    ...own,
    cluster,
    service,
    repository,
    pipeline,
    roles,
    container: "app",
    buildProject: project,
    sourceBucket: source,
  };
  return { aws, clock, names, stack };
}
