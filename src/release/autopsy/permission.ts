import { STEP, type ServiceRef } from "../service-ref.ts";
import type { Evidence } from "./evidence.ts";
import { actionLine, oneLine, sentence, taskLine } from "./lines.ts";
import type { Verdict } from "./verdict.ts";

const DENIAL =
  /not authorized to (perform|access)|AccessDenied|Access Denied|does ?n.t have (the )?permissions?|not have sufficient permissions|was unable to assume the role|UnauthorizedOperation|does not allow AWS CodeBuild|CannotPull.*403 Forbidden/;

/** Whether a message reports a missing permission. */
export const isDenial = (text: string): boolean => DENIAL.test(text);

/** Whether a build failed because of a missing permission; output of its commands is matched more narrowly, since they may use other credentials. */
export const isDenied = ({ error = "", message }: NonNullable<Evidence["build"]>): boolean =>
  [error, message].some((text) => DENIED_IN_BUILD.test(text));
const DENIED_IN_BUILD = /not authorized to perform|AccessDenied/;

/** A denied action. */
interface Denial {
  readonly role: string | undefined;
  readonly action: string | undefined;
  readonly resource: string | undefined;
  /** The service that is not allowed to assume the role, if the trust policy is wrong. */
  readonly assumer?: string;
}

export function permission(evidence: Evidence, ref: ServiceRef): Verdict | undefined {
  const found = messagesOf(evidence).find(({ text }) => isDenial(text));
  if (!found) return undefined;
  const { names } = ref;
  const denial = denialIn(found.text, roleBehind(evidence, found.text, ref));
  const role = denial.role ?? "that AWS used";
  const ours = Object.values(names.roles).includes(role);
  const mend = ours ? "Run npx fairlead reconcile to restore the role" : "Fix the role";
  if (denial.assumer !== undefined)
    return {
      cause: "permission",
      what: `${denial.assumer} is not allowed to assume the role ${role}.`,
      fix: `${mend} ${role} and its trust policy, then deploy again.`,
      telling: [found.line],
    };
  const what =
    denial.action === undefined
      ? `The role ${role} is missing a permission: ${sentence(found.text)}`
      : `The role ${role} is not allowed to perform ${denial.action}${denial.resource === undefined ? "" : ` on ${denial.resource}`}.`;
  return {
    cause: "permission",
    what,
    fix:
      role === names.roles.task
        ? `Add ${denial.action ?? "the missing permission"} to service.taskPolicy in stack.config.ts, and run npx fairlead reconcile.`
        : ours
          ? `${mend} ${role}, then deploy again. If the call is still denied, a policy outside this stack denies ${denial.action ?? "it"}.`
          : `${mend} ${role} to allow ${denial.action ?? "the call"}, then deploy again.`,
    telling: [found.line],
  };
}

/** All messages that may report a missing permission, with their evidence line. The application's own log is excluded. */
function messagesOf({ action, build, tasks, events }: Evidence): { text: string; line: string }[] {
  return [
    ...(build && isDenied(build) ? [build.error ?? "", build.message].map((text) => ({ text, line: text })) : []),
    ...(action ? [{ text: action.message, line: actionLine(action) }] : []),
    ...tasks.flatMap((task) =>
      [task.reason, ...task.containers.map(({ reason }) => reason)].map((text) => ({ text, line: taskLine(task) })),
    ),
    ...events.map((text) => ({ text, line: text })),
  ];
}

/** The role that was used, if AWS does not name it. */
function roleBehind({ action, build }: Evidence, text: string, { names: { roles } }: ServiceRef): string {
  if (build && action?.name.startsWith("Scan-")) return roles.scan;
  if (build && action && /^(Warm|Cool)-/.test(action.name)) return roles.warm;
  if (/CannotPull|ResourceInitialization/.test(text)) return roles.execution;
  return build && action?.category === "Build"
    ? roles.build
    : build && action?.category === STEP
      ? roles.release
      : roles.pipeline;
}

function denialIn(message: string, otherwise: string): Denial {
  const text = oneLine(message);
  const assume =
    /(?:^|\W)(\w+) (?:is not authorized to perform AssumeRole on role|was unable to assume the role) '?\S*?role\/([^\s']+)/.exec(
      text,
    );
  if (assume) return { assumer: assume[1] ?? "AWS", role: assume[2], action: "sts:AssumeRole", resource: undefined };
  const [, action, resource] =
    /not authorized to perform:? ([\w-]+:\w+)(?: on resource:? (\S+?)[.,]?(?=\s|$))?/.exec(text) ?? [];
  const role = /assumed-role\/([^/\s]+)/.exec(text)?.[1] ?? /:role\/([^\s']+)/.exec(text)?.[1] ?? otherwise;
  if (action !== undefined) return { role, action, resource };
  const bucket = /Amazon S3 bucket named (\S+?)\.?(?=\s|$)/.exec(text)?.[1];
  if (bucket !== undefined) return { role, action: "s3:GetObject*", resource: `arn:aws:s3:::${bucket}/*` };
  if (/CannotPull/.test(text) && /403 Forbidden/.test(text))
    return { role, action: "ecr:BatchGetImage", resource: /resolve ref (\S+?):?(?=\s|$)/.exec(text)?.[1] };
  return { role, action: undefined, resource: undefined };
}
