import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Where the one who asks is struck: when its call has come and was not passed on, or was carried out and not answered. */
export interface Strike {
  readonly moment: "before" | "after";
  /** The call that changes something, from 1. */
  readonly number: number;
  /** The call is answered all the same. */
  readonly answers?: true;
  /** A call that has come is passed on after that. */
  readonly passes?: true;
  /** Kills the one who asks, or signals to it, or does what others do meanwhile. */
  kill(): unknown;
}

/** A way to an AWS on loopback that every call passes, on which a call can be made somebody's last. */
export interface Gate {
  readonly endpoint: string;
  /** Counts the calls that change something from now on; without a strike all of them pass. */
  await(strike?: Strike): void;
  close(): Promise<void>;
}

/** Opens one before the AWS at `to`. */
export async function openGate(to: string): Promise<Gate> {
  let strike: Strike | undefined;
  let number = 0;

  const pass = async (asked: IncomingMessage, answer: ServerResponse) => {
    const body = await whole(asked);
    const last = changes(asked, body) && ++number === strike?.number ? strike : undefined;
    if (last?.moment === "before") {
      await last.kill();
      if (!last.passes) return;
    }
    const forwarded = request(to + (asked.url ?? ""), { method: asked.method, headers: asked.headers });
    forwarded.on("error", () => answer.destroy());
    forwarded.on("response", (came) => {
      whole(came).then(
        (text) => {
          if (last?.moment === "after") last.kill();
          if (last?.moment === "after" && !last.answers) return;
          answer.writeHead(came.statusCode ?? 502, came.headers).end(text);
        },
        () => answer.destroy(),
      );
    });
    forwarded.end(body);
  };

  const server = createServer((asked, answer) => void pass(asked, answer).catch(() => answer.destroy()));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    await(next) {
      number = 0;
      strike = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function whole(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** Whether a call changes something: by its operation where the protocol names one, by its HTTP method elsewhere. */
function changes({ method = "", headers }: IncomingMessage, body: Buffer): boolean {
  const target = headers["x-amz-target"];
  const operation =
    typeof target === "string" ? target.split(".").at(-1) : /(?:^|&)Action=(\w+)/.exec(body.toString("latin1"))?.[1];
  return operation === undefined
    ? method !== "GET" && method !== "HEAD"
    : !/^(Describe|List|Get|BatchGet|Filter)/.test(operation);
}
