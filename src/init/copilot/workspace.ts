import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { parseDocument } from "yaml";
import { isMap, type Yaml, type YamlMap } from "./fields.ts";

/** A file of the workspace that was read. */
export interface Manifest {
  /** From the workspace: `copilot/api/manifest.yml`. */
  readonly file: string;
  readonly name: string;
  readonly content: YamlMap;
}

/** A CloudFormation template beside a manifest. */
export interface Addon {
  readonly file: string;
  /** The service that it belongs to; undefined for an environment. */
  readonly service: string | undefined;
  readonly content: YamlMap;
}

/** What a folder has of AWS Copilot. */
export interface Workspace {
  /** The folder that contains `copilot/`: paths in manifests start there. */
  readonly root: string;
  readonly application: string | undefined;
  readonly services: readonly Manifest[];
  readonly environments: readonly Manifest[];
  readonly addons: readonly Addon[];
  /** Files of pipelines and overrides. */
  readonly others: readonly string[];
}

/** A workspace that cannot be read, in a sentence. */
export class WorkspaceError extends Error {
  override readonly name = "WorkspaceError";
}

/** Reads the workspace of a folder, which has a folder `copilot` or is one. */
export function workspaceIn(directory: string): Workspace {
  const isIts = basename(directory) === "copilot" && !existsSync(join(directory, "copilot"));
  const root = isIts ? dirname(directory) : directory;
  const folder = join(root, "copilot");
  if (!existsSync(folder))
    throw new WorkspaceError(`${directory} has no folder copilot, which AWS Copilot keeps its manifests in.`);
  const folders = (path: string) =>
    existsSync(join(root, path))
      ? readdirSync(join(root, path), { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map(({ name }) => name)
          .toSorted()
      : [];
  const manifests = (path: string, names: readonly string[]) =>
    names.flatMap((name) => read(root, `${path}/${name}/manifest.yml`, name));
  const services = manifests(
    "copilot",
    folders("copilot").filter((name) => !["environments", "pipelines"].includes(name)),
  );
  if (services.length === 0) throw new WorkspaceError(`${folder} has no manifest.yml of a service or job.`);
  const others = [
    ...folders("copilot/pipelines").map((name) => `copilot/pipelines/${name}/manifest.yml`),
    "copilot/pipeline.yml",
    ...services.flatMap(({ name }) => [`copilot/${name}/overrides`]),
    "copilot/environments/overrides",
  ];
  return {
    root,
    application: applicationIn(root),
    services,
    environments: manifests(
      "copilot/environments",
      folders("copilot/environments").filter((name) => !["addons", "overrides"].includes(name)),
    ),
    addons: [
      ...services.flatMap(({ name }) => addonsIn(root, `copilot/${name}/addons`, name)),
      ...addonsIn(root, "copilot/environments/addons", undefined),
    ],
    others: others.filter((path) => existsSync(join(root, path))),
  };
}

function applicationIn(root: string): string | undefined {
  const [manifest] = read(root, "copilot/.workspace", "");
  const name = manifest?.content["application"];
  return typeof name === "string" ? name : undefined;
}

function addonsIn(root: string, path: string, service: string | undefined): Addon[] {
  if (!existsSync(join(root, path))) return [];
  return readdirSync(join(root, path))
    .filter((name) => /\.ya?ml$/.test(name) && !/parameters\.ya?ml$/.test(name))
    .toSorted()
    .flatMap((name) => read(root, `${path}/${name}`, name).map(({ file, content }) => ({ file, service, content })));
}

function read(root: string, file: string, name: string): Manifest[] {
  const place = join(root, file);
  if (!existsSync(place)) return [];
  // Templates of CloudFormation have tags such as !Sub, which are warnings; their values are enough here.
  const document = parseDocument(readFileSync(place, "utf8"), { merge: true });
  const [wrong] = document.errors;
  if (wrong) {
    const [line = ""] = wrong.message.split("\n");
    throw new WorkspaceError(`${file} cannot be read: ${line.replace(/[.:]$/, "")}.`);
  }
  const content = document.toJS() as Yaml;
  if (!isMap(content)) throw new WorkspaceError(`${file} is no manifest: it has no fields.`);
  return [{ file, name, content }];
}
