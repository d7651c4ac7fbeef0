import type { Statement } from "../src/aws/policy.ts";
import type { Input, Output } from "../src/engine/output.ts";
import type { Scope } from "./scope.ts";

/** What stands before the user's own resources are declared: they may refer to it. */
export interface Standing {
  readonly name: string;
  readonly environment: string;
  readonly region: string;
  readonly network: {
    readonly vpcId: Output<string>;
    /** The VPC's IPv4 ranges: one where the stack creates it, `10.0.0.0/16`; an existing one may have several. */
    readonly ranges: readonly string[];
    readonly publicSubnetIds: readonly Output<string>[];
    readonly privateSubnetIds: readonly Output<string>[];
  };
  readonly cluster: { readonly name: Output<string> };
  /** The security group of each service's tasks, by the service's name. */
  readonly tasks: Readonly<Record<string, { readonly groupId: Output<string> }>>;
}

/** What containers are told and may do, because of resources of the user's own. */
export interface Grants {
  /** Variables of the application's container; outputs of resources may stand for values. */
  readonly environment?: Readonly<Record<string, Input<string>>>;
  /** Statements of the task role. */
  readonly permissions?: readonly Input<Statement>[];
}

/** What the user's own resources give to all services, and to single ones by their names. */
export interface OwnResources extends Grants {
  readonly services?: Readonly<Record<string, Grants>>;
}

/**
 * Declares resources of the user's own: `scope.add("files", kinds.Bucket, { ... })`. Their ids begin with `resources/`. They are planned,
 * made, checked for drift and deleted like all others.
 */
// oxlint-disable-next-line typescript/no-invalid-void-type -- a function that only declares answers nothing
export type Resources = (scope: Scope, stack: Standing) => OwnResources | void;

/** What one service is given. */
export const grantsFor = ({ services, ...all }: OwnResources, name: string): Required<Grants> => ({
  environment: { ...all.environment, ...services?.[name]?.environment },
  permissions: [...(all.permissions ?? []), ...(services?.[name]?.permissions ?? [])],
});

/** What several give together; of one variable that two give, the later. */
export const together = (all: readonly Grants[]): Required<Grants> => ({
  environment: Object.assign({}, ...all.map(({ environment = {} }) => environment)) as Required<Grants>["environment"],
  permissions: all.flatMap(({ permissions = [] }) => permissions),
});
