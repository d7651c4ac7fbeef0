import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import { writesTmp } from "../ecr/dockerfile.ts";
import { pulled, type PulledImage } from "../ecr/records.ts";
import type { Sim } from "../sim.ts";
import type { Fate, SimTaskDefinition } from "./records.ts";

/** The images of a revision by container, with the digests that their tags lead to now: a deployment keeps to them (image resolution). */
export function resolvedImages(sim: Sim, revision: SimTaskDefinition | undefined): Record<string, string> {
  const containers = revision?.definition.containerDefinitions ?? [];
  return Object.fromEntries(
    containers.map(({ name = "", image = "", versionConsistency }) => [
      name,
      versionConsistency === "disabled" ? image : (pulled(sim, image)?.name ?? image),
    ]),
  );
}

/** The first image of a task that cannot be pulled. */
export const missingImage = (sim: Sim, images: Readonly<Record<string, string>>): string | undefined =>
  Object.values(images).find((image) => pulled(sim, image) === undefined);

/** What becomes of a task of `revision` with these images. */
export function fateOf(
  sim: Sim,
  revision: SimTaskDefinition | undefined,
  images: Readonly<Record<string, string>>,
): Fate {
  for (const container of revision?.definition.containerDefinitions ?? []) {
    if (container.essential === false) continue;
    const image = pulled(sim, images[container.name ?? ""] ?? container.image ?? "");
    const fate =
      image && (otherProcessor(revision, container, image) ?? ownFate(container, image) ?? checked(container, image));
    if (fate) return fate;
  }
  return { end: "good" };
}

/** A single image is pulled whatever it was built for; its program does not run on another processor (ECS developer guide, "Using 64-bit ARM"). */
function otherProcessor(
  revision: SimTaskDefinition | undefined,
  { name = "" }: ContainerDefinition,
  { contents }: PulledImage,
): Fate | undefined {
  const own = revision?.definition.runtimePlatform?.cpuArchitecture === "ARM64" ? "arm64" : "x86_64";
  return contents.architecture === undefined || contents.architecture === own
    ? undefined
    : { end: "exits", container: name, words: "exec /usr/local/bin/docker-entrypoint.sh: exec format error" };
}

function ownFate(container: ContainerDefinition, image: PulledImage): Fate | undefined {
  const name = container.name ?? "";
  const exits = (words: string): Fate => ({ end: "exits", container: name, words });
  if (image.behaviour === "exits") return exits("this image ends with 1, as its Dockerfile asks the simulator.");
  const writes = container.command?.length ? writesTmp(container.command.join(" ")) : image.contents.writesTmp;
  if (writes && !canWriteTmp(container, image))
    return exits("No usable temporary directory found in ['/tmp', '/var/tmp', '/usr/tmp', '/app']");
  return image.behaviour === "unhealthy" ? { end: "unhealthy" } : undefined;
}

/**
 * Whether the container's user can write to `/tmp`. A tmpfs is mounted with mode 1777 (Docker's `--tmpfs`). A bind mount of an empty
 * volume is root's with 0755, unless the image declares that folder as a volume: then it is as the image has it (ECS developer guide,
 * "Use bind mounts with Amazon ECS": "by default, the volume permissions are set to 0755 and the owner as root").
 */
function canWriteTmp(
  { linuxParameters, mountPoints = [], user, readonlyRootFilesystem }: ContainerDefinition,
  image: PulledImage,
) {
  if (linuxParameters?.tmpfs?.some(({ containerPath }) => containerPath === "/tmp")) return true;
  const mount = mountPoints.find(({ containerPath }) => containerPath === "/tmp");
  if (!mount) return readonlyRootFilesystem !== true;
  const [runsAs] = (user ?? image.contents.user ?? "root").split(":");
  return mount.readOnly !== true && (runsAs === "root" || runsAs === "0" || image.contents.volumes.includes("/tmp"));
}

/** Whether the check inside the container can succeed: its program must be in the image, and CMD-SHELL also needs a shell. */
function checked({ name = "", healthCheck }: ContainerDefinition, { contents }: PulledImage): Fate | undefined {
  const { command = [], startPeriod = 0, interval = 30, retries = 3 } = healthCheck ?? {};
  const { programs } = contents;
  const [how, ...rest] = command;
  if (how === undefined || how === "NONE" || !programs) return undefined;
  const asked = how === "CMD-SHELL" ? ["sh", rest.join(" ").split(/\s+/)[0] ?? ""] : rest.slice(0, 1);
  const lacking = asked
    .map((path) => path.split("/").at(-1) ?? "")
    .find((one) => !BUILT_IN.has(one) && !programs.includes(one));
  if (lacking === undefined) return undefined;
  const words = `exec: "${lacking}": executable file not found in $PATH`;
  return { end: "check-fails", container: name, seconds: startPeriod + retries * interval, words };
}

/** What every shell and every usual image can do. */
const BUILT_IN: ReadonlySet<string> = new Set(["true", "exit", "test", "[", "echo", "cat", "kill"]);
