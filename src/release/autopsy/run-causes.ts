import type { ServiceRef } from "../service-ref.ts";
import type { Evidence, FailedBuild } from "./evidence.ts";
import { actionLine, buildLine, sentence } from "./lines.ts";
import { isDenial, isDenied } from "./permission.ts";
import type { Verdict } from "./verdict.ts";

/* Causes of pipeline failures before ECS is involved. */

/** A failed build, unless it failed because of a missing permission. */
export function buildFailed({ build, action }: Evidence, { stack }: ServiceRef): Verdict | undefined {
  if (!build || build.status === "SUCCEEDED") return undefined;
  const error = build.error ?? build.message;
  if (isDenied(build)) return undefined;
  const why =
    build.status === "TIMED_OUT" ? `it took longer than ${stack.delivery.buildTimeoutMinutes} minutes` : said(error);
  const phase = build.phase === "" ? "" : ` in phase ${build.phase}`;
  return {
    cause: "build-failed",
    what: `The build ${build.status === "STOPPED" ? "was stopped" : "failed"}${phase}: ${sentence(why)}`,
    fix: fixOfBuild(build, error, stack),
    telling: [build.error ?? "", ...(action ? [actionLine(action)] : []), buildLine(build), ...build.lines],
  };
}

/** A build log line without BuildKit's step number and time. */
const said = (line: string) => line.replace(/^#\d+ (\d+\.\d+ )?/, "").replace(/^ERROR: /, "");

/** The fix for a build failure, with stopped and timed out builds first. */
function fixOfBuild(build: FailedBuild, error: string, { delivery }: ServiceRef["stack"]): string {
  const log = `For the whole log, stream ${build.logStream}: npx fairlead logs --build`;
  if (build.status === "TIMED_OUT")
    return `Raise delivery.buildTimeoutMinutes, or check what the build was waiting for. ${log}`;
  if (build.status === "STOPPED") return "The build was stopped before it finished: deploy again when ready.";
  if (build.code === "YAML_FILE_ERROR")
    return `Put a valid buildspec at ${delivery.buildspec} in the root of the source, then deploy again.`;
  if (/Cannot connect to the Docker daemon/.test(error))
    return "The build project is no longer in privileged mode, which it needs to build images: run npx fairlead reconcile, then deploy again.";
  if (/toomanyrequests|pull rate limit/i.test(error))
    return "Docker Hub limits anonymous pulls: use the base image from public.ecr.aws/docker/library, then deploy again.";
  if (build.phase === "UPLOAD_ARTIFACTS")
    return `Make ${delivery.buildspec} write imagedefinitions.json and list it under artifacts, then deploy again.`;
  return `Fix the error in the source, then release again: npx fairlead deploy. ${log}`;
}

export function sourceMissing({ action, source }: Evidence): Verdict | undefined {
  if (action?.category !== "Source" || !source) return undefined;
  const named = /NoSuchKey|does not exist|not found/i.test(action.message) && !isDenial(action.message);
  if (source.there === true || (source.there === undefined && !named)) return undefined;
  return {
    cause: "source-missing",
    what: `The source s3://${source.bucket}/${source.key} does not exist.`,
    fix: `Run npx fairlead deploy, or upload a ZIP archive of the source to s3://${source.bucket}/${source.key}.`,
    telling: [actionLine(action)],
  };
}

/** The ECS action's errors about the image definitions file. */
const DEFINITIONS = /image definitions? file|AWS ECS container \S+ does not exist|image artifact/i;

export function imageDefinitions({ action }: Evidence, { names, stack }: ServiceRef): Verdict | undefined {
  if (action?.category !== "Deploy" || !DEFINITIONS.test(action.message)) return undefined;
  const [, wrong] = /AWS ECS container (\S+) does not exist/.exec(action.message) ?? [];
  const file = "imagedefinitions.json";
  const what =
    wrong === undefined
      ? `The build's ${file} cannot be used: ${sentence(action.message)}`
      : `The build's ${file} names container ${wrong}, which is not in the task definition.`;
  return {
    cause: "image-definitions",
    what,
    fix: `Make ${stack.delivery.buildspec} write ${file} as [{"name":"${names.container}","imageUri":"<the image>"}]; the build has the container name in $CONTAINER_NAME.`,
    telling: [actionLine(action)],
  };
}

export function rejected({ action }: Evidence): Verdict | undefined {
  if (action?.category !== "Approval") return undefined;
  const late = /timed ?out|time-?out|expired|within 7 days/i.test(`${action.code} ${action.message}`);
  const who = action.by === undefined ? "A reviewer" : action.by.slice(action.by.lastIndexOf("/") + 1);
  const why = action.summary === "" ? "." : `: ${sentence(action.summary)}`;
  return {
    cause: "rejected",
    what: late ? "The approval expired: no one answered it within seven days." : `${who} rejected the release${why}`,
    fix: late
      ? "Release it again, and approve it in time: npx fairlead deploy"
      : `${action.summary === "" ? "Change what the reviewer did not want" : "Address the reviewer's comment"}, then release again: npx fairlead deploy`,
    telling: [actionLine(action)],
  };
}
