import type {
  CreateLogStreamCommandInput,
  DescribeLogStreamsCommandInput,
  DescribeLogStreamsCommandOutput,
  FilterLogEventsCommandInput,
  FilterLogEventsCommandOutput,
  GetLogEventsCommandInput,
  GetLogEventsCommandOutput,
  PutLogEventsCommandInput,
} from "@aws-sdk/client-cloudwatch-logs";
import { refuse } from "../errors.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { taskStreams } from "../ecs/logs.ts";
import { groupOf, type SimLogEvent } from "./records.ts";

const PAGE = 1_000;

const ingestionOf = ({ timestamp, ingestedAt = timestamp }: SimLogEvent) => ingestedAt;

const answered = ({ ingestedAt, ...event }: SimLogEvent) => ({
  ...event,
  ingestionTime: ingestedAt ?? event.timestamp,
});

/** All streams of a group: what was written through the API, and what the containers of tasks have written, up to now. */
function streamsOf(sim: Sim, name: string | undefined): Record<string, SimLogEvent[]> {
  const group = groupOf(sim, name);
  const written = Object.entries({ ...taskStreams(sim, group.name), ...group.streams });
  return Object.fromEntries(
    written.map(([stream, events]) => [stream, events.filter((event) => ingestionOf(event) <= sim.now)]),
  );
}

function streamOf(sim: Sim, group: string | undefined, stream: string | undefined) {
  return (
    groupOf(sim, group).streams[stream ?? ""] ??
    refuse("ResourceNotFoundException", "The specified log stream does not exist.")
  );
}

/** Streams and what is written into them. A filter pattern is taken for words that a line must all have. */
export const eventOperations = {
  CreateLogStream(input: CreateLogStreamCommandInput, sim) {
    const { streams } = groupOf(sim, input.logGroupName);
    const { logStreamName: name = "" } = input;
    if (name in streams) refuse("ResourceAlreadyExistsException", "The specified log stream already exists");
    streams[name] = [];
    return {};
  },

  PutLogEvents(input: PutLogEventsCommandInput, sim) {
    const events = streamOf(sim, input.logGroupName, input.logStreamName);
    for (const { timestamp = sim.now, message = "" } of input.logEvents ?? [])
      events.push({ timestamp, message, ingestedAt: sim.now });
    return { nextSequenceToken: "1" };
  },

  DescribeLogStreams(input: DescribeLogStreamsCommandInput, sim): Answer<DescribeLogStreamsCommandOutput> {
    const found = Object.entries(streamsOf(sim, input.logGroupName))
      .filter(([name]) => name.startsWith(input.logStreamNamePrefix ?? ""))
      .map(([logStreamName, events]) => ({
        logStreamName,
        firstEventTimestamp: events[0]?.timestamp,
        lastEventTimestamp: events.at(-1)?.timestamp,
      }));
    return { logStreams: input.descending ? found.toReversed() : found };
  },

  GetLogEvents(input: GetLogEventsCommandInput, sim): Answer<GetLogEventsCommandOutput> {
    const all =
      streamsOf(sim, input.logGroupName)[input.logStreamName ?? ""] ??
      refuse("ResourceNotFoundException", "The specified log stream does not exist.");
    const from = Number(input.nextToken?.slice(2) ?? 0);
    const limit = input.limit ?? PAGE;
    const start =
      input.startFromHead === false && input.nextToken === undefined ? Math.max(0, all.length - limit) : from;
    const events = all.slice(start, start + limit);
    return {
      events: events.map(answered),
      nextForwardToken: `f/${start + events.length}`,
      nextBackwardToken: `b/${start}`,
    };
  },

  FilterLogEvents(input: FilterLogEventsCommandInput, sim): Answer<FilterLogEventsCommandOutput> {
    const streams = streamsOf(sim, input.logGroupName);
    const words = (input.filterPattern ?? "").split(/\s+/).filter((word) => word !== "");
    const found = Object.entries(streams)
      .filter(([name]) => input.logStreamNames?.includes(name) ?? true)
      .filter(([name]) => name.startsWith(input.logStreamNamePrefix ?? ""))
      .flatMap(([logStreamName, events]) => events.map((event, index) => ({ ...event, logStreamName, index })))
      .filter(({ timestamp }) => timestamp >= (input.startTime ?? 0) && timestamp <= (input.endTime ?? Infinity))
      .filter(({ message }) => words.every((word) => message.includes(word.replaceAll('"', ""))))
      .toSorted((a, b) => a.timestamp - b.timestamp);
    const from = Number(input.nextToken ?? 0);
    const limit = input.limit ?? PAGE;
    const page = found.slice(from, from + limit);
    return {
      events: page.map(({ index, logStreamName, ...event }) => ({
        ...answered(event),
        logStreamName,
        eventId: `${logStreamName}/${index}`,
      })),
      ...(from + limit < found.length ? { nextToken: String(from + limit) } : {}),
    };
  },
} satisfies Operations;
