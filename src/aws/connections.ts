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

/** What every client of the SDK is created with. `shared`: whose connections it uses; its own if omitted. */
export const clientConfig = (
  { credentials, timeouts = TIMEOUTS }: Connecting,
  region: string,
  shared?: Pick<Shared, "requestHandler">,
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
});
