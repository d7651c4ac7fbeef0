import { Code, type ConfigObject, type ConfigValue } from "../config-text.ts";
import { resourcesOf } from "./addons.ts";
import { labelOf, some } from "./container.ts";
import { environmentOf, PLAIN_ENVIRONMENT } from "./environment.ts";
import { Fields, isMap, Ledger, overridden, type Left } from "./fields.ts";
import { serviceOf, type Converted } from "./service.ts";
import type { Workspace } from "./workspace.ts";

/** A workspace as a config, and what became of each field. */
export interface ConvertedStack {
  readonly config: ConfigObject;
  /** The environments; the first is that of commands without `--env`. */
  readonly environments: readonly [string, ...string[]];
  readonly services: readonly string[];
  /** What a template declares, which is code. */
  readonly resources: Code | undefined;
  readonly carried: readonly { readonly file: string; readonly field: string }[];
  readonly left: readonly Left[];
}

/** CloudWatch Logs keeps events for certain numbers of days only; Copilot takes the same ones. */
const USUAL_RETENTION = 30;

/** Converts a workspace: the first environment is the config, and the others are what differs from it. */
export function convert(workspace: Workspace, name: string, region: string | undefined): ConvertedStack {
  const ledger = new Ledger();
  const names = namesOf(workspace, ledger);
  const environments = environmentsOf(workspace);
  const [first = "test"] = environments;
  const whole = (environments.length === 0 ? [first] : environments).map(
    (environment) => [environment, stackOf(workspace, environment, names, ledger)] as const,
  );
  const base = commonOf(whole.map(([, own]) => own));
  const differing = whole.flatMap(([environment, own]) => {
    const difference = differenceOf(base, own);
    return difference === undefined && environment === first ? [] : [[environment, difference ?? {}] as const];
  });
  for (const file of workspace.others)
    ledger.leave(
      file,
      "(the file)",
      file.includes("pipeline")
        ? "every stack has a pipeline of its own, which fairlead deploy starts; for deployments from GitHub: fairlead init --github"
        : "overrides of templates have no counterpart; to change a field of a resource, use patch with its id in the plan",
    );
  const resources = resourcesOf(workspace.addons, names, ledger);
  return {
    config: {
      name,
      environment: first,
      region: region ?? regionOf(whole.map(([, own]) => own)),
      ...base,
      ...(differing.length > 0 && { environments: Object.fromEntries(differing) }),
    },
    environments: [first, ...environments.slice(1)],
    services: [...names.values()],
    resources,
    carried: ledger.carried,
    left: ledger.left,
  };
}

/** The names of services here, by those in Copilot. */
function namesOf({ services }: Workspace, ledger: Ledger): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { name, file } of services) {
    const plain = labelOf(name);
    let own = plain;
    for (let next = 2; [...names.values()].includes(own); next++) own = `${plain.slice(0, 17)}-${next}`;
    if (own !== name)
      ledger.leave(
        file,
        "name",
        `names have at most 20 lower-case letters, digits and hyphens; the service is called ${own}`,
      );
    names.set(name, own);
  }
  return names;
}

/** All environments that are named anywhere; those for tests first, so that a command without --env works on one of them. */
function environmentsOf({ services, environments }: Workspace): string[] {
  const named = services.flatMap(({ content }) => {
    const own = content["environments"];
    return isMap(own) ? Object.keys(own) : [];
  });
  const all = [...new Set([...environments.map(({ name }) => name), ...named])].toSorted();
  const isTest = (name: string) => /^(?:dev|test|staging|stage|qa)/.test(name);
  return [...all.filter(isTest), ...all.filter((name) => !isTest(name))];
}

function stackOf(
  { root, application = "app", services, environments }: Workspace,
  environment: string,
  names: ReadonlyMap<string, string>,
  ledger: Ledger,
): ConfigObject {
  const converted = new Map<string, Converted>();
  for (const { name, file, content } of services) {
    const own = content["environments"];
    const over = isMap(own) ? own[environment] : undefined;
    const fields = new Fields(overridden(content, over), file, ledger);
    const service = serviceOf(fields, { root, application, environment, service: name });
    if (typeof service === "string") ledger.leave(file, "(the service)", service);
    else converted.set(names.get(name) ?? name, service);
  }
  oneArchitecture(converted, services, names, ledger);
  const manifest = environments.find(({ name }) => name === environment);
  const { network, hasCdn, allowFrom, accessLogs, containerInsights } = manifest
    ? environmentOf(new Fields(manifest.content, manifest.file, ledger))
    : PLAIN_ENVIRONMENT;
  const all = [...converted.values()];
  const aliases = [...new Set(all.flatMap((one) => one.aliases))];
  const zone = all.flatMap((one) => one.zone ?? [])[0];
  const open = all.filter(({ isPublic }) => isPublic);
  const sources = [...new Set([...allowFrom, ...open.flatMap((one) => one.allowFrom)])];
  const days = all.flatMap(({ retentionDays }) => retentionDays ?? []);
  const isOpen =
    all.length > 0 && all.every(({ placement }) => placement === "public") && network?.["vpc"] === undefined;
  return (
    some({
      network: isOpen ? { ...network, nat: "none", tasks: "public" } : network,
      edge: open.length > 0 && !hasCdn ? false : undefined,
      domain: aliases.length === 0 ? undefined : aliases.length === 1 ? aliases[0] : aliases,
      dns: zone === undefined ? undefined : { zone },
      balancer: open.length > 0 && !hasCdn && sources.length > 0 ? { allowFrom: sources } : undefined,
      // Copilot's are those of the load balancer (Environment manifest, `http.public.access_logs`).
      accessLogs: accessLogs && open.length > 0 ? { balancer: true } : undefined,
      logs:
        days.length === 0 || Math.max(...days) === USUAL_RETENTION ? undefined : { retentionDays: Math.max(...days) },
      cluster: containerInsights || all.some((one) => one.scalesOnBacklog) ? undefined : { containerInsights: false },
      services: routed(converted),
    }) ?? {}
  );
}

/** The images of all services are built on one machine: where their processors differ, all are built for x86_64, which needs no setting. */
function oneArchitecture(
  converted: Map<string, Converted>,
  services: Workspace["services"],
  names: ReadonlyMap<string, string>,
  ledger: Ledger,
): void {
  const built = [...converted].filter(([, { service }]) => service["build"] !== undefined);
  const arm = built.filter(([, { service }]) => service["architecture"] !== undefined);
  if (arm.length === built.length) return;
  for (const [name, one] of arm) {
    const { architecture: _, ...service } = one.service;
    converted.set(name, { ...one, service });
    const file = services.find((manifest) => names.get(manifest.name) === name)?.file ?? name;
    ledger.leave(
      file,
      "platform",
      "one machine builds the images of all services, and others are for x86_64, so this one is too; for arm64, let the manifests of all have it",
    );
  }
}

/** Services with hosts and paths of their own: App Runner gave each an address, which the stack has one of. */
function routed(converted: ReadonlyMap<string, Converted>): ConfigObject {
  const open = [...converted].filter(([, { isPublic }]) => isPublic);
  const isShared = open.length > 1;
  let hasRoot = open.some(([, { service }]) => service["path"] === "/*");
  return Object.fromEntries(
    [...converted].map(([name, { service, isPublic, aliases }]) => {
      if (!isPublic) return [name, service];
      const host = isShared && aliases.length > 0 ? aliases : undefined;
      let { path } = service;
      if (path === undefined && host === undefined) {
        path = hasRoot ? [`/${name}`, `/${name}/*`] : "/*";
        hasRoot = true;
      }
      const { internal, type, path: _, ...rest } = service;
      return [name, some({ type, internal, path: path ?? "/*", host, ...rest }) ?? {}];
    }),
  );
}

/** The region of the zones that an environment names: a zone is its region and a letter. */
function regionOf(all: readonly ConfigObject[]): string | undefined {
  const networks = all.map(({ network }) => network).filter(isObject);
  const zones = networks.flatMap(({ zones: named }) => (Array.isArray(named) ? (named as readonly ConfigValue[]) : []));
  return zones.map((zone) => (typeof zone === "string" ? zone.replace(/[a-z]$/, "") : undefined))[0];
}

/** What all environments have: where they differ, the value of the first. An environment can override a setting, but not take it away. */
function commonOf(all: readonly ConfigObject[]): ConfigObject {
  const [first = {}, ...others] = all;
  const common = Object.entries(first).flatMap(([key, value]): [string, ConfigValue][] => {
    const values = others.map((other) => other[key]);
    if (value === undefined || values.includes(undefined)) return [];
    const objects = values.filter(isObject);
    if (!isObject(value) || objects.length < values.length) return [[key, value]];
    const inner = commonOf([value, ...objects]);
    // A group that has nothing in common says nothing; one that is empty everywhere does.
    const says = Object.keys(inner).length > 0 || [value, ...objects].every((one) => Object.keys(one).length === 0);
    return says ? [[key, inner]] : [];
  });
  return Object.fromEntries(common);
}

/** What an environment has that the config has not, or in another way. */
function differenceOf(base: ConfigObject, own: ConfigObject): ConfigObject | undefined {
  const differing = Object.entries(own).flatMap(([key, after]): [string, ConfigValue][] => {
    const before = base[key];
    const inner = isObject(before) && isObject(after) ? differenceOf(before, after) : after;
    return inner === undefined || JSON.stringify(before) === JSON.stringify(after) ? [] : [[key, inner]];
  });
  return differing.length === 0 ? undefined : Object.fromEntries(differing);
}

const isObject = (value: ConfigValue): value is ConfigObject =>
  typeof value === "object" && !Array.isArray(value) && !(value instanceof Code);
