import type { ServiceRef } from "../service-ref.ts";
import type { Evidence } from "./evidence.ts";
import { sentence } from "./lines.ts";
import { keptFrom } from "./start-causes.ts";
import type { Verdict } from "./verdict.ts";

/* What can keep a task from mounting its volumes. Fargate hands on the words of EFS's mount helper (aws/efs-utils, src/mount_efs). */

const MOUNT = /EFS utils commands|EFS volumes/;
/** A name that does not resolve: no mount target in the task's zone, or a VPC without DNS. */
const NO_TARGET = /Failed to resolve|mount-dns-name/i;
/** EFS User Guide, "Troubleshooting mount issues": what comes of a security group. */
const SHUT_OUT = /timed? ?out|Connection (refused|reset)/i;
const DENIED = /access denied by server|Access denied|AccessDenied|not authorized/i;
/** An access point whose directory is not there, and is not to be made. */
const NO_FOLDER = /No such file or directory|mounting .* failed, reason given by server/i;

/** A volume that cannot be mounted: ECS tells it as the reason of a task that did not start. */
export function volume(evidence: Evidence, { names, stack }: ServiceRef): Verdict | undefined {
  const found = keptFrom(evidence, (text) => MOUNT.test(text));
  if (!found) return undefined;
  const { text, line } = found;
  const file = /\b(fs-[0-9a-f]{8,40})\b/.exec(text)?.[1];
  const it = `The tasks cannot mount ${file === undefined ? "their volumes" : `the file system ${file}`}`;
  const again = "Run npx fairlead reconcile, which restores";
  const [why, fix] = NO_TARGET.test(text)
    ? [
        "it has no mount target in their zone, or its name does not resolve in the VPC",
        stack.network.vpc === undefined
          ? `${again} the mount targets; the tasks that ECS starts after that find them.`
          : `${again} the mount targets; have the owner of VPC ${stack.network.vpc} switch DNS hostnames and DNS resolution on.`,
      ]
    : DENIED.test(text)
      ? [
          "EFS denies them the access",
          `${again} what the role ${names.roles.task} may do, the access points and the policy of the file system.`,
        ]
      : SHUT_OUT.test(text)
        ? ["nothing lets them through on port 2049", `${again} the security groups of the tasks and of the volumes.`]
        : NO_FOLDER.test(text)
          ? ["the directory behind the access point does not exist", `${again} the access points.`]
          : [text.replace(/^.*stderr: ?/, ""), `${again} the file system, its mount targets and access points.`];
  return { cause: "volume", what: `${it}: ${sentence(why)}`, fix, telling: [line] };
}
