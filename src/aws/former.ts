import type { Observation } from "../engine/observe.ts";
import type { Aws } from "./aws.ts";
import { ownerOfStack } from "./owner.ts";

/** The stack settings that resources of Fairlead 0.1 reveal. */
interface Told {
  readonly name: string;
  readonly environment: string;
  readonly region: string;
}

/**
 * The resources that have a mark of Fairlead 0.1 and are provably this stack's without a state. Such a mark has name and
 * environment in one word and no region: the first two are proven if no other split of that word is possible, or by the container, which 0.1
 * named after the stack; the region by the resource's region, or for a distribution by its origin's region. Roles and headers
 * policies prove nothing, and are never treated as this stack's.
 */
export function provenIn({ owner }: Pick<Aws, "owner">, stack: Told, { current }: Observation): ReadonlySet<string> {
  const marks = ownerOfStack(owner);
  const proven = new Set<string>();
  const named = isOneWord(stack) || isOfThisContainer(stack, current.get("compute/task-definition")?.spec);
  if (!named) return proven;
  for (const [id, observed] of current) {
    if (observed?.owner === undefined || marks.formerly?.(observed.owner) !== id) continue;
    const origin = observed.spec["originDomain"];
    const isGlobal = typeof origin === "string";
    const isRole = observed.spec["trust"] !== undefined || observed.spec["hsts"] !== undefined;
    if (isGlobal ? origin.includes(`.${stack.region}.`) : !isRole) proven.add(id);
  }
  return proven;
}

/** Whether `<name>-<environment>` can be split in only one way. */
const isOneWord = ({ name, environment }: Told) => !name.includes("-") && !environment.includes("-");

function isOfThisContainer({ name, environment }: Told, spec: Readonly<Record<string, unknown>> | undefined): boolean {
  const container = spec?.["container"] as { name?: unknown; environment?: { APP_ENV?: unknown } } | undefined;
  return container?.name === name && container.environment?.APP_ENV === environment;
}
