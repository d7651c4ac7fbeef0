import type { Aws } from "../aws/aws.ts";
import type { Clock } from "../engine/clock.ts";
import type { Names } from "../config/naming.ts";
import type { Stack } from "../config/stack.ts";

/** Where the releases of a stack happen: whatever reads or moves them is given this. */
export interface Site {
  readonly aws: Aws;
  readonly clock: Clock;
  readonly names: Names;
  readonly stack: Stack;
}
