import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Found } from "./detect.ts";

/** What is set in the config of a service that an existing Dockerfile is run with. */
export interface Chosen {
  readonly port: number;
  readonly healthCheckPath: string;
}

/** Ports below this one need the rights of root, unless the container runtime lifts that, which Fargate does not document. */
const FIRST_FREE_PORT = 1024;

/** The user that a container has to run as, if it is another than the default of `container.user`; undefined for the default. */
export function userFor({ dockerfile }: Pick<Found, "dockerfile">, port: number): string | undefined {
  if (dockerfile === undefined) return undefined;
  if (dockerfile.user !== undefined) return /^1000(?::1000)?$/.test(dockerfile.user) ? undefined : dockerfile.user;
  return port < FIRST_FREE_PORT && !dockerfile.userIsVariable ? "root" : undefined;
}

/** What is worth knowing about an existing Dockerfile, each with what to do. `place` is how it is called. */
export function findingsOf(
  directory: string,
  place: string,
  found: Found,
  { port, healthCheckPath }: Chosen,
): string[] {
  const { dockerfile, readsPort, app } = found;
  if (dockerfile === undefined) return [];
  const { ports, fromDockerHub } = dockerfile;
  const user = userFor(found, port);
  const findings: (string | false)[] = [
    dockerfile.user === undefined &&
      !dockerfile.userIsVariable &&
      (user === "root"
        ? `${place} runs as root, which port ${port} needs, so the config sets container.user to "root". To run it without, let it listen on a port from ${FIRST_FREE_PORT} on, add USER 1000:1000 and remove that setting.`
        : `${place} has no USER, so it runs as root elsewhere; on ECS it runs as user 1000 (container.user). Add USER 1000:1000, so that it runs alike everywhere.`),
    dockerfile.userIsVariable &&
      `USER of ${place} is a variable. Set container.user to its value; the default is 1000.`,
    "The root file system is read-only (container.readonlyRootFilesystem); /tmp can be written to.",
    // Amazon ECS API Reference, ContainerDefinition, healthCheck: health checks of images are not monitored by ECS.
    dockerfile.hasHealthCheck &&
      `ECS ignores HEALTHCHECK of ${place}. The load balancer requests ${healthCheckPath}; for a check inside the container, set container.healthCheck.`,
    ports.length > 0 &&
      !ports.includes(port) &&
      `${place} has EXPOSE ${ports.join(" ")}, and the config has port ${port}, which reaches the container as PORT. Let the application listen there, or set container.port.`,
    ports.length > 1 &&
      ports.includes(port) &&
      `${place} has EXPOSE ${ports.join(" ")}; the load balancer uses ${port}.`,
    !readsPort &&
      app !== undefined &&
      `No source reads PORT, so the application has to listen on ${port} by itself (container.port).`,
    dockerfile.startsShell &&
      `${place} starts a shell, which does not pass on SIGTERM: a task that stops is killed after container.stopTimeout. Write CMD as a list: CMD ["program", "argument"].`,
    fromDockerHub.length > 0 &&
      `Docker Hub rate-limits builds, which share IP addresses (toomanyrequests). Take ${fromDockerHub.join(", ")} from Amazon ECR Public: ${fromDockerHub.map(mirrored).join(", ")}.`,
    dockerfile.copiesAll &&
      !existsSync(join(directory, ".dockerignore")) &&
      `${place} copies the whole folder, and there is no .dockerignore: exclude .git, .env and .fairlead there.`,
  ];
  return findings.filter((one) => one !== false);
}

/** The mirror of the Docker Official Images in Amazon ECR Public; images of others are published there under names of their own. */
function mirrored(image: string): string {
  const plain = image.replace(/^docker\.io\//, "").replace(/^library\//, "");
  return plain.includes("/") ? `${plain} (see gallery.ecr.aws)` : `public.ecr.aws/docker/library/${plain}`;
}
