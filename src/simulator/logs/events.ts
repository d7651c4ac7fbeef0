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
import { eventsIn, groupOf, type SimLogEvent } from "./records.ts";

const PAGE = 1_000;

const ingestionOf = ({ timestamp, ingestedAt = timestamp }: SimLogEvent) => ingestedAt;

const answered = ({ ingestedAt, ...event }: SimLogEvent) => ({
  ...event,
  ingestionTime: ingestedAt ?? event.timestamp,
});

/**
 * The streams of a group that are asked for: what was written through the API, and what the containers of tasks have written, up to now.
 */
function streamsOf(
  sim: Sim,
  name: string | undefined,
  wanted: (stream: string) => boolean = () => true,
): Record<string, SimLogEvent[]> {
  const group = groupOf(sim, name);
  const tasks = taskStreams(sim, group.name);
  const names = [...new Set([...Object.keys(tasks), ...Object.keys(group.streams)])].filter(wanted);
  return Object.fromEntries(
    names.map((stream) => {
      const events = eventsIn(sim, group, stream) ?? tasks[stream] ?? [];
      return [stream, events.filter((event) => ingestionOf(event) <= sim.now)];
    }),
  );
}

const noSuchStream = () => refuse("ResourceNotFoundException", "The specified log stream does not exist.");

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
    const group = groupOf(sim, input.logGroupName);
    const { logStreamName: stream = "", logEvents = [] } = input;
    const before = eventsIn(sim, group, stream) ?? noSuchStream();
    const lines = logEvents.map(({ timestamp = sim.now, message = "" }) => ({
      timestamp,
      message,
      ingestedAt: sim.now,
    }));
    group.streams[stream] = [...before, ...lines];
    return { nextSequenceToken: "1" };
  },

  DescribeLogStreams(input: DescribeLogStreamsCommandInput, sim): Answer<DescribeLogStreamsCommandOutput> {
    const streams = streamsOf(sim, input.logGroupName, (name) => name.startsWith(input.logStreamNamePrefix ?? ""));
    const found = Object.entries(streams).map(([logStreamName, events]) => ({
      logStreamName,
      firstEventTimestamp: events[0]?.timestamp,
      lastEventTimestamp: events.at(-1)?.timestamp,
    }));
    return { logStreams: input.descending ? found.toReversed() : found };
  },

  GetLogEvents(input: GetLogEventsCommandInput, sim): Answer<GetLogEventsCommandOutput> {
    const { logStreamName: stream = "" } = input;
    const group = groupOf(sim, input.logGroupName);
    const written = eventsIn(sim, group, stream) ?? taskStreams(sim, group.name)[stream] ?? noSuchStream();
    const all = written.filter((event) => ingestionOf(event) <= sim.now);
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
    const { logStreamNames: named, logStreamNamePrefix: prefix = "" } = input;
    const streams = streamsOf(
      sim,
      input.logGroupName,
      (name) => (named?.includes(name) ?? true) && name.startsWith(prefix),
    );
    const words = (input.filterPattern ?? "").split(/\s+/).filter((word) => word !== "");
    const found = Object.entries(streams)
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
