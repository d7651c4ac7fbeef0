import { CONFIG_FILE, type CliContext } from "./context.ts";
import { checkConfig, configHead, type InitFlags, type Report } from "./init-report.ts";
import { RunError, UsageError } from "./exit.ts";
import { configsIn } from "./find-config.ts";
import { ConfigError } from "../config/errors.ts";
import { isRegion } from "../config/regions.ts";
import { configText } from "../init/config-text.ts";
import { nameOf } from "../init/detect.ts";
import { convert } from "../init/copilot/stack.ts";
import { workspaceIn, WorkspaceError, type Workspace } from "../init/copilot/workspace.ts";
import { create, extend } from "../init/files.ts";
import { basename, join, relative } from "node:path";
import { quoted } from "../aws/command-line.ts";
import { paste } from "./paste.ts";
import { count } from "./words.ts";

/** Writes the config of a workspace of AWS Copilot, beside its folder `copilot`. Reads files only, and changes none of Copilot's. */
export function fromCopilot(directory: string, flags: InitFlags, { terminal, directory: here }: CliContext): Report {
  const again = (folder: string, ...words: string[]) =>
    paste({ target: "local" }, "init", "--from", "copilot", folder, ...words);
  const folder = quoted(relative(here, directory) || ".");
  const workspace = read(directory, again("DIR"));
  const [existing] = configsIn(workspace.root);
  if (existing !== undefined)
    throw new UsageError(
      `${workspace.root} has ${existing} already. Nothing was written. To move it away and write a config from Copilot's manifests: mv ${quoted(relative(here, join(workspace.root, existing)))} ${quoted(relative(here, join(workspace.root, `${existing}.old`)))} && ${again(folder)}`,
    );
  const [given, usual] = [flags.region, process.env["AWS_REGION"]];
  const region = given ?? (usual !== undefined && isRegion(usual) ? usual : undefined);
  const name = flags.name ?? nameOf(workspace.application ?? basename(workspace.root));
  const { config, environments, services, resources, carried, left } = convert(workspace, name, region);
  for (const environment of environments)
    checked(
      () => checkConfig(config, environment),
      (...words) => again(folder, ...words),
    );
  const text = configText(
    { ...config, resources },
    {
      name: `Together with the environment this is the prefix of every resource name: ${name}-${environments[0]}.`,
      environment: "The environment of commands without --env.",
      edge: "Copilot's environment has no CDN. Without this line, CloudFront is in front of the load balancer.",
      network: "As in Copilot, tasks are in public subnets unless a manifest places them in private ones.",
      resources: "New, empty buckets: what is in Copilot's stays there. To copy it: aws s3 sync s3://OLD s3://NEW",
    },
    [...configHead(), "", "Written from AWS Copilot's manifests by fairlead init --from copilot."],
    resources ? "defineStack, kinds, text" : "defineStack",
  );
  const files = [extend(workspace.root, ".gitignore", [".fairlead/"]), create(workspace.root, CONFIG_FILE, text)];
  terminal.line(
    `Read ${workspace.services.length === 1 ? "1 service or job" : `${workspace.services.length} services and jobs`} and ${count(workspace.environments.length, "environment")} of ${workspace.application ?? "Copilot"}: ${count(carried.length, "field")} carried over, ${left.length} left out.`,
  );
  return {
    files,
    findings: left.map(({ file, field, why }) => `${file}: ${field}: ${why}.`),
    json: { name, region: typeof config["region"] === "string" ? config["region"] : null, services, carried, left },
    steps: [],
    next: paste({ target: "local" }, "plan"),
  };
}

/** `elsewhere`: the command for another folder. */
function read(directory: string, elsewhere: string): Workspace {
  try {
    return workspaceIn(directory);
  } catch (error) {
    if (!(error instanceof WorkspaceError)) throw error;
    throw new UsageError(`${error.message} Nothing was written. To read those of another folder: ${elsewhere}`, {
      cause: error,
    });
  }
}

/** The config must pass the checks, or nothing is written; what is wrong with it is said in the words of the config. */
function checked(check: () => void, again: (...words: string[]) => string): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const lines = error.problems.map(({ path, message }) => `${path}: ${message}`).join("; ");
    const hint = /\bname\b/.test(lines)
      ? `To choose another name: ${again("--name", "NAME")}`
      : `Once the manifests are mended: ${again()}`;
    throw new RunError(
      `The manifests lead to a config that is refused: ${lines.replace(/\.$/, "")}. Nothing was written. ${hint}`,
      { cause: error },
    );
  }
}
