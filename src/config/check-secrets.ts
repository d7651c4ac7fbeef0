import type { Checker } from "./checker.ts";
import { secretsOf } from "./secrets.ts";
import type { Service } from "./stack.ts";

const SOURCES = ["secretsManager", "ssm"] as const;

/** Rules on the secrets of a service's containers. */
export function checkSecrets(check: Checker, service: Service): void {
  const { container, sidecars } = service;
  for (const { path, variable, sidecar, source } of secretsOf(service)) {
    if (!check.usable(path)) continue;
    const given = SOURCES.filter((key) => source[key] !== undefined);
    const report = (value: unknown, rest: string) => check.report(path, value, rest);
    if (given.length !== 1) report(Object.keys(source), `must have one source; allowed: one of ${SOURCES.join(", ")}`);
    if (source.key !== undefined && source.secretsManager === undefined)
      report(source.key, "is a key of a secret in Secrets Manager; allowed: with secretsManager");
    const arn = /^arn:[^:]+:\w+:([^:]+)/.exec(source.secretsManager ?? source.ssm ?? "");
    if (arn?.[1] !== undefined && arn[1] !== check.stack.region)
      report(
        arn[0],
        `is in region ${arn[1]}, and the stack is in ${check.stack.region}; allowed: a secret of the stack's region (replicate it there)`,
      );
    if (sidecar === undefined && variable === "PORT")
      report(variable, "is set by Fairlead; allowed: any other name (container.port sets the port)");
    // ECS API Reference, ContainerDefinition: a name is either in `environment` or in `secrets`.
    const environment = sidecar === undefined ? container.environment : sidecars[sidecar]?.environment;
    if (environment && Object.hasOwn(environment, variable))
      report(variable, "is also in environment; allowed: in one of the two");
  }
}
