/* What `stack.config.ts` imports. It loads nothing else, so that reading the file costs nothing. */
export { defineStack } from "./config/define.ts";
export type * from "./config/types.ts";
