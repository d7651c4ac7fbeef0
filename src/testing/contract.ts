import { equal as same, fail, ok } from "node:assert/strict";
import { markOf, type Identity } from "../aws/owner.ts";
import { taggedResources } from "../aws/tagging.ts";
import { ownerOf, ownerTags } from "../aws/tags.ts";
import { diff } from "../engine/diff.ts";
import { equal } from "../engine/equal.ts";
import { factsOf, isTagged } from "../engine/fields.ts";
import type { AttributeFacts, Observed, Seen } from "../engine/resource-kind.ts";
import { Snapshot } from "../engine/snapshot.ts";
import { TIMING } from "../simulator/timing.ts";
import type { Check, ContractCase } from "./contract-case.ts";
import { cutShort } from "./cut-short.ts";
import { pauseAfter, polling, TRIES, whenFree } from "./polling.ts";
import { simulatedAws, type Simulated } from "./simulated.ts";

const ID = "contract/subject";

/** Throws if two values differ; a property that is `undefined` is the same as one that is not there. */
function matches(actual: unknown, expected: unknown, what: string): void {
  if (!equal(actual, expected)) fail(`${what}: expected ${JSON.stringify(expected)}, not ${JSON.stringify(actual)}`);
}

/**
 * The checks of the contract that every resource kind keeps, on the simulated AWS. Any test runner runs them:
 * `for (const { name, run } of contract({ ... })) it(name, run);`
 */
export function contract<Spec extends object, Attrs extends object>(
  subject: ContractCase<Spec, Attrs>,
): readonly Check[] {
  const checks: Check[] = [];
  const it = (name: string, run: () => Promise<void>) => void checks.push({ name, run });
  const { kind } = subject;
  const setUp = async () => {
    const at = simulatedAws({ kinds: [kind] });
    const bare = await subject.spec(at);
    const spec = canonical(
      isTagged(kind)
        ? { ...bare, tags: { ...("tags" in bare ? (bare.tags as object) : {}), ...ownerTags(at.aws.owner, ID) } }
        : bare,
    );
    await at.clock.sleep(600_000);
    return { at, spec };
  };
  /** Whether an update in place changes attributes. */
  const renews = Object.values<AttributeFacts<Spec> | undefined>(kind.attrs ?? {}).some((facts) => facts?.changesWith);
  const canonical = (spec: Spec): Spec => kind.canonical?.(spec) ?? spec;
  const owner = (at: Simulated) => markOf(at.aws.owner, ID);
  const look = (at: Simulated, spec: Seen<Spec>, knownId?: string, brief = false) =>
    kind.observe(at.aws, { id: ID, owner: owner(at), knownId, excludeIds: [], brief, spec, snapshot: new Snapshot() });
  const create = async (at: Simulated, spec: Spec, mark = owner(at), token = "token-of-the-contract-suite") => {
    const told: string[] = [];
    const usable: unknown[] = [];
    const made = await kind.create(at.aws, spec, {
      owner: mark,
      token,
      secret: "a-secret-of-the-contract-suite-0123456789",
      created: async (id) => void told.push(id),
      usable: (attrs) => void usable.push(told.length === 0 ? "before its id is told" : attrs),
      until: polling(at),
    });
    matches(told, [made.id], "create tells its id once, as soon as it has it");
    if (usable.length > 0) matches(usable, [made.attrs], "create tells once with which attributes it is usable");
    return made;
  };
  /** Observes until ready, as the engine does: where reads lag behind writes, until they answer what was `written`. */
  const ready = async (at: Simulated, spec: Spec, knownId?: string, written = spec) => {
    const shows = (seen: Observed<Spec, Attrs>) =>
      kind.timing?.consistent === undefined || between(written, seen).differences.length === 0;
    let seen: Observed<Spec, Attrs> | undefined;
    for (let tries = 0; tries < TRIES; tries++) {
      seen = await look(at, spec, knownId);
      same(seen?.failed, undefined);
      if (seen?.ready && shows(seen)) return seen;
      await at.clock.sleep(pauseAfter(tries));
    }
    const by = knownId === undefined ? "its owner or its name" : "its id";
    if (!seen) throw new Error(`It never became ready: observe does not find it by ${by}.`);
    if (!seen.ready)
      throw new Error(`It never became ready: observe returns ready: false, status: ${seen.status ?? "none"}.`);
    return fail(`What was written is never read: ${JSON.stringify(between(written, seen).differences)}`);
  };
  /** Deletes, again where the kind says so, until it is not there any more, as the engine does. */
  const remove = async (at: Simulated, spec: Seen<Spec>, seen: Observed<Spec, Attrs>) => {
    subject.confirm?.(at);
    // The engine never deletes what stays.
    if (seen.stays !== undefined) return subject.destroy?.(at, seen);
    let again = await kind.delete(at.aws, seen);
    for (let tries = 0; tries < TRIES; tries++) {
      const left = await look(at, spec, seen.id);
      if (!left) return;
      if (again && left.ready) again = await kind.delete(at.aws, left);
      await at.clock.sleep(pauseAfter(tries));
    }
  };
  const update = (at: Simulated, seen: Observed<Spec, Attrs>, spec: Spec, changed: ReadonlySet<keyof Spec & string>) =>
    whenFree(at, () => kind.update(at.aws, seen, spec, changed));
  const between = (spec: Spec, seen: Observed<Spec, Attrs>) =>
    diff(kind, spec as Record<string, unknown>, spec as Record<string, unknown>, seen.spec as Record<string, unknown>);

  it("is absent before it is made", async () => {
    const { at, spec } = await setUp();
    same(await look(at, spec), undefined, "nothing is found by its owner");
    same(await look(at, spec, "no-such-id"), undefined, "nothing is found by an id that does not exist");
  });

  it("is found by its id and by its owner once made, ready in the end, and equal to what was asked for", async () => {
    const { at, spec } = await setUp();
    const made = await create(at, spec);
    await at.clock.sleep((kind.timing?.listed ?? 5) * 1000);
    const byOwner = await look(at, spec);
    same(byOwner?.id, made.id, "it is found by its owner");
    const seen = await ready(at, spec, made.id);
    same(seen.id, made.id, "it is found by its id");
    matches(seen.attrs, made.attrs, "observe returns the attributes that create returned");
    if (isTagged(kind)) same(seen.owner, owner(at), "it has the owner tags");
    matches(between(spec, seen).differences, [], "what was created differs from what was desired");
    const { id, attrs, ready: isReady, status } = seen;
    const polled = await look(at, spec, made.id, true);
    matches(
      { id: polled?.id, attrs: polled?.attrs, ready: polled?.ready, status: polled?.status },
      { id, attrs, ready: isReady, status },
      "a brief look returns something else",
    );
  });

  if (kind.traits?.markedAtOnce)
    it("is the stack's own from its create call on, and looked for while nothing else of it is known", async () => {
      const { at, spec } = await setUp();
      await cutShort(kind, at, spec, owner(at));
      await at.clock.sleep((kind.timing?.listed ?? 5) * 1000);
      const seen = await look(at, spec);
      // What cannot be marked may not exist yet: it is made by several calls.
      if (seen || !kind.traits?.ownerless)
        same(seen?.owner, owner(at), "it has its owner tags once its create call has returned");
      const found = await look(at, {});
      ok(found === undefined || found.id === seen?.id, "without its spec, something else is found");
    });

  it("changes nothing by being observed", async () => {
    const { at, spec } = await setUp();
    const made = await create(at, spec);
    await ready(at, spec, made.id);
    const before = JSON.stringify(at.world.data.tables);
    await look(at, spec, made.id);
    same(JSON.stringify(at.world.data.tables), before, "observe changed something");
  });

  const mutable = Object.keys(subject.edits) as (keyof Spec & string)[];
  it("has an edit, or a reason, for every field that can change in place", async () => {
    const { spec } = await setUp();
    const open = Object.keys(spec).filter(
      (field) =>
        field !== "tags" &&
        !factsOf(kind, field).immutable &&
        !factsOf(kind, field).ignoreChanges &&
        !mutable.includes(field as never),
    );
    matches(open, Object.keys(subject.without ?? {}), "fields without an edit");
  });

  for (const field of [...mutable, ...(isTagged(kind) ? (["tags"] as never[]) : [])])
    it(`sees and mends ${field}`, async () => {
      const { at, spec } = await setUp();
      const made = await create(at, spec);
      const seen = await ready(at, spec, made.id);
      const value =
        field === "tags"
          ? { ...(spec as { tags: object }).tags, team: "blue" }
          : await subject.edits[field]?.(spec, at);
      const edited = canonical({ ...spec, [field]: value });
      const changed = new Set([field]);
      // Somebody changes it outside Fairlead ...
      const renewed = await update(at, seen, edited, changed);
      if (field !== "tags" && !renews)
        matches(renewed ?? {}, {}, "attributes that an update changes are declared in attrs");
      const drifted = await ready(at, spec, renews ? undefined : made.id, edited);
      matches(between(edited, drifted).differences, [], "the edit arrived whole");
      if (factsOf(kind, field).ignoreDrift) return;
      if (field !== "tags") matches([...between(spec, drifted).changed], [field], "fields with drift");
      // ... and the next run mends exactly that.
      await update(at, drifted, spec, changed);
      const mended = await ready(at, spec);
      matches(between(spec, mended).differences, [], "drift that the update did not revert");
      const { tags = {} } = spec as { tags?: Record<string, string> };
      const left = (mended.spec as { tags?: Record<string, string> }).tags;
      if (field !== "tags") return;
      for (const [key, tag] of Object.entries(tags)) same(left?.[key], tag, `the tag ${key}`);
      same(left?.["team"], undefined, "update does not remove a tag that is not in the spec");
    });

  /** EC2's lists go on showing for a while what is deleted. */
  const unlisted = (at: Simulated) =>
    at.clock.sleep(kind.timing?.listed === undefined ? 0 : 2 * TIMING.deleteLag * 1_000);

  it("is gone after a delete, and a second delete is a success", async () => {
    const { at, spec } = await setUp();
    const made = await create(at, spec);
    const seen = await ready(at, spec, made.id);
    await remove(at, spec, seen);
    await unlisted(at);
    same(await look(at, spec, made.id), undefined, "it is still found by its id");
    same(await look(at, spec), undefined, "nothing is found by its owner");
    await kind.delete(at.aws, seen);
  });

  if (kind.list)
    it("is listed as the stack's own for as long as it is there, and found again by that id alone", async () => {
      const { at, spec } = await setUp();
      const made = await create(at, spec);
      await ready(at, spec, made.id);
      await at.clock.sleep((kind.timing?.listed ?? 5) * 1000);
      const listed = async (other: Identity = at.aws.owner) => {
        const all = (await kind.list?.({ ...at.aws, owner: other }, [])) ?? [];
        return all.filter((one) => one.id === made.id || one.owner === owner(at));
      };
      // What bears no tags of its own is listed by the mark of what it belongs to.
      const mark = isTagged(kind) ? owner(at) : markOf(at.aws.owner, "");
      const all = await listed();
      if (all.length === 0)
        fail(`list does not return it. If list selects by name, the name in spec must start with ${at.aws.stack}.`);
      same(all.length, 1, "it is listed once");
      same(all[0]?.id, made.id, "it is listed by its id");
      ok(isTagged(kind) ? all[0]?.owner === mark : all[0]?.owner?.startsWith(mark), "it is listed with its owner");
      // Whoever has another name, environment or region is another stack, also where the names come out alike.
      const others = [
        { ...at.aws.owner, name: "dem", environment: "o-test" },
        { ...at.aws.owner, environment: "test-2" },
        { ...at.aws.owner, region: "eu-west-1" },
      ];
      for (const other of others) matches(await listed(other), [], `resources of ${JSON.stringify(other)}`);
      // That id is all that a sweep knows.
      const nothing: Seen<Spec> = {};
      const found = await look(at, nothing, made.id);
      if (found?.id !== made.id) throw new Error("It is not found by its id alone.");
      await remove(at, nothing, found);
      await unlisted(at);
      same(await look(at, nothing, made.id), undefined, "it is still found after its delete");
      matches(await listed(), [], "it is still listed after its delete");
    });

  if (kind.inventory?.idIn)
    it("is found by the ARN that the Resource Groups Tagging API has for it", async () => {
      const { at, spec } = await setUp();
      const made = await create(at, spec);
      await ready(at, spec, made.id);
      await at.clock.sleep(2 * TIMING.tagging * 1_000);
      const more = kind.inventory?.tagged === undefined ? [] : [kind.inventory.tagged];
      const tagged = await taggedResources(at.aws, new Snapshot(), false, more);
      const own = tagged.filter(({ tags }) => ownerOf(tags) === owner(at));
      ok(
        own.some(({ arn }) => kind.inventory?.idIn?.(arn, at.aws) === made.id),
        "the tagging API is not asked for its service (for Fairlead's own kinds REGIONAL or GLOBAL in src/aws/tagging.ts, for a user's kind inventory.tagged), or idIn does not know its ARN",
      );
    });

  if (isTagged(kind))
    it("is found where another stack has it and a create would answer with it, so that the plan refuses", async () => {
      const { at, spec } = await setUp();
      const other: Identity = { ...at.aws.owner, name: "other" };
      const theirs = { ...spec, tags: { ...(spec as { tags: object }).tags, ...ownerTags(other, ID) } };
      const first = await create(at, theirs, markOf(other, ID), "token-of-another-stack");
      await ready(at, theirs, first.id);
      const seen = await look(at, spec);
      ok(seen?.owner !== owner(at), "a resource of another stack passes for this one's");
      const second = await create(at, spec).catch(() => undefined);
      if (second?.id === first.id) same(seen?.id, first.id, "observe finds it by name, whoever has it");
    });

  it("is made again after it went outside Fairlead", async () => {
    const { at, spec } = await setUp();
    const first = await create(at, spec);
    const seen = await ready(at, spec, first.id);
    await (subject.destroy ? subject.destroy(at, seen) : remove(at, spec, seen));
    const second = await kind.create(at.aws, spec, {
      owner: owner(at),
      token: "second-token",
      secret: "another-secret",
      created: async () => {},
      usable: () => {},
      until: polling(at),
    });
    const again = await ready(at, spec, second.id);
    matches(between(spec, again).differences, [], "what was created again differs from what was desired");
  });
  return checks;
}
