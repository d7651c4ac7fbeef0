import { ConfigError } from "./errors.ts";
import type { Service, Stack } from "./stack.ts";

/** Settings that the schema knows and no component supports yet: the setting, and whether the service uses it. */
const unbuilt: readonly (readonly [setting: string, uses: (service: Service) => boolean])[] = [
  ["architecture", ({ architecture }) => architecture !== "x86_64"],
  ["volumes", ({ volumes }) => Object.keys(volumes).length > 0],
];

/** Refuses settings that no component supports yet, so that no setting is ignored silently. */
export function refuseUnbuilt({ services }: Stack): void {
  const problems = services.flatMap((service) =>
    unbuilt
      .filter(([, uses]) => uses(service))
      .map(([setting]) => ({
        path: `services.${service.name}.${setting}`,
        message: "is not supported yet; allowed: omit it",
      })),
  );
  if (problems.length > 0) throw new ConfigError(problems);
}
