import type { Checker } from "./checker.ts";
import { list } from "./show.ts";
import type { Service } from "./stack.ts";
import { volumeUser } from "./volumes.ts";

/** Rules on the volumes of a service: where they are mounted, whose files are in them, and whose they are. */
export function checkVolumes(check: Checker, service: Service): void {
  const { name, volumes, container } = service;
  const mounts = new Map<string, string>(
    container.readonlyRootFilesystem ? [["/tmp", "the in-memory file system"]] : [],
  );
  for (const [key, volume] of Object.entries(volumes)) {
    const at = `services.${name}.volumes.${key}`;
    const path = volume.path.replace(/(?<=.)\/+$/, "");
    const other = mounts.get(path);
    if (other === undefined) mounts.set(path, `volume ${key}`);
    else check.report(`${at}.path`, volume.path, `is already the mount path of ${other}; allowed: another path`);
    if (path === "/" || path.includes("//"))
      check.report(`${at}.path`, volume.path, "is not a folder; allowed: a path such as /data");
    if (volume.of === undefined) checkUser(check, service, key);
    else checkShared(check, service, key, volume.of);
  }
}

function checkUser(check: Checker, service: Service, key: string): void {
  const volume = service.volumes[key];
  if (!volume || volumeUser(service, volume) !== undefined) return;
  const rest = `is a name, but the owner of a volume's files is a number; allowed: a number, or a name with volumes.${key}.uid`;
  check.report(`services.${service.name}.container.user`, service.container.user, rest);
}

function checkShared(check: Checker, { name, volumes }: Service, key: string, of: string): void {
  const at = `services.${name}.volumes.${key}`;
  const owners = check.stack.services.filter(
    (other) => other.name !== name && other.volumes[key] !== undefined && other.volumes[key].of === undefined,
  );
  if (!owners.some((other) => other.name === of)) {
    const names = owners.map((other) => other.name);
    const allowed = names.length === 0 ? "omit `of`, for the service's own volume" : list(names);
    check.report(`${at}.of`, of, `is not another service with its own volume ${key}; allowed: ${allowed}`);
  }
  for (const field of ["uid", "gid"] as const)
    if (volumes[key]?.[field] !== undefined)
      check.report(`${at}.${field}`, volumes[key][field], `is set by the service ${of}; allowed: omit it`);
}
