import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Caller } from "../simulator/authorization/authorize.ts";
import { UsageError } from "./exit.ts";
import { paste } from "./paste.ts";

/** What is in `caller.json` beside the simulated world. */
interface CallerFile {
  /** The documents of the caller's policies; left out: everything is allowed. */
  readonly policies?: readonly object[];
  /** A file beside it, to which each action that was asked for is added, one JSON line each. */
  readonly log?: string;
}

/**
 * Who calls the simulated AWS: everybody may do everything there, unless a file `caller.json` beside the world says which policies the
 * caller has. Throws `UsageError` if the file is something else.
 */
export function localCaller(directory: string): Caller | undefined {
  const path = join(directory, "caller.json");
  if (!existsSync(path)) return undefined;
  const { policies, log } = fileIn(path);
  return {
    ...(policies && { policies: policies.map((document) => JSON.stringify(document)) }),
    ...(log !== undefined && {
      asked: ({ action, resource }, verdict) =>
        appendFileSync(join(directory, log), `${JSON.stringify({ action, resource, verdict })}\n`),
    }),
  };
}

function fileIn(path: string): CallerFile {
  let file: Partial<Record<keyof CallerFile, unknown>> | undefined;
  try {
    file = JSON.parse(readFileSync(path, "utf8")) as typeof file;
  } catch (error) {
    return unusable(path, (error as Error).message);
  }
  const { policies, log } = file ?? {};
  if (policies !== undefined && !(Array.isArray(policies) && policies.every((one) => typeof one === "object" && one)))
    return unusable(path, "policies is not a list of policy documents");
  if (log !== undefined && (typeof log !== "string" || log.includes("/")))
    return unusable(path, "log is not a file name");
  return file as CallerFile;
}

const unusable = (path: string, why: string): never => {
  throw new UsageError(
    `${path} does not say what the caller of the simulated AWS may do: ${why}. It should be { "policies": [ ... ] }, and without the file everything is allowed. To print the policies: ${paste({ target: "local" }, "policy", "--json")}`,
  );
};
