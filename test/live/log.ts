import { existsSync, readFileSync } from "node:fs";

/** One line of `--log FILE --log-answers`: an attempt of a call. */
export interface LogLine {
  /** When it was answered, ISO 8601, on the clock of the run. */
  readonly at: string;
  readonly service: string;
  readonly operation: string;
  readonly attempt: number;
  readonly ms: number;
  readonly input: unknown;
  readonly answer?: Readonly<Record<string, readonly string[]>>;
  readonly error?: string;
}

/** A call of one step of the life. */
export interface Call extends LogLine {
  readonly step: string;
  /** Which command of the life made it. */
  readonly command: number;
}

export const nameOf = ({ service, operation }: Pick<LogLine, "service" | "operation">): string =>
  `${service}.${operation}`;
export const answeredAt = ({ at }: Pick<LogLine, "at">): number => Date.parse(at);

export function readLog(path: string, step: string, command: number): Call[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.flatMap((line) => {
    try {
      if (line === "") return [];
      const { error, ...told } = JSON.parse(line) as LogLine;
      // The SDK adds the ending to some codes, as the model says.
      return [{ ...told, ...(error === undefined ? {} : { error: error.replace(/Exception$/, "") }), step, command }];
    } catch {
      // The last line of a command that was killed.
      return [];
    }
  });
}

const COMMANDS =
  /^(Describe|List|Get|Head|BatchGet|Filter|Create|Delete|Put|Modify|Update|Register|Deregister|Allocate|Release|Attach|Detach|Start|Stop|Run|Set|Authorize|Revoke|Associate|Disassociate)/;

/** Whether it changes nothing, by its name. */
export const isRead = (operation: string): boolean => /^(Describe|List|Get|Head|BatchGet|Filter)/.test(operation);

/** What an operation is about: `NatGateway` of `CreateNatGateway` and of `DescribeNatGateways`. */
export const nounOf = (operation: string): string =>
  operation
    .replace(COMMANDS, "")
    .replace(/(WithTags|Config|Configuration)$/, "")
    .replace(/ies$/, "y")
    .replace(/(?<!s)s$/, "");

const THROTTLES = /throttl|RequestLimitExceeded|TooManyRequests|SlowDown|PriorRequestNotComplete/i;

export const isThrottle = (error: string | undefined): boolean => error !== undefined && THROTTLES.test(error);
