import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import type { ConfigObject, ConfigValue } from "../config-text.ts";
import { factsOf } from "../dockerfile-facts.ts";
import { isMap, wordsOf, type Fields } from "./fields.ts";

/* The container of a service or job: image, command, size, variables, secrets and sidecars. */

/** What the conversion of one service knows. */
export interface Scene {
  readonly root: string;
  readonly application: string;
  readonly environment: string;
  readonly service: string;
}

/** What a manifest says of the image. */
interface Image {
  readonly build?: ConfigObject;
  readonly image?: string;
  readonly port?: number;
  readonly healthCheck?: ConfigObject;
  readonly dependsOn?: ConfigObject;
  /** The user of the Dockerfile; root if it has none. */
  readonly user: string;
}

/** `image` of a manifest. */
export function imageOf(fields: Fields, scene: Scene): Image {
  const image = fields.map("image");
  if (!image) return { user: "root" };
  const built = image.has("build") ? buildOf(image, scene) : undefined;
  const location = image.text("location");
  const port = image.number("port");
  const healthCheck = image.map("healthcheck");
  image.leave("credentials", "push the image to ECR, whose images tasks may pull without credentials");
  image.leave("labels", "Docker labels are not supported; use tags");
  const dependsOn = dependenciesOf(image);
  image.close();
  return {
    ...(built && { build: built.build }),
    ...(location !== undefined && { image: interpolated(location, scene) }),
    ...(port !== undefined && { port }),
    ...(healthCheck && { healthCheck: healthCheckOf(healthCheck) }),
    ...(dependsOn && { dependsOn }),
    user: built?.user ?? "root",
  };
}

function buildOf(image: Fields, { root }: Scene): { readonly build: ConfigObject; readonly user: string } {
  const map = image.map("build");
  const said = map ? map.text("dockerfile") : image.text("build");
  const context = normal(map?.text("context") ?? (said === undefined ? "." : posix.dirname(normal(said))));
  const dockerfile = normal(said ?? posix.join(context, "Dockerfile"));
  const target = map?.text("target");
  const args = map?.map("args");
  const argValues = args && Object.fromEntries(args.keys.map((key) => [key, args.text(key)]));
  map?.leave("cache_from", "images are built again only when their folder changes");
  map?.close();
  const inside = posix.relative(context, dockerfile);
  if (inside.startsWith(".."))
    image.leave(
      "build",
      `the Dockerfile has to be in the build context: move ${dockerfile} to ${posix.join(context, "Dockerfile")}`,
    );
  const place = join(root, dockerfile);
  const user = existsSync(place) ? factsOf(readFileSync(place, "utf8")).user : undefined;
  return {
    build: {
      context,
      ...(inside !== "Dockerfile" && !inside.startsWith("..") && { dockerfile: inside }),
      ...(target !== undefined && { target }),
      ...(argValues && { args: argValues }),
    },
    user: user ?? "root",
  };
}

/** A path from the workspace, without `./` before it and slashes after it. */
const normal = (path: string) => posix.normalize(path).replace(/^\/+/, "").replace(/\/$/, "") || ".";

function dependenciesOf(fields: Fields): ConfigObject | undefined {
  const map = fields.map("depends_on");
  return map && Object.fromEntries(map.keys.map((key) => [labelOf(key), map.text(key)?.toUpperCase()]));
}

/** A health check of a container, with the defaults that Copilot has for it. */
export function healthCheckOf(check: Fields): ConfigObject {
  const command = check.take("command");
  const words = typeof command === "string" ? ["CMD-SHELL", command] : (wordsOf(command) ?? []);
  const isSaid = /^CMD(?:-SHELL)?$/.test(words[0] ?? "");
  const result = {
    command: isSaid ? words : ["CMD", ...words],
    interval: check.seconds("interval") ?? 10,
    timeout: check.seconds("timeout") ?? 5,
    retries: check.number("retries") ?? 2,
    startPeriod: check.seconds("start_period") ?? 0,
  };
  check.close();
  return result;
}

/** Command and entry point, in the words of the config. */
export function commandsOf(fields: Fields): ConfigObject {
  const [command, entryPoint] = [wordsOf(fields.take("command")), wordsOf(fields.take("entrypoint"))];
  return { command, entryPoint };
}

/** A text with Copilot's own variables replaced; `undefined` is what only the shell of a deployment knows. */
export function interpolated(text: string, { application, environment }: Scene): string {
  return text
    .replaceAll("${COPILOT_APPLICATION_NAME}", application)
    .replaceAll("${COPILOT_ENVIRONMENT_NAME}", environment)
    .replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => process.env[name] ?? whole);
}

/** Whether a variable of the shell is left in a text. */
const isOpen = (text: string) => /\$\{\w+\}/.test(text);

const FROM_CFN =
  "imports of CloudFormation exports are not supported; write the value, which aws cloudformation list-exports shows";

/** `variables`. */
export function variablesOf(fields: Fields, scene: Scene, port?: number): ConfigObject | undefined {
  const map = fields.map("variables");
  fields.leave("env_file", "write its variables into container.environment, and its secrets into container.secrets");
  if (!map) return undefined;
  const entries: [string, string][] = [];
  for (const key of map.keys) {
    const value = map.take(key);
    if (isMap(value)) map.leave(key, FROM_CFN);
    else if (key === "PORT") {
      // Always the port of the container here.
      if (Number(value) !== port) map.leave(key, `PORT is always container.port here, which is ${port ?? 5000}`);
    } else if (typeof value === "object") map.leave(key, "a list is no value of a variable");
    else {
      const text = interpolated(`${value}`, scene);
      if (isOpen(text))
        map.leave(
          key,
          `${text} is a variable of the shell that deploys: write process.env.${/\{(\w+)\}/.exec(text)?.[1]} into the config`,
        );
      entries.push([key, text]);
    }
  }
  return Object.fromEntries(entries);
}

/** `secrets`. */
export function secretsOf(fields: Fields, scene: Scene): ConfigObject | undefined {
  const map = fields.map("secrets");
  if (!map) return undefined;
  const entries: [string, ConfigObject][] = [];
  for (const key of map.keys) {
    const inner = map.map(key);
    if (!inner) {
      const name = interpolated(map.text(key) ?? "", scene);
      entries.push([key, /^arn:[^:]+:secretsmanager:/.test(name) ? secretOf(name) : { ssm: name }]);
      continue;
    }
    const name = inner.text("secretsmanager");
    if (name === undefined) map.leave(key, FROM_CFN);
    else entries.push([key, secretOf(interpolated(name, scene))]);
  }
  return Object.fromEntries(entries);
}

/** A secret of Secrets Manager; after its name may be the key of its JSON object, as ECS has it: `name:key::`. */
function secretOf(text: string): ConfigObject {
  const [, name = text, key] =
    /^((?:arn:[^:]*:[^:]*:[^:]*:[^:]*:secret:)?[^:]+)(?::([^:]*))?(?::[^:]*:[^:]*)?$/.exec(text) ?? [];
  return { secretsManager: name, ...(key !== undefined && key !== "" && { key }) };
}

/** `sidecars`. Those that are built are left, because here a sidecar runs an image that exists. */
export function sidecarsOf(fields: Fields, scene: Scene): ConfigObject | undefined {
  const map = fields.map("sidecars");
  if (!map) return undefined;
  const entries: [string, ConfigObject][] = [];
  for (const key of map.keys) {
    const sidecar = map.map(key);
    if (!sidecar) continue;
    const image = imageText(sidecar);
    if (image === undefined) {
      map.leave(
        key,
        "its image is built from a Dockerfile, and a sidecar here runs an image that exists: push it to a registry, and name it",
      );
      continue;
    }
    entries.push([labelOf(key), sidecarOf(sidecar, interpolated(image, scene), scene)]);
  }
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function imageText(sidecar: Fields): string | undefined {
  const map = sidecar.map("image");
  if (!map) return sidecar.text("image");
  const location = map.text("location");
  map.leave("labels", "Docker labels are not supported; use tags");
  map.leave("credentials", "push the image to ECR, whose images tasks may pull without credentials");
  if (location !== undefined) map.close();
  return location;
}

function sidecarOf(sidecar: Fields, image: string, scene: Scene): ConfigObject {
  const port = sidecar.text("port");
  const [, number, protocol = "tcp"] = /^(\d+)(?:\/(\w+))?$/.exec(port ?? "") ?? [];
  if (number === undefined || protocol !== "tcp")
    sidecar.leave(
      "port",
      "ports of sidecars are TCP ports here; the containers of a task reach each other on localhost without one",
    );
  const essential = sidecar.flag("essential");
  const check = sidecar.map("healthcheck");
  sidecar.leave("credentialsParameter", "push the image to ECR, whose images tasks may pull without credentials");
  sidecar.leave("labels", "Docker labels are not supported; use tags");
  sidecar.leave("mount_points", "volumes are mounted into the main container only");
  const result: ConfigObject = {
    image,
    ...(number !== undefined && protocol === "tcp" && { port: Number(number) }),
    ...commandsOf(sidecar),
    environment: variablesOf(sidecar, scene),
    secrets: secretsOf(sidecar, scene),
    ...(essential !== undefined && { essential }),
    healthCheck: check && healthCheckOf(check),
    dependsOn: dependenciesOf(sidecar),
  };
  sidecar.close();
  return result;
}

/** A name as the config takes it for services, sidecars and volumes. */
export function labelOf(text: string): string {
  const plain = text
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 20)
    .replace(/-+$/, "");
  return plain === "" ? "service" : plain;
}

/** Values without those that are undefined; undefined if nothing is left. */
export function some(value: ConfigObject): ConfigObject | undefined {
  const entries = Object.entries(value).filter(
    (entry): entry is [string, Exclude<ConfigValue, undefined>] => entry[1] !== undefined,
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
