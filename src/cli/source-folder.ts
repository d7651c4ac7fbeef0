import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { CONFIG_FILE, type CommonFlags } from "./context.ts";

/**
 * The folder that a stack without `services` is built from: `service` beside the config, or the config's own folder where the Dockerfile is
 * there; at last `service` in the current one.
 */
export function sourceFolder(
  folder: string | undefined,
  { config = CONFIG_FILE }: Pick<CommonFlags, "config">,
  directory: string,
): string {
  if (folder !== undefined) return resolve(directory, folder);
  const beside = dirname(resolve(directory, config));
  const own = join(beside, "service");
  const built = [own, beside].find((path) => existsSync(join(path, "Dockerfile")));
  return built ?? (existsSync(own) ? own : resolve(directory, "service"));
}
