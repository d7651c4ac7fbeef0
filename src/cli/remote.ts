import { randomBytes } from "node:crypto";
import {
  loadConfig,
  NODE_REGION_CONFIG_FILE_OPTIONS,
  NODE_REGION_CONFIG_OPTIONS,
  resolveRegionConfig,
} from "@smithy/core/config";
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

/**
 * The region that the SDK would use: `AWS_REGION`, or that of the profile; `undefined` where neither is set. Read as each client of the SDK reads
 * it (its `runtimeConfig.js`), but without one: to load a client and to make it takes several times as long.
 */
export async function sdkRegion(): Promise<string | undefined> {
  const named = loadConfig(NODE_REGION_CONFIG_OPTIONS, NODE_REGION_CONFIG_FILE_OPTIONS);
  try {
    return await resolveRegionConfig({ region: named, useFipsEndpoint: false }).region();
  } catch {
    return undefined;
  }
}
