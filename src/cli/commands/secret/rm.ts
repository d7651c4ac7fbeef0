import { answerJson } from "../../answers/answer.ts";
import { ownSecret as foundSecret, removeOwnSecret } from "../../../aws/secretsmanager/own-secrets.ts";
import { awsIn } from "../../../aws/failover-origin.ts";
import { runningReaders } from "../../../release/secret-readers.ts";
import { agreed } from "../../confirm.ts";
import { EXIT, RunError, UsageError, type Exit } from "../../exit.ts";
import { fullName, namesOfServices, readersOf } from "../../own-secrets.ts";
import { paste } from "../../paste.ts";
import { endOf, recorded, type Ended } from "../../recorded.ts";
import { headline } from "../../headline.ts";
import { effortOf, identityOf, inChangingSession, type Session } from "../../session.ts";
import type { CommonFlags, CliContext } from "../../context.ts";

export interface SecretRmFlags extends CommonFlags {
  readonly yes?: boolean;
}

/** Deletes one of the stack's own secrets, unless a service reads it. */
export const secretRm = (name: string, flags: SecretRmFlags, context: CliContext): Promise<Exit> =>
  inChangingSession(flags, context, { verb: "secret rm" }, (session) =>
    recorded(session, "secret rm", () => run(name, flags, session)),
  );

async function run(name: string, flags: SecretRmFlags, session: Session): Promise<Ended> {
  const { aws, hold, refs, terminal } = session;
  const full = fullName(session, name);
  const found = await foundSecret(aws, full);
  if (!found)
    throw new UsageError(`There is no secret ${full}. To list those of the stack: ${paste(flags, "secret", "list")}`);
  if (found.replicaOf !== undefined)
    throw new RunError(
      `Secret ${full} in ${aws.region} is a replica of that in ${found.replicaOf}, and is deleted with it: ${paste({ ...flags, region: found.replicaOf }, "secret", "rm", name)}. It was not deleted.`,
    );
  const readers = readersOf(session, name, found.arn);
  if (readers.length > 0)
    throw new RunError(
      `${namesOfServices(readers).join(", ")} read${readers.length === 1 ? "s" : ""} secret ${full}. Remove it from container.secrets and run ${paste(flags, "reconcile")} first. It was not deleted.`,
    );
  if (found.keeper !== "set")
    throw new RunError(
      found.keeper === "generated"
        ? `Secret ${full} is a resource of the stack, and ${paste(flags, "reconcile")} deletes it. It was not deleted.`
        : `Secret ${full} was not created by fairlead secret set. It was not deleted.`,
    );
  // A replica's ARN is that of its primary "except for the Region" (Secrets Manager user guide).
  const readersIn = (region: string) =>
    runningReaders(
      refs.map((ref) => ({ ...ref, aws: awsIn(aws, region) })),
      found.arn.replace(`:${aws.region}:`, `:${region}:`),
    );
  const running = (await Promise.all([aws.region, ...found.replicas].map(readersIn))).flat();
  if (running.length > 0)
    throw new RunError(
      `Running tasks of ${[...new Set(namesOfServices(running))].join(", ")} still read secret ${full}. Run ${paste(flags, "reconcile")} first. It was not deleted.`,
    );
  terminal.line(`${headline(session)}:`);
  if (!(await agreed(session, `Delete secret ${full}?`, flags.yes))) {
    terminal.line("No changes were made.");
    return { exit: EXIT.failed, outcome: "declined" };
  }
  const goneAt = await hold.changing(() => removeOwnSecret(aws, full, found.replicas));
  const until = goneAt === undefined ? "" : ` until ${new Date(goneAt).toISOString()}`;
  terminal.line(`Deleted ${full}. Its name stays taken${until}; ${paste(flags, "secret", "set", name)} restores it.`);
  if (flags.json) {
    const secret = { name, secret: full, goneAt: goneAt === undefined ? null : new Date(goneAt).toISOString() };
    answerJson(terminal, "secretRm", { ...identityOf(session), secret, ...effortOf(session) });
  }
  return endOf(EXIT.done);
}
