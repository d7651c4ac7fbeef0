/* What `stack.config.ts` imports. It loads nothing else, so that reading the file costs nothing. */
export { defineStack } from "./model/config.ts";
export type { EnvironmentConfig, StackConfig } from "./model/config.ts";
export type * from "./model/config-delivery.ts";
export type * from "./model/config-layers.ts";
