import { ConfigError } from "./errors.ts";
import { list } from "./show.ts";
import type { Service, Stack } from "./stack.ts";

/** What a service may say already and no component builds yet: the setting, and whether the service uses it. */
const unbuilt: readonly (readonly [setting: string, uses: (service: Service) => boolean])[] = [
  ["type", ({ type }) => type !== "web"],
  ["container.entryPoint", ({ container }) => container.entryPoint !== undefined],
  ["sidecars", ({ sidecars }) => Object.keys(sidecars).length > 0],
  ["dependsOn", ({ dependsOn }) => Object.keys(dependsOn).length > 0],
  ["build", ({ build }) => build !== undefined && !isUsual(build)],
  ["image", ({ image }) => image !== undefined],
  ["imageOf", ({ imageOf }) => imageOf !== undefined],
  ["architecture", ({ architecture }) => architecture !== "x86_64"],
  ["ephemeralStorage", ({ ephemeralStorage }) => ephemeralStorage !== undefined],
  ["volumes", ({ volumes }) => Object.keys(volumes).length > 0],
  ["spot", ({ spot }) => spot !== undefined],
  ["release", (service) => service.type !== "job" && service.release !== undefined],
  ["path", (service) => service.type === "web" && !service.internal && service.paths.join() !== "/*"],
  ["host", (service) => service.type === "web" && service.hosts.length > 0],
  ["priority", (service) => service.type === "web" && service.priority !== 100],
  ["internal", (service) => service.type === "web" && service.internal],
  ["scaling.requestsPerTarget", (service) => service.type === "web" && service.scaling.requestsPerTarget !== undefined],
];

const isUsual = ({ context, dockerfile, target, args }: Service["build"] & {}): boolean =>
  context === "service" && dockerfile === "Dockerfile" && target === undefined && Object.keys(args).length === 0;

/** Refuses what the schema knows and no component builds yet, so that no setting is taken and passed over. */
export function refuseUnbuilt({ services }: Stack): void {
  const [only, ...others] = services;
  if (only === undefined) return;
  if (others.length > 0 || only.name !== "web") {
    const named = list(services.map(({ name }) => name));
    throw new ConfigError([
      { path: "services", message: `${named} are not supported yet; allowed: one web service, called web` },
    ]);
  }
  const problems = unbuilt
    .filter(([, uses]) => uses(only))
    .map(([setting]) => ({
      path: `services.${only.name}.${setting}`,
      message: "is not supported yet; allowed: to leave it out",
    }));
  if (problems.length > 0) throw new ConfigError(problems);
}
