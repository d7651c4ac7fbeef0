import type { StackConfig as Settings } from "./config/types.ts";
import type { AnyAwsKind } from "./aws/aws.ts";
import type { Resources } from "../reconcilers/own-resources.ts";

/** The desired state of one stack: its settings, and resources of the user's own. */
export interface StackConfig extends Settings {
  /** Declares resources beside those that the settings stand for. */
  readonly resources?: Resources;
  /**
   * Resource kinds of the user's own that the stack has, or once had, resources of. Only a kind that is listed here, or used in `resources`,
   * can delete what is left of it.
   */
  readonly kinds?: readonly AnyAwsKind[];
}

/** Describes a stack. It returns what it is given; its use is that an editor knows every field. */
export function defineStack(config: StackConfig): StackConfig {
  return config;
}
