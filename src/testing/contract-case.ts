import type { AwsKind } from "../aws/aws.ts";
import type { Observed } from "../engine/resource-kind.ts";
import type { Simulated } from "./simulated.ts";

/** What a kind shows of itself so that the suite can put it through the contract. */
export interface ContractCase<Spec extends object, Attrs extends object> {
  readonly kind: AwsKind<Spec, Attrs>;
  /** A full spec; whatever it refers to is made in the simulated world first. The suite adds owner tags. */
  readonly spec: (at: Simulated) => Promise<NoInfer<Spec>>;
  /** For every field that can change in place, another value of it. The suite fails where a mutable field is missing. */
  readonly edits: {
    readonly [F in keyof NoInfer<Spec>]?: (spec: NoInfer<Spec>, at: Simulated) => Spec[F] | Promise<Spec[F]>;
  };
  /** Fields without an edit, each with the reason why there is none. */
  readonly without?: { readonly [F in keyof Spec]?: string };
  /** Done by others before it can be deleted, such as the confirmation of a subscription. */
  readonly confirm?: (at: Simulated) => void;
  /** Deletes the resource outside Fairlead, where calling the kind's own `delete` is not how that happens. */
  readonly destroy?: (at: Simulated, observed: Observed<Spec, Attrs>) => Promise<void>;
}

/** One check of the contract; it throws if the kind does not keep it. */
export interface Check {
  readonly name: string;
  readonly run: () => Promise<void>;
}
