import { GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { absent } from "../../aws/errors.ts";
import type { ServiceRef } from "../service-ref.ts";
import type { Ask } from "./ask.ts";

/** The last lines of a log stream, oldest first; none if the stream does not exist. */
export async function tail(ref: ServiceRef, group: string, stream: string, limit: number, ask: Ask): Promise<string[]> {
  const command = new GetLogEventsCommand({
    logGroupName: group,
    logStreamName: stream,
    limit,
    startFromHead: false,
  });
  const answer = await ask(`the log ${group} ${stream}`, absent(ref.aws.logs(command), "ResourceNotFoundException"));
  return (answer?.events ?? []).map(({ message = "" }) => message.trimEnd()).filter((line) => line !== "");
}
