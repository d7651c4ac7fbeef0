import type { Checker } from "./checker.ts";
import { list } from "./show.ts";
import type { Service } from "./stack.ts";

type Dependencies = Service["dependsOn"];

/** Rules between the containers of a service's tasks. */
export function checkContainers(check: Checker, service: Service): void {
  checkDependencies(check, service);
  checkShares(check, service);
}

function checkDependencies(check: Checker, { name, container, dependsOn, sidecars }: Service): void {
  const at = `services.${name}`;
  if (Object.hasOwn(sidecars, name))
    check.report(`${at}.sidecars.${name}`, name, "is the main container's name; allowed: another name");
  const all = new Map<string, { dependsOn: Dependencies; path: string; checked: boolean; essential: boolean }>([
    [name, { dependsOn, path: `${at}.dependsOn`, checked: container.healthCheck !== undefined, essential: true }],
  ]);
  for (const [key, { dependsOn: needs, healthCheck, essential }] of Object.entries(sidecars))
    all.set(key, {
      dependsOn: needs,
      path: `${at}.sidecars.${key}.dependsOn`,
      checked: healthCheck !== undefined,
      essential,
    });
  for (const [own, { dependsOn: needs, path }] of all) {
    for (const [needed, condition] of Object.entries(needs)) {
      const other = all.get(needed);
      const setting = `${path}.${needed}`;
      if (other === undefined || needed === own) {
        const names = [...all.keys()].filter((key) => key !== own);
        const allowed = names.length === 0 ? "none (there is no other container)" : list(names);
        check.report(setting, needed, `is not another container of the service; allowed: ${allowed}`);
      } else if (condition === "HEALTHY" && !other.checked) {
        // ECS API Reference, ContainerDependency: HEALTHY requires a health check in the task definition.
        check.report(setting, condition, `requires a health check; allowed: when ${needed} has a healthCheck`);
      } else if ((condition === "COMPLETE" || condition === "SUCCESS") && other.essential) {
        // The same: these two cannot be set on an essential container.
        const rest = `waits for the exit of an essential container, which stops the task; allowed: "START", "HEALTHY", or essential: false for ${needed}`;
        check.report(setting, condition, rest);
      }
    }
  }
  const circle = circleIn(new Map([...all].map(([key, one]) => [key, Object.keys(one.dependsOn)])));
  if (circle !== undefined)
    check.report(
      `${at}.dependsOn`,
      circle,
      "is a dependency cycle, so no container can start; allowed: dependencies without a cycle",
    );
}

/** The first dependency cycle, if there is one. */
function circleIn(needs: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (done.has(name)) return undefined;
    for (const other of needs.get(name) ?? []) {
      const found = visit(other, [...path, name]);
      if (found) return found;
    }
    done.add(name);
    return undefined;
  };
  for (const name of needs.keys()) {
    const found = visit(name, []);
    if (found) return found.length > 2 ? found : undefined;
  }
  return undefined;
}

/** The containers of a task share its CPU, its memory and its network interface. */
function checkShares(check: Checker, { name, container, sidecars, type }: Service): void {
  const at = `services.${name}`;
  const parts = Object.values(sidecars);
  for (const key of ["cpu", "memory"] as const) {
    const reserved = parts.reduce((sum, part) => sum + (part[key] ?? 0), 0);
    // ECS API Reference, ContainerDefinition: the sum that all containers reserve must be lower than what the task has.
    if (reserved === 0 || reserved < container[key]) continue;
    const rest = `is the total ${key} that the sidecars reserve, which leaves none for the main container; allowed: less than ${container[key]} (container.${key})`;
    check.report(`${at}.sidecars`, reserved, rest);
  }
  const ports = new Map<number, string>(type === "web" ? [[container.port, name]] : []);
  for (const [key, { port }] of Object.entries(sidecars)) {
    const other = port === undefined ? undefined : ports.get(port);
    if (port === undefined) continue;
    if (other === undefined) ports.set(port, key);
    else check.report(`${at}.sidecars.${key}.port`, port, `is already the port of ${other}; allowed: another port`);
  }
}
