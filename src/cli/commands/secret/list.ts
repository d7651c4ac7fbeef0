import { answerJson } from "../../answers/answer.ts";
import { ownSecrets, type Keeper } from "../../../aws/secretsmanager/own-secrets.ts";
import { ownSecret } from "../../../config/naming.ts";
import { EXIT, type Exit } from "../../exit.ts";
import { namesOfServices, readersOf } from "../../own-secrets.ts";
import { paste } from "../../paste.ts";
import { headline } from "../../headline.ts";
import { effortOf, identityOf, inSession, type Session } from "../../session.ts";
import { duration } from "../../words.ts";
import type { CommonFlags, CliContext } from "../../context.ts";

/** Lists the stack's own secrets: names, ages and readers, never values. */
export const secretList = (flags: CommonFlags, context: CliContext): Promise<Exit> =>
  inSession(flags, context, (session) => show(flags, session));

async function show(flags: CommonFlags, session: Session): Promise<Exit> {
  const { aws, clock, terminal } = session;
  const found = await ownSecrets(aws, ownSecret(aws.stack, ""));
  const secrets = found.map((one) => ({ ...one, services: namesOfServices(readersOf(session, one.name, one.arn)) }));
  if (flags.json) {
    const told = secrets.map(({ changedAt, replicaOf, ...one }) => ({
      ...one,
      ...(replicaOf !== undefined && { replicaOf }),
      changed: changedAt === undefined ? null : new Date(changedAt).toISOString(),
    }));
    answerJson(terminal, "secretList", { ...identityOf(session), secrets: told, ...effortOf(session) });
    return EXIT.done;
  }
  terminal.line(`${headline(session)}:`);
  if (secrets.length === 0)
    terminal.line(`The stack has no secrets. To store one: ${paste(flags, "secret", "set", "NAME")}`);
  const width = Math.max(0, ...secrets.map(({ name }) => name.length));
  for (const { name, keeper, replicaOf, changedAt, services } of secrets) {
    const age = changedAt === undefined ? "unknown" : `${duration(Math.max(0, clock.now() - changedAt))} ago`;
    const read = services.length === 0 ? "read by no service" : `read by ${services.join(", ")}`;
    terminal.line(
      `${name.padEnd(width)}  ${KEPT[keeper]}${replicaOf === undefined ? "" : `, replica of ${replicaOf}`}, changed ${age}, ${read}`,
    );
  }
  return EXIT.done;
}

const KEPT: Readonly<Record<Keeper, string>> = {
  set: "set",
  generated: "generated",
  other: "not created by Fairlead",
};
