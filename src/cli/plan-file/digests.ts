// What a plan file says of a plan: digests alone, no value of a setting. Whoever reads the file can try out values until the digest is the same, so
// what looks like a secret is only in one that takes a tenth of a second to compute, and all are salted.
import { createHmac, scrypt } from "node:crypto";
import { isLeft, type Action, type Plan } from "../../engine/action.ts";
import type { Aws } from "../../aws/aws.ts";
import { secretFields } from "../../engine/fields.ts";
import { HIDDEN, masked, nameIn } from "../../masking.ts";
import type { State } from "../../../state/state.ts";
import { readStack, type Session } from "../session.ts";
import type { PlannedRegion } from "./format.ts";

/**
 * What the distribution of the first region gets of the second one: there is nothing to read until the same run has created the load balancer
 * there.
 */
const STANDBY = { id: "edge/distribution", fields: ["failoverDomain", "failoverSecret", "active"] } as const;

/** What the plan of a session's region is, for the file. */
export async function plannedRegion(
  session: Session,
  plan: Plan<Aws>,
  state: State,
  salt: string,
): Promise<PlannedRegion> {
  const { aws, endpoint } = session;
  const digest = (of: unknown) => createHmac("sha256", salt).update(stable(of)).digest("hex");
  const { region: _, ...config } = await readStack(session.flags, session);
  const distribution = plan.actions.find(({ id }) => id === STANDBY.id);
  const standby = distribution && standbyIn(distribution);
  const changing = plan.actions.map(withoutStandby).filter(({ action }) => action !== "noop");
  const old = plan.old.map(({ id, generation }) => ({ id, action: "delete", digest: digest(generation.id ?? "") }));
  const [shown, whole] = [essence(true), essence(false)].map((of) => [...changing].toSorted(byId).map(of));
  const hidden = stable([masked(config), shown]);
  const all = stable([config, whole]);
  return {
    account: aws.account,
    region: aws.region,
    ...(endpoint === undefined ? {} : { endpoint }),
    config: digest(masked(config)),
    state: { serial: state.serial, resources: digest(recorded(state)) },
    actions: [
      ...changing.map((one) => ({ id: one.id, action: one.action, digest: digest(essence(true)(one)) })),
      ...old,
    ],
    ...(standby === undefined ? {} : { standby: digest(standby) }),
    ...(hidden === all ? {} : { secrets: await slowDigest(all, salt) }),
  };
}

const byId = (a: Action<Aws>, b: Action<Aws>) => (a.id < b.id ? -1 : 1);

/** What an action will do. Attributes that AWS reports and that do not change it, such as a status, are left out. */
const essence =
  (hides: boolean) =>
  ({ id, kind, action, order, why, differences, observed, desired, unaccounted, interrupts }: Action<Aws>) => {
    const secrets = new Set<string>(hides ? secretFields(kind) : []);
    const shown = (of: unknown, name: string) => (hides ? masked(of, name) : of);
    return [
      [id, kind.type, action, order, why, observed?.id, unaccounted, isLeft({ action, observed })],
      [interrupts?.why, interrupts?.seconds],
      Object.entries(desired ?? {}).map(([field, value]) => [field, secrets.has(field) ? HIDDEN : shown(value, field)]),
      differences.map(({ path, old, new: to, cause, replaces }) => {
        const name = nameIn(path);
        return [path, unordered(shown(old, name)), shown(to, name), cause, replaces];
      }),
    ];
  };

const isStandby = (name: string) => STANDBY.fields.some((field) => field === name);

/** What the distribution gets of the second region. The secret is a random one of 160 bits, which nobody tries out. */
function standbyIn({ desired = {}, differences }: Action<Aws>): unknown {
  const wanted = STANDBY.fields.map((field) => desired[field]);
  const changes = differences.filter(({ path }) => isStandby(path));
  return wanted.every((value) => value === undefined) && changes.length === 0 ? undefined : [wanted, changes];
}

/** An action as it is apart from that; one that does nothing else does nothing then. */
function withoutStandby(action: Action<Aws>): Action<Aws> {
  if (action.id !== STANDBY.id) return action;
  const desired = Object.fromEntries(Object.entries(action.desired ?? {}).filter(([field]) => !isStandby(field)));
  const differences = action.differences.filter(({ path }) => !isStandby(path));
  const isDone = action.action === "update" && differences.length === 0;
  return { ...action, desired, differences, ...(isDone ? { action: "noop" } : {}) };
}

/** Which resources the state records. Not with what spec: what was planned from that is in the plan. */
const recorded = ({ resources }: State) =>
  Object.entries(resources).map(([id, { type, status, id: own, old = [] }]) => [
    id,
    [type, status, own, old.map((generation) => generation.id)],
  ]);

/** JSON in which it does not matter in which order an object has its properties. */
const stable = (of: unknown): string =>
  JSON.stringify(of, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  ) ?? "";

/** What AWS has now will be replaced, whatever the order is that AWS lists it in. */
const unordered = (of: unknown): unknown =>
  Array.isArray(of) ? of.map((item: unknown) => stable(unordered(item))).toSorted() : of;

/**
 * Slow on purpose, in time and in memory: N=2^15, r=8, p=3 is one of the settings of the Password Storage Cheat Sheet (OWASP). It needs
 * 128 * N * r bytes, a little more than Node allows by itself (Node.js documentation, crypto.scrypt).
 */
const slowDigest = (text: string, salt: string): Promise<string> =>
  new Promise((resolve, reject) => {
    scrypt(text, salt, 32, { N: 2 ** 15, r: 8, p: 3, maxmem: 2 ** 26 }, (error, key) =>
      error ? reject(error) : resolve(key.toString("hex")),
    );
  });
