import type { Aws } from "../aws/aws.ts";
import { hasCode } from "../aws/errors.ts";
import type { Stack } from "../config/stack.ts";
import type { CommonFlags } from "./context.ts";
import { RunError } from "./exit.ts";
import { paste } from "./paste.ts";

/** The error, or the sentence that says so if it comes from asking for the pipeline of a stack that does not exist. */
export const toldIfAbsent = (error: unknown, stack: Stack, { account, region }: Aws, flags: CommonFlags): unknown =>
  hasCode(error, "PipelineNotFoundException")
    ? new RunError(
        `${stack.name} ${stack.environment} has no pipeline in account ${account}, region ${region}: it has not been created there, or it was torn down. To create it: ${paste(flags, "reconcile")}`,
        { cause: error },
      )
    : error;
