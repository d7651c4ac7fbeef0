import type { Statement } from "../src/aws/policy.ts";
import type { Input, Output } from "../src/engine/output.ts";
import type { Scope } from "./scope.ts";

/** What exists before the user's own resources are declared, so that they can refer to it. */
export interface Standing {
  readonly name: string;
  readonly environment: string;
  readonly region: string;
  readonly network: {
    readonly vpcId: Output<string>;
    /** The VPC's IPv4 ranges: one if the stack creates it, `10.0.0.0/16`; an existing VPC may have several. */
    readonly ranges: readonly string[];
    readonly publicSubnetIds: readonly Output<string>[];
    readonly privateSubnetIds: readonly Output<string>[];
  };
  readonly cluster: { readonly name: Output<string> };
  /** The security group of each service's tasks, by the service's name. */
  readonly tasks: Readonly<Record<string, { readonly groupId: Output<string> }>>;
}

/** Variables and permissions that containers get because of the user's own resources. */
export interface Grants {
  /** Environment variables of the application's container; outputs of resources may be used as values. */
  readonly environment?: Readonly<Record<string, Input<string>>>;
  /** Statements of the task role. */
  readonly permissions?: readonly Input<Statement>[];
}

/** What the user's own resources grant to all services, and to single services by name. */
export interface OwnResources extends Grants {
  readonly services?: Readonly<Record<string, Grants>>;
}

/**
 * Declares the user's own resources: `scope.add("files", kinds.Bucket, { ... })`. Their ids start with `resources/`. They are planned,
 * created, checked for drift and deleted like all others.
 */
// oxlint-disable-next-line typescript/no-invalid-void-type -- a function that only declares answers nothing
export type Resources = (scope: Scope, stack: Standing) => OwnResources | void;

/** What one service is granted. */
export const grantsFor = ({ services, ...all }: OwnResources, name: string): Required<Grants> => ({
  environment: { ...all.environment, ...services?.[name]?.environment },
  permissions: [...(all.permissions ?? []), ...(services?.[name]?.permissions ?? [])],
});

/** Several grants combined; if two set the same variable, the later one wins. */
export const together = (all: readonly Grants[]): Required<Grants> => ({
  environment: Object.assign({}, ...all.map(({ environment = {} }) => environment)) as Required<Grants>["environment"],
  permissions: all.flatMap(({ permissions = [] }) => permissions),
});
