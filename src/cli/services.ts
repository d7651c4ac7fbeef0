import { nearest } from "../config/suggest.ts";
import { serviceName, type ServiceRef } from "../release/service-ref.ts";
import { UsageError } from "./exit.ts";
import { paste } from "./paste.ts";
import type { Session } from "./session.ts";

/** The flag of the commands that work on one service or on all of them. */
export interface ServiceFlag {
  readonly service?: string;
}

type Of = Pick<Session, "refs" | "flags">;

/** The services that a command is about: the one that is named, or all. Throws `UsageError` where the config has none of that name. */
export function refsFor({ refs }: Of, { service }: ServiceFlag): readonly ServiceRef[] {
  if (service === undefined) return refs;
  const found = refs.filter((ref) => serviceName(ref) === service);
  if (found.length > 0) return found;
  const names = refs.map(serviceName);
  const meant = nearest(service, names);
  const question = meant === undefined ? "." : `; did you mean ${meant}?`;
  throw new UsageError(`There is no service ${service}${question} Services of the stack: ${names.join(", ")}.`);
}

/** The one service that a command is about. Throws `UsageError` where several could be meant. `command`: what to paste instead. */
export function refFor(session: Of, flag: ServiceFlag, command: string): ServiceRef {
  const [ref, ...others] = refsFor(session, flag);
  if (ref && others.length === 0) return ref;
  const names = session.refs.map(serviceName);
  const pasted = paste(session.flags, command, "--service", names[0] ?? "");
  throw new UsageError(`Which service? The stack has ${names.join(", ")}: name one, such as ${pasted}.`);
}

/** Whether the stack has several services, which have to be told apart. */
export const areSeveral = ({ refs }: Pick<Session, "refs">): boolean => refs.length > 1;
