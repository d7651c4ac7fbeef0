import type { ResourceState } from "../../state/state.ts";
import type { Action, Plan } from "./action.ts";
import type { ApplyContext } from "./apply-context.ts";
import { doomed } from "./applied.ts";
import { needs } from "./needs.ts";
import { lookSpec } from "./observe.ts";
import { sealed } from "./secret.ts";

/**
 * What a run is about to create and to delete, recorded in one write before its first call: then no create and no delete waits for a write of its own,
 * which a state at the other end of a slow network would make the longest part of a run. A run that dies leaves records of creates that
 * it never sent; what they say, that the resource may exist and has to be looked for, is true of these too. Where such a record counts as a
 * proof of whose a found resource is (see `Traits.markedAtOnce`), it is written ahead only for what is created right after it, and otherwise
 * right before the create.
 */
export class Intents {
  readonly #before = new Map<string, ResourceState | undefined>();
  #areWritten = true;

  /** Records them. Resolves when they are on disk, or could not be written: see `areWritten`. */
  static async record<Services>(
    { journal, token }: Pick<ApplyContext<Services>, "journal" | "token">,
    { actions }: Pick<Plan<Services>, "actions">,
  ): Promise<Intents> {
    const intents = new Intents();
    const records: Record<string, ResourceState> = {};
    for (const action of actions) {
      const known = journal.get(action.id);
      const intent = deleting(action, known) ?? creating(action, known, token);
      if (intent === undefined) continue;
      intents.#before.set(action.id, known);
      records[action.id] = intent;
    }
    if (intents.#before.size > 0) await journal.putAll(records).catch(() => (intents.#areWritten = false));
    return intents;
  }

  /** Whether they are on disk. Otherwise each one is written before its call, and whatever cannot be written fails by that. */
  get areWritten(): boolean {
    return this.#areWritten;
  }

  /** Whether the state says of `id` that its create may have been sent, from before the first call of this run. */
  has(id: string): boolean {
    return this.#before.has(id);
  }

  /** Its call leaves: from now on the record is true, whatever comes of the call. */
  begin(id: string): void {
    this.#before.delete(id);
  }

  /** What was never begun, and what was recorded of it before; `undefined`: nothing. */
  get unbegun(): ReadonlyMap<string, ResourceState | undefined> {
    return this.#before;
  }
}

/** Nothing of an interrupted create: that it is one has to stay recorded until the resource is found. */
function deleting<Services>({ action }: Action<Services>, known: ResourceState | undefined): ResourceState | undefined {
  if (action !== "delete" || known?.id === undefined || known.status === "deleting") return undefined;
  return doomed(known);
}

/** Nothing where a resource is recorded that is there no more: until its create begins, the state says what became of it. */
function creating<Services>(
  { action, kind, node, desired }: Action<Services>,
  known: ResourceState | undefined,
  token: () => string,
): ResourceState | undefined {
  const isFirst = node?.edges.length === 0;
  if (action !== "create" || known || !desired || !(kind.traits?.markedAtOnce || isFirst)) return undefined;
  // What is not known yet is recorded with the create.
  return unfinishedRecord({ kind, node }, lookSpec(undefined, desired), token());
}

/** The record of a resource that is about to be created with a spec. */
export const unfinishedRecord = <Services>(
  { kind, node }: Pick<Action<Services>, "kind" | "node">,
  spec: Readonly<Record<string, unknown>>,
  token: string,
): ResourceState => ({
  type: kind.type,
  status: "creating",
  token,
  spec: sealed(kind, spec),
  attrs: {},
  needs: needs(node?.edges),
});
