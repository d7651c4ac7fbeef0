// The command that runs a service's image on the user's machine: what a simulated service is seen with, and a failure reproduced.
import { dirname, join, relative, resolve } from "node:path";
import { quoted } from "../aws/command-line.ts";
import { isPlain } from "../config/services.ts";
import { settingsOf, type ServiceRef } from "../release/service-ref.ts";
import type { Session } from "./session.ts";
import { sourceFolder } from "./source-folder.ts";

/**
 * The command that builds and runs the image of a service; `undefined` if it is not built from a folder. `released`: the folder that was
 * given to the release, relative to the current one.
 */
export function dockerRun(
  { directory, flags, stack }: Pick<Session, "directory" | "flags" | "stack">,
  ref: ServiceRef | undefined,
  released?: string,
): string | undefined {
  const { build } = (ref && settingsOf(ref)) ?? {};
  if (!ref || (!isPlain(stack) && !build)) return undefined;
  const folder =
    build === undefined || isPlain(stack)
      ? sourceFolder(released, flags, directory)
      : resolve(directory, released ?? dirname(flags.config ?? ""), build.context);
  const context = relative(directory, folder) || ".";
  const file = build && !isPlain(stack) ? ` -f ${quoted(join(context, build.dockerfile))}` : "";
  const { port } = ref.stack.container;
  return `docker run --rm -e PORT=${port} -p ${port}:${port} "$(docker build -q${file} ${quoted(context)})"`;
}
