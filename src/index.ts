/* What `stack.config.ts` imports. It loads nothing else, so that reading the file costs nothing. */
export { defineStack } from "./config/config.ts";
export type { EnvironmentConfig, StackConfig } from "./config/config.ts";
export type * from "./config/config-delivery.ts";
export type * from "./config/config-layers.ts";
