import type { SecretsFound } from "../../../reconcilers/components/secrets.ts";
import type { StackConfig } from "../../../src/index.ts";

/** One call: the action, what it is about, context keys. */
export type Row = readonly [action: string, resource: string, context?: Readonly<Record<string, string | string[]>>];

/** What a role may do and what it may not, from AWS's documents. */
export interface RoleTable {
  /** The id of its resource, without `security/`. */
  readonly role: string;
  /** A stack that has it. */
  readonly config: Partial<StackConfig>;
  /** The secrets that AWS finds for this stack. */
  readonly secrets?: SecretsFound;
  /** The calls that its job makes. `source`: the document of AWS that names them. */
  readonly jobs: readonly { readonly source: string; readonly calls: readonly Row[] }[];
  /** What lies beside its job, and is refused. */
  readonly besides: readonly Row[];
}
