import { STEP, type ServiceRef } from "../service-ref.ts";
import type { Evidence } from "./evidence.ts";
import { actionLine, buildLine, sentence } from "./lines.ts";
import { isDenied } from "./permission.ts";
import type { Verdict } from "./verdict.ts";

/** What can go wrong before a release is deployed, and after it: the command in the new image, and the new revision of a job. */
export function stepFailed({ build, action }: Evidence, { stack }: ServiceRef): Verdict | undefined {
  if (!build || action?.category !== STEP || isDenied(build)) return undefined;
  const [, how, service = ""] = /^(Before|Update)-(.+)$/.exec(action.name) ?? [];
  const settings = stack.services.find(({ name }) => name === service);
  const command = settings && settings.type !== "job" ? (settings.release?.before.join(" ") ?? "") : "";
  const telling = [...build.lines, actionLine(action), buildLine(build)];
  const error = build.error ?? build.message;
  if (how === "Update")
    return {
      cause: "job-not-updated",
      what: `The job ${service} did not get the image of the release, and runs the one before: ${sentence(error)}`,
      fix: `To release again: npx fairlead deploy. The whole log is in ${build.logGroup}, stream ${build.logStream}.`,
      telling,
    };
  const [, code] = /ended with exit code (\d+)/.exec(error) ?? [];
  const ended =
    build.status === "TIMED_OUT"
      ? "did not end within eight hours"
      : code === undefined
        ? `could not be run: ${error.replace(/^\S+: /, "").replace(/\.$/, "")}`
        : `ended with exit code ${code}`;
  return {
    cause: "before-failed",
    what: `The command before the release of ${service}${command === "" ? "" : ` (${command})`} ${ended}. Nothing was deployed: every service runs what it ran.`,
    fix: `Fix the error in its last log lines, then release again: npx fairlead deploy. For the whole log: npx fairlead logs --service ${service} --since 1h`,
    telling,
  };
}
