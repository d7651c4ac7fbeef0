import { answerJson } from "../../answers/answer.ts";
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
      "The state of the simulated AWS is a local file, which needs no bucket. To create the bucket on AWS: --target aws",
    );
  if (!isShared(stack, flags.target))
    throw new UsageError(
      "The config keeps the state in a local file, which needs no bucket. To share the state, set state: { s3: {} }, then run again.",
    );
  const { aws } = await connection();
  const bucket = stateBucketOf(stack, aws.account);
  terminal.line(`The bucket ${bucket}, account ${aws.account}, region ${aws.region}:`);
  const question = `Create it if it does not exist?`;
  if (!(await agreed({ terminal, target: flags.target }, question, flags.yes))) {
    terminal.line("No changes were made.");
    return EXIT.failed;
  }
  const { made, updated = false, lacks } = await initStateBucket(aws, bucket);
  if (made) terminal.line("Created: versioned, encrypted, no public access, TLS only. A teardown never deletes it.");
  else if (updated) terminal.line("Updated its lifecycle rule, so that old lock versions expire.");
  else if (lacks.length === 0) terminal.line("It exists and is set up correctly.");
  if (!made && lacks.length > 0)
    terminal.line(`It exists but is not set up as expected: ${lacks.join("; ")}. No changes were made.`);
  if (flags.json) answerJson(terminal, "stateInit", { bucket, made, updated, lacks });
  return lacks.length === 0 ? EXIT.done : EXIT.failed;
}
