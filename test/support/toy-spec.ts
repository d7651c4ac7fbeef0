import type { Fields } from "../../src/engine/resource-kind.ts";

type Texts = Partial<Record<"name" | "note" | "password" | "mentions", string>>;
/** What every toy may be declared with. */
export interface ToySpec extends Readonly<Texts>, Readonly<Partial<Record<"size" | "count", number>>> {
  /** Ids of records without which it cannot be: they must exist, and cannot be deleted while it does. */
  readonly uses?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

export interface ToyAttrs {
  readonly id: string;
  /** A new one after every update of a field that renews it. */
  readonly address: string;
  /** The secret that it was made with, where the kind calls `key` a secret. */
  readonly key?: string;
}

export const NO_FACTS: Fields<ToySpec> = {
  name: {},
  note: {},
  password: {},
  mentions: {},
  size: {},
  count: {},
  uses: {},
  labels: {},
};
