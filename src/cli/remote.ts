import { randomBytes } from "node:crypto";
import { STSClient } from "@aws-sdk/client-sts";
import { senders } from "../aws/clients.ts";
import { realClock } from "../clock.ts";
import type { ClientHooks, Target } from "./target.ts";

/** AWS itself, or what `AWS_ENDPOINT_URL` names: with the SDK's own credential chain, on the machine's clock. */
export function awsTarget({
  region,
  called,
  retried,
  obstructed,
  held,
  guard,
  shared,
  signal,
  stopping,
}: ClientHooks): Target {
  const random = Math.random;
  return {
    clock: realClock,
    random,
    hex: (length) =>
      randomBytes(Math.ceil(length / 2))
        .toString("hex")
        .slice(0, length),
    services: senders({
      region,
      retrying: { clock: realClock, random, retried, obstructed, signal, stopping },
      called,
      held,
      guard,
      shared,
    }),
    endpoint: process.env["AWS_ENDPOINT_URL"],
    close: () => {},
  };
}

/** The region that the SDK would use: `AWS_REGION`, or that of the profile; `undefined` where neither is set. */
export async function sdkRegion(): Promise<string | undefined> {
  const client = new STSClient({});
  try {
    return await client.config.region();
  } catch {
    return undefined;
  } finally {
    client.destroy();
  }
}
