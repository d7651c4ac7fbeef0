import type { StackConfig as Settings } from "./config/types.ts";
import type { Resources } from "../reconcilers/own-resources.ts";

/** The desired state of one stack: its settings, and resources of the user's own. */
export interface StackConfig extends Settings {
  /** Declares resources beside those that the settings stand for. */
  readonly resources?: Resources;
}

/** Describes a stack. It returns what it is given; its use is that an editor knows every field. */
export function defineStack(config: StackConfig): StackConfig {
  return config;
}
