/* What `stack.config.ts` imports, and what a kind of the user's own is written with. */
export { defineStack } from "./define-stack.ts";
export type { StackConfig } from "./define-stack.ts";
/* What a program runs commands with. */
export { FairleadError, plan, reconcile, status, teardown } from "./in-process.ts";
export type { ChangeOptions, ChangePlan, PerRegion, Run, RunOptions, StackEvent, StackSource } from "./in-process.ts";
export type * from "./answers.ts";
export type * from "./config/types.ts";
/** Fairlead's own resource kinds, by name. */
export { kindsByName as kinds } from "./aws/kinds.ts";
export { defineKind } from "./aws/define-kind.ts";
export { absent } from "./aws/errors.ts";
export { ownedAmong } from "./aws/owned.ts";
export { everyPage } from "./aws/pages.ts";
export { tagChanges, tagList, tagsFrom } from "./aws/tags.ts";
export { loose, text, whenCreated, whenReady } from "./engine/output.ts";
/** Refuses a simulated call as AWS would: for handlers of a kind's own. */
export { refuse } from "./simulator/errors.ts";
export type { Operation, Operations, Sim } from "./simulator/sim.ts";
export type { Arn, Aws, AwsKind } from "./aws/aws.ts";
export type { Tags } from "./aws/tags.ts";
export type { Created, Look, Making, Observed, Seen } from "./engine/resource-kind.ts";
export type { Handle, Input, Output } from "./engine/output.ts";
export type { Grants, OwnResources, Resources, Standing } from "../reconcilers/own-resources.ts";
export type { Scope } from "../reconcilers/scope.ts";
