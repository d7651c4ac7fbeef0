import type { CommonService } from "./stack.ts";

/** Where the value of a variable is stored, as the config says it. */
type Source = CommonService["container"]["secrets"][string];

/** One variable of a container whose value is a secret. */
export interface SecretVariable {
  /** The setting, within the service: `container.secrets.DB_URL`. */
  readonly path: string;
  readonly variable: string;
  /** `undefined` for the service's main container. */
  readonly sidecar: string | undefined;
  readonly source: Source;
}

/** All secrets of a service's containers. */
export function secretsOf({ container, sidecars }: Pick<CommonService, "container" | "sidecars">): SecretVariable[] {
  const of = (secrets: Readonly<Record<string, Source>>, at: string, sidecar?: string) =>
    Object.entries(secrets).map(([variable, source]) => ({
      path: `${at}.secrets.${variable}`,
      variable,
      sidecar,
      source,
    }));
  return [
    ...of(container.secrets, "container"),
    ...Object.entries(sidecars).flatMap(([name, { secrets }]) => of(secrets, `sidecars.${name}`, name)),
  ];
}

/** Whether a service reads parameters of SSM, or secrets of Secrets Manager. */
export const readsFrom = (
  service: Pick<CommonService, "container" | "sidecars">,
  where: "ssm" | "secretsManager",
): boolean => secretsOf(service).some(({ source }) => (source.ssm !== undefined) === (where === "ssm"));

/** The variables whose values are generated, each once however many services name it, in alphabetical order. */
/** A secret of the stack whose value is generated. */
interface Generated {
  readonly variable: string;
  readonly length: number;
  readonly rotateDays: number | undefined;
}

export function generatedIn(services: readonly Pick<CommonService, "container" | "sidecars">[]): Generated[] {
  const made = new Map(
    services.flatMap((service) =>
      secretsOf(service).flatMap(({ variable, source: { generate } }) =>
        generate ? [[variable, generate] as const] : [],
      ),
    ),
  );
  return [...made]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([variable, { length, rotateDays }]) => ({ variable, length, rotateDays }));
}

/** The last part of the id of a generated secret's resource: `session-key` for `SESSION_KEY`. */
export const secretResource = (variable: string): string => variable.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");

/** The names that a setting may mean: `/shop/db` of the ARN of that parameter; that of `parameter/db` is of `db` or of `/db`. */
export function parameterNames(given: string): string[] {
  const [, path] = /^arn:[^:]*:ssm:[^:]*:\d*:parameter(\/.+)$/.exec(given) ?? [];
  if (path === undefined) return [given];
  return path.slice(1).includes("/") ? [path] : [path.slice(1), path];
}

/** Which secret a variable reads, whatever its key is: the same for all variables that read the same one. */
export const secretId = ({ secretsManager, own, ssm = "" }: Source): string =>
  own !== undefined ? `own:${own}` : secretsManager === undefined ? `ssm:${ssm}` : `secretsManager:${secretsManager}`;

/** Whether a secret exists before the stack does, so that a plan looks for it. */
export const isStored = ({ generate }: Source): boolean => generate === undefined;
