import type { StackConfig } from "./types.ts";

/** Describes a stack. It returns what it is given; its use is that an editor knows every field. */
export function defineStack(config: StackConfig): StackConfig {
  return config;
}
