import type { Checker } from "./checker.ts";
import { generatedIn, secretResource, secretsOf } from "./secrets.ts";
import { show } from "./show.ts";
import type { Service } from "./stack.ts";

const SOURCES = ["secretsManager", "own", "ssm", "generate"] as const;

/** Rules on the secrets of a service's containers. */
export function checkSecrets(check: Checker, service: Service): void {
  const { container, sidecars } = service;
  for (const { path, variable, sidecar, source } of secretsOf(service)) {
    if (!check.usable(path)) continue;
    const given = SOURCES.filter((key) => source[key] !== undefined);
    const report = (value: unknown, rest: string) => check.report(path, value, rest);
    if (given.length !== 1) report(Object.keys(source), `must have one source; allowed: one of ${SOURCES.join(", ")}`);
    if (source.key !== undefined && source.secretsManager === undefined && source.own === undefined)
      report(source.key, "is a key of a secret in Secrets Manager; allowed: with secretsManager or own");
    const arn = /^arn:[^:]+:\w+:([^:]+)/.exec(source.secretsManager ?? source.ssm ?? "");
    if (arn?.[1] !== undefined && arn[1] !== check.stack.region)
      report(
        arn[0],
        `is in region ${arn[1]}, and the stack is in ${check.stack.region}; allowed: a secret of the stack's region (replicate it there)`,
      );
    if (sidecar === undefined && variable === "PORT")
      report(variable, "is set by Fairlead; allowed: any other name (container.port sets the port)");
    if (source.generate) checkGenerated(check, path, variable, source.generate);
    // ECS API Reference, ContainerDefinition: a name is either in `environment` or in `secrets`.
    const environment = sidecar === undefined ? container.environment : sidecars[sidecar]?.environment;
    if (environment && Object.hasOwn(environment, variable))
      report(variable, "is also in environment; allowed: in one of the two");
  }
}

/** Services that name the same variable get the same secret. */
function checkGenerated(
  check: Checker,
  path: string,
  variable: string,
  { length, rotateDays }: { readonly length: number; readonly rotateDays?: number | undefined },
): void {
  // "Do not end your secret name with a hyphen followed by six characters" (Secrets Manager API Reference, CreateSecret, Name).
  if (/-.{6}$/.test(variable))
    check.report(path, variable, "ends with a hyphen and six characters, as ARNs of secrets do; allowed: another name");
  for (const other of generatedIn(check.stack.services)) {
    if (other.variable === variable && other.length !== length)
      check.report(
        `${path}.generate.length`,
        length,
        `differs from ${other.length} of another container, and both get the same value; allowed: ${other.length}`,
      );
    if (other.variable === variable && other.rotateDays !== rotateDays)
      check.report(
        `${path}.generate.rotateDays`,
        rotateDays,
        `differs from ${other.rotateDays ?? "no rotation"} of another container, and both get the same value; allowed: the same in both`,
      );
    if (other.variable > variable && secretResource(other.variable) === secretResource(variable))
      check.report(path, variable, `differs too little from ${show(other.variable)}; allowed: another name`);
  }
}
