import { ownSecret } from "../config/naming.ts";
import { secretsOf } from "../config/secrets.ts";
import { serviceName, settingsOf, type ServiceRef } from "../release/service-ref.ts";
import { UsageError } from "./exit.ts";
import type { Session } from "./session.ts";

/** A name without slash: what follows the stack's in the secret's name. */
const NAME = /^(?!.*-.{6}$)[A-Za-z0-9_+=.@-]{1,128}$/;

/** The name on AWS of one of the stack's own secrets. Throws `UsageError` if AWS does not accept it. */
export function fullName({ aws }: Pick<Session, "aws">, name: string): string {
  if (NAME.test(name)) return ownSecret(aws.stack, name);
  throw new UsageError(
    `${name} is not a name for a secret. Allowed: up to 128 letters, digits and _ + = . @ -, without a hyphen and six characters at the end.`,
  );
}

/** The services that read one of the stack's own secrets, whatever form the config names it in. */
export const readersOf = ({ aws, refs }: Pick<Session, "aws" | "refs">, name: string, arn?: string): ServiceRef[] =>
  refs.filter((ref) => {
    const settings = settingsOf(ref);
    return (settings ? secretsOf(settings) : []).some(
      ({ variable, source: { own, generate, secretsManager } }) =>
        own === name ||
        (generate !== undefined && variable === name) ||
        (secretsManager !== undefined && (secretsManager === ownSecret(aws.stack, name) || secretsManager === arn)),
    );
  });

export const namesOfServices = (refs: readonly ServiceRef[]): string[] => refs.map(serviceName);
