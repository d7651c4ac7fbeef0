import { answerJson } from "../../answers/answer.ts";
import { NotOwn, ownSecret, replicateOwnSecret, storeOwnSecret } from "../../../aws/secretsmanager/own-secrets.ts";
import { conflictText } from "../../../aws/secretsmanager/replication.ts";
import { explain } from "../../../aws/advice.ts";
import { primaryOf, standbyOf } from "../../../config/stack-regions.ts";
import { isJob } from "../../../release/service-ref.ts";
import { EXIT, RunError, type Exit } from "../../exit.ts";
import { fullName, namesOfServices, readersOf } from "../../own-secrets.ts";
import { paste } from "../../paste.ts";
import { recordedExit } from "../../recorded.ts";
import { secretValue, type ValueFlags } from "../../secret-value.ts";
import { restartServices } from "../../secret-restart.ts";
import { headline } from "../../headline.ts";
import { effortOf, identityOf, inChangingSession, type Session } from "../../session.ts";
import type { CommonFlags, CliContext } from "../../context.ts";

export interface SecretSetFlags extends CommonFlags, ValueFlags {
  /** Replace the tasks of the services that read it. */
  readonly restart?: boolean;
}

/** Stores the value of one of the stack's own secrets. */
export const secretSet = (name: string, flags: SecretSetFlags, context: CliContext): Promise<Exit> =>
  inChangingSession(flags, context, { verb: "secret set" }, (session) =>
    recordedExit(session, "secret set", () => run(name, flags, session)),
  );

async function run(name: string, flags: SecretSetFlags, session: Session): Promise<Exit> {
  const { aws, hex, hold, stack, terminal } = session;
  const full = fullName(session, name);
  await demandPrimary(session, name, full);
  const value = await secretValue(session, name, flags);
  const stored = await hold
    .changing(() => storeOwnSecret(aws, full, { value, token: hex(32) }, stack.tags))
    .catch((error: unknown) => {
      throw error instanceof NotOwn ? new RunError(error.message, { cause: error }) : error;
    });
  terminal.line(`${headline(session)}:`);
  terminal.line(`${DONE[stored.what]} ${full}.`);
  await replicate(session, name, full);
  const readers = readersOf(session, name, stored.arn);
  const running = readers.filter((ref) => !isJob(ref));
  if (readers.length === 0)
    terminal.line(`No service reads it. To give it to one: container: { secrets: { ${name}: { own: "${name}" } } }`);
  const restarted = flags.restart && running.length > 0 ? await restartServices(session, running) : undefined;
  if (!flags.restart && running.length > 0)
    terminal.line(
      `${namesOfServices(readers).join(", ")} read${readers.length === 1 ? "s" : ""} it. Running tasks keep the value that they started with. To replace them: ${paste(flags, "secret", "restart")}`,
    );
  if (flags.json) {
    const secret = {
      name,
      secret: full,
      arn: stored.arn,
      outcome: stored.what,
      services: namesOfServices(readers),
      restarted: restarted?.restarted ?? [],
    };
    answerJson(terminal, "secretSet", { ...identityOf(session), secret, ...effortOf(session) });
  }
  return restarted?.exit ?? EXIT.done;
}

/** In the second region, a secret that is replicated gets its value from the first one, unless it is there by itself already. */
async function demandPrimary({ aws, flags, stack }: Session, name: string, full: string): Promise<void> {
  const primary = stack.replicate.secrets ? primaryOf(stack) : undefined;
  if (primary === undefined || (await ownSecret(aws, full)) !== undefined) return;
  throw new RunError(
    `Secret ${full} does not exist in ${aws.region}, which gets the stack's secrets from ${primary}. To store it in both: ${paste({ ...flags, region: undefined }, "secret", "set", name)}`,
  );
}

/** Replicates what was stored in the first region to the second one. What fails there leaves the value stored, and is told. */
async function replicate({ aws, flags, hold, stack, terminal }: Session, name: string, full: string): Promise<void> {
  const standby = stack.replicate.secrets ? standbyOf(stack) : undefined;
  if (standby === undefined) return;
  const again = paste(flags, "secret", "set", name);
  const isReplicated = await hold
    .changing(() => replicateOwnSecret(aws, standby, full))
    .catch((error: unknown) => {
      throw new RunError(
        `The value of ${full} is stored in ${aws.region}, but it could not be replicated to ${standby}: ${explain(error).what} Once that is mended: ${again}`,
        { cause: error },
      );
    });
  terminal.line(
    isReplicated
      ? `Its replica in ${standby} gets the value within seconds.`
      : `${standby} does not get it. ${conflictText(full, aws.region, standby)}`,
  );
}

const DONE = { created: "Created", updated: "Stored a new value of", restored: "Restored, with a new value," } as const;
