import { refuse } from "../errors.ts";
import { plain, refusedAgain } from "../plain.ts";
import type { Sim } from "../sim.ts";
import type { SimTags } from "../tagging.ts";

export interface SimLogEvent {
  timestamp: number;
  /** When CloudWatch Logs was given it, and shows it from; left out: at its own time. */
  ingestedAt?: number;
  message: string;
}

export interface SimLogGroup {
  name: string;
  arn: string;
  createdAt: number;
  retentionDays?: number;
  /** Events by stream: a list, or what the world keeps it as once it is closed. */
  streams: Record<string, SimLogEvent[] | string>;
  tags: SimTags;
  /** Someone switched deletion protection on. */
  isProtected?: boolean;
}

export const logGroups = plain<SimLogGroup, object>({
  table: "logs.groups",
  arn: (sim, name) => sim.arn("logs", `log-group:${name}`),
  names: {
    rule: /^[\w./#-]{1,512}$/,
    refusal: ["InvalidParameterException", "Value at 'logGroupName' failed to satisfy constraint"],
  },
  made: (sim, _said, name) => ({ name, createdAt: sim.now, streams: {} }),
  again: refusedAgain("ResourceAlreadyExistsException", "The specified log group already exists"),
  missing: () => ["ResourceNotFoundException", "The specified log group does not exist."],
  missingArn: () => ["ResourceNotFoundException", "The specified resource does not exist."],
  // botocore logs, TagResource: its errors.
  tags: { code: "InvalidParameterException", limitCode: "TooManyTagsException" },
  pages: { usual: 50, code: "InvalidParameterException", sorted: true },
  // Which of its errors protection answers with, botocore does not return: DeleteLogGroup has this one, which nothing else is known for.
  inUse(_sim, { name, isProtected }) {
    if (isProtected)
      refuse("ValidationException", `Log group ${name} has deletion protection enabled and cannot be deleted.`);
  },
});

export const groups = logGroups.records;

/** The group of a name, or the service's refusal. */
export const groupOf = logGroups.find;

/** The events of one stream that was written into; `undefined` where there is none. */
export function eventsIn(sim: Sim, { streams }: SimLogGroup, stream: string): SimLogEvent[] | undefined {
  const events = streams[stream];
  return typeof events === "string" ? (JSON.parse(sim.world.content(events)) as SimLogEvent[]) : events;
}

/** Nothing will be written into a stream any more: it goes out of the way, and can be read as before. */
export function closeStream(sim: Sim, group: string, stream: string): void {
  const found = groups(sim)[group];
  const events = found?.streams[stream];
  if (found && typeof events === "object") found.streams[stream] = sim.world.keep(JSON.stringify(events));
}

/** A new, empty group. */
export const addGroup = (sim: Sim, name: string): SimLogGroup => logGroups.create(sim, { key: name }, {});
