// The file of `plan --out`: what was planned, so that `reconcile FILE` does that and nothing else.
import { lstat, readFile } from "node:fs/promises";
import { resolve } from "node:path";
import * as z from "zod";
import { VERSION } from "../version.ts";
import { StateError } from "../../../state/state.ts";
import { writeWhole } from "../../../state/write-whole.ts";
import { quoted } from "../../aws/command-line.ts";
import { twoRegionsOf } from "../../config/stack-regions.ts";
import type { CliContext, CommonFlags } from "../context.ts";
import { RunError, UsageError } from "../exit.ts";
import { paste } from "../paste.ts";
import { readStack } from "../session.ts";

const FORMAT = "fairlead plan 1";

const PlannedRegion = z.strictObject({
  account: z.string(),
  region: z.string(),
  endpoint: z.string().optional(),
  /** Digest of the config, every rule applied, without what looks like a secret. */
  config: z.string(),
  /** What was planned from: the serial of the state, and a digest of which resources it records. */
  state: z.strictObject({ serial: z.int(), resources: z.string() }),
  /** What is done, with a digest of how. */
  actions: z.array(z.strictObject({ id: z.string(), action: z.string(), digest: z.string() })),
  /** Digest of what the distribution gets of the stack's second region. */
  standby: z.string().optional(),
  /** Digest of the secret values, which is slow to compute; omitted if there are none. */
  secrets: z.string().optional(),
});

const PlanFile = z.strictObject({
  format: z.literal(FORMAT),
  /** Fairlead's. */
  version: z.string(),
  stack: z.string(),
  env: z.string(),
  target: z.enum(["local", "aws"]),
  /** Makes the digests of this file unlike those of any other. */
  salt: z.string(),
  regions: z.array(PlannedRegion).min(1).max(2),
});

/** What a file says of one region. */
export type PlannedRegion = z.infer<typeof PlannedRegion>;
/** What a file says. */
export type PlanFile = z.infer<typeof PlanFile>;

/** Writes the file, for its owner alone and as a whole; a file that was at that path is replaced. */
export async function writePlanFile(
  { directory }: Pick<CliContext, "directory">,
  path: string,
  plan: Omit<PlanFile, "format" | "version">,
): Promise<void> {
  const file: PlanFile = { format: FORMAT, version: VERSION, ...plan };
  const at = resolve(directory, path);
  try {
    await writeWhole(at, `${JSON.stringify(file, undefined, 2)}\n`);
  } catch (error) {
    // What a failed write of a state means is not what this one does.
    const { message } = (error instanceof StateError ? error.cause : error) as Error;
    throw new RunError(`The plan could not be written to ${path}: ${message}. No changes were made.`, { cause: error });
  }
}

/** Refuses to write where a file would take the place of something that is none, such as a device or a folder. */
export async function demandWritable(
  { directory }: Pick<CliContext, "directory">,
  path: string,
  flag = "--out",
): Promise<void> {
  const there = await lstat(resolve(directory, path)).catch(() => undefined);
  if (there && !there.isFile())
    throw new UsageError(`${flag} ${path} is not a file: name one that can be written to. No changes were made.`);
}

/** The command that makes a plan anew. */
export const again = (flags: CommonFlags, path: string) =>
  `To plan again: ${paste(flags, "plan", "--out", quoted(path))}`;

/** The command that applies it with other flags. With a target in any case, or it would get the flags of this run (`pasted`). */
const apply = (flags: CommonFlags, path: string) =>
  `To apply it there: ${paste(flags, "reconcile", quoted(path), ...(flags.target === "local" ? ["--target", "local"] : []))}`;

/** Reads the file, and refuses one of another format, version, stack, environment, target or region. */
export async function readPlanFile(flags: CommonFlags, context: CliContext, path: string): Promise<PlanFile> {
  const file = parsed(await textOf(flags, context, path), flags, path);
  const stack = await readStack(flags, context);
  if (file.stack !== stack.name)
    throw new UsageError(
      `${path} is a plan of the stack ${file.stack}, and the config declares ${stack.name}. No changes were made. ${again(flags, path)}`,
    );
  if (file.env !== stack.environment)
    throw new UsageError(
      `${path} is a plan of the environment ${file.env}, and this run is for ${stack.environment}. No changes were made. ${apply({ ...flags, env: file.env }, path)}`,
    );
  if (file.target !== flags.target)
    throw new UsageError(
      `${path} is a plan for the target ${file.target}, and this run is for ${flags.target}. No changes were made. ${apply({ ...flags, target: file.target }, path)}`,
    );
  const two = flags.region === undefined ? twoRegionsOf(stack) : undefined;
  const [then, now] = [
    file.regions.map(({ region }) => region),
    two ? [two.secondary, two.primary] : [stack.region],
  ].map((regions) => regions.toSorted().join(" and "));
  if (then !== now) {
    const [only] = file.regions.length === 1 ? file.regions : [];
    throw new UsageError(
      `${path} is a plan for ${then}, and this run is for ${now}. No changes were made. ${apply({ ...flags, region: only?.region }, path)}`,
    );
  }
  return file;
}

async function textOf(flags: CommonFlags, { directory }: CliContext, path: string): Promise<string> {
  try {
    return await readFile(resolve(directory, path), "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const what = code === "ENOENT" ? "there is no such file" : message;
    throw new UsageError(`The plan ${path} could not be read: ${what}. No changes were made. ${again(flags, path)}`, {
      cause: error,
    });
  }
}

/** A file of another version may have another format, so that is told first. */
const Versioned = z.object({ format: z.string().startsWith("fairlead plan "), version: z.string() });

function parsed(text: string, flags: CommonFlags, path: string): PlanFile {
  const json = jsonIn(text);
  const { data: versioned } = Versioned.safeParse(json);
  if (versioned && (versioned.version !== VERSION || versioned.format !== FORMAT))
    throw new UsageError(
      `${path} was written by Fairlead ${versioned.version}, and this is ${VERSION}. A plan is applied by the version that made it. No changes were made. ${again(flags, path)}`,
    );
  const { data } = PlanFile.safeParse(json);
  if (data) return data;
  throw new UsageError(
    `${path} is not a plan that plan --out has written, or is damaged. No changes were made. ${again(flags, path)}`,
  );
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
