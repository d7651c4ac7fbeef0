/** The actions of a resource kind, by what its functions do. */
export interface KindActions {
  /** `observe` and `list`, and what `refuse` looks at. */
  readonly reads: readonly string[];
  /** Those with which every plan or teardown looks for leftovers of a kind whose `inventory` has `lists`, in the config or not. */
  readonly lists?: readonly string[];
  /** `list`, if the Resource Groups Tagging API cannot be called: a policy that allows `tag:GetResources` has no need of them. */
  readonly fallback?: readonly string[];
  /** `create`, `update` and `delete`, with the actions that their tags and dependent resources are authorized as. */
  readonly changes: readonly string[];
  /** Reads that are made only where something stands in the way of a change, to name it. */
  readonly obstacles?: readonly string[];
}

/** `of("ec2", "DescribeVpcs CreateVpc")`: actions of one service. */
export const of = (service: string, names: string): string[] => names.split(/\s+/).map((name) => `${service}:${name}`);
