import { CONFIG_FILE, type CommonFlags } from "./context.ts";

/**
 * A command of this program as the user can paste it: begun as this one was (`npm run` in a checkout, `npx fairlead` elsewhere, or what the
 * environment variable FAIRLEAD_PROGRAM says, which the single file sets), on the same target, environment, region and file.
 */
export function paste(
  { target, env, config, configFound, region }: CommonFlags,
  name: string,
  ...words: readonly string[]
): string {
  const flags = [
    ...words,
    ...(target === "local" ? [] : ["--target", target]),
    ...(env === undefined ? [] : ["--env", env]),
    ...(region === undefined ? [] : ["--region", region]),
    ...(config === undefined || configFound || config === CONFIG_FILE ? [] : ["--config", config]),
  ];
  // npm tells its scripts which of them runs, and of npx it says `npx`.
  const byScript = process.env["npm_lifecycle_script"]?.includes("bin/fairlead.mjs") === true;
  const program = process.env["FAIRLEAD_PROGRAM"] ?? "npx fairlead";
  const head = byScript ? `npm run ${name}${flags.length > 0 ? " --" : ""}` : `${program} ${name}`;
  return [head, ...flags].join(" ");
}
