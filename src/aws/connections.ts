import type { AnyClient } from "./sdk-client.ts";
import type { Shared } from "./shared.ts";

/** How long a peer may keep a call waiting, in milliseconds. */
export interface Timeouts {
  /** Until the connection is established. */
  readonly connection: number;
  /** Without any data sent or received; an upload that makes progress is not cut off, however long it takes. */
  readonly idle: number;
}

/** The SDK waits forever by default. AWS answers these calls within seconds, and container runtimes kill a process after half a minute. */
const TIMEOUTS: Timeouts = { connection: 5_000, idle: 30_000 };

/** Connections to one host at the same time: the SDK's fifty are fewer than a plan asks for at once where `AWS_ENDPOINT_URL` is one for all. */
const CONNECTIONS = { maxSockets: 128 } as const;

/** What a client needs to be told. */
interface Connecting {
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly timeouts?: Timeouts;
}

/**
 * What a client of the SDK finds by itself and the others of a run would find again. `credentials` asks whoever knows them, which may be STS, a
 * single sign-on or a program that takes a second, and remembers the answer. The others are settings of the environment and of the user's files.
 */
const FOUND = [
  "credentials",
  "authSchemePreference",
  "defaultsMode",
  "retryMode",
  "sigv4aSigningRegionSet",
  "useDualstackEndpoint",
  "useFipsEndpoint",
  "userAgentAppId",
] as const;

/** What a client was created with or has found that others of the run are to be created with. */
export const foundBy = ({ config }: AnyClient): object => {
  const all: Readonly<Record<string, unknown>> = config;
  return Object.fromEntries(FOUND.filter((name) => name in all).map((name) => [name, all[name]]));
};

/**
 * What every client of the SDK is created with. `shared`: whose connections it uses; its own if omitted. `found`: what another client of the run
 * has found.
 */
export const clientConfig = (
  { credentials, timeouts = TIMEOUTS }: Connecting,
  region: string,
  shared?: Pick<Shared, "requestHandler">,
  found?: object,
) => ({
  region,
  maxAttempts: 1,
  requestHandler: shared?.requestHandler ?? {
    connectionTimeout: timeouts.connection,
    socketTimeout: timeouts.idle,
    httpAgent: CONNECTIONS,
    httpsAgent: CONNECTIONS,
  },
  ...(credentials ? { credentials } : {}),
  ...found,
});
