import { initStateBucket } from "../../../aws/s3/state-bucket.ts";
import { stateBucketOf } from "../../../config/naming.ts";
import { agreed } from "../../confirm.ts";
import { EXIT, UsageError, type Exit } from "../../exit.ts";
import { isShared } from "../../stores.ts";
import type { CommonFlags, CliContext } from "../../context.ts";
import { inState, type Opened } from "./open.ts";

export interface InitFlags extends CommonFlags {
  readonly yes?: boolean;
}

/** Makes the bucket that the file says the state is kept in, or says what one that is there lacks. */
export const stateInit = (flags: InitFlags, context: CliContext): Promise<Exit> =>
  inState(flags, context, (opened) => init(flags, opened), { verb: "state init" });

async function init(flags: InitFlags, { stack, terminal, connection }: Opened): Promise<Exit> {
  if (flags.target === "local")
    throw new UsageError(
      "The state of the simulated AWS is a file that lies beside it: there is no bucket to make. --target aws makes the one on AWS.",
    );
  if (!isShared(stack, flags.target))
    throw new UsageError(
      "The file says nothing of S3: its state is a local file, which needs no bucket. To share it, write state: { s3: {} }, then run again.",
    );
  const { aws } = await connection();
  const bucket = stateBucketOf(stack, aws.account);
  terminal.line(`The bucket ${bucket}, account ${aws.account}, region ${aws.region}:`);
  const question = `Make it where it is not there yet?`;
  if (!(await agreed({ terminal, target: flags.target }, question, flags.yes))) {
    terminal.line("No changes were made.");
    return EXIT.failed;
  }
  const { made, updated = false, lacks } = await initStateBucket(aws, bucket);
  if (made)
    terminal.line(
      "Made: versioned, encrypted, closed to the public, over TLS only. Nothing of a teardown ever touches it.",
    );
  else if (updated)
    terminal.line("Updated: its lifecycle rule, so that the marks that locks leave behind do not pile up.");
  else if (lacks.length === 0) terminal.line("It is there, and as it should be.");
  if (!made && lacks.length > 0)
    terminal.line(`It is there and is not as it should be: ${lacks.join("; ")}. It is left as it is.`);
  if (flags.json) terminal.answer(JSON.stringify({ bucket, made, updated, lacks }, undefined, 2));
  return lacks.length === 0 ? EXIT.done : EXIT.failed;
}
