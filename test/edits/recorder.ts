import { AsyncLocalStorage } from "node:async_hooks";
import type { Aws } from "../../src/aws/aws.ts";
import type { Plan } from "../../src/engine/action.ts";
import type { AnyKind } from "../../src/engine/resource-kind.ts";

/** What a run did to one resource: each of its kind's steps that changes AWS. */
export type Done =
  | { readonly step: "create" }
  | { readonly step: "update"; readonly fields: readonly string[] }
  | { readonly step: "delete"; readonly id: string };

/** Tells what a run does to which resource, from below the engine: what its kinds are asked to do. */
export class Recorder {
  readonly #within = new AsyncLocalStorage<string>();
  /** By the resource's id in the stack. */
  readonly done = new Map<string, Done[]>();

  /** The resource that the call which is being made is made for; `undefined` where it is for none. */
  get resource(): string | undefined {
    return this.#within.getStore();
  }

  /** The same plan, of kinds that tell what they are asked to do. */
  of(plan: Plan<Aws>): Plan<Aws> {
    return {
      ...plan,
      actions: plan.actions.map((action) => ({ ...action, kind: this.#telling(action.id, action.kind) })),
      old: plan.old.map((old) => ({ ...old, kind: this.#telling(old.id, old.kind) })),
    };
  }

  #telling(id: string, kind: AnyKind<Aws>): AnyKind<Aws> {
    const during = <T>(done: Done, work: () => Promise<T>): Promise<T> => {
      this.done.set(id, [...(this.done.get(id) ?? []), done]);
      return this.#within.run(id, work);
    };
    return {
      ...kind,
      create: (aws, spec, making) => during({ step: "create" }, () => kind.create(aws, spec, making)),
      update: (aws, observed, spec, changed, updating) =>
        during({ step: "update", fields: [...changed] }, () => kind.update(aws, observed, spec, changed, updating)),
      delete: (aws, observed) => during({ step: "delete", id: observed.id }, () => kind.delete(aws, observed)),
    };
  }
}
