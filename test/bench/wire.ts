// A stack's life on the wire, where the network is slow, the account is full, or the state is in S3.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { REGION, startMoto } from "../acceptance/world.ts";
import { project } from "../support/project.ts";
import type { StackConfig } from "../../src/index.ts";
import { distant } from "./distance.ts";
import { measure, type Measured } from "./measure.ts";

/** What a life is measured at. */
export interface Conditions {
  /** Milliseconds of a round trip. */
  readonly roundTrip?: number;
  /** Whether a new connection costs two more. */
  readonly setUp?: boolean;
  /** Of others in the account. */
  readonly distributions?: number;
  readonly stacks?: number;
  readonly config?: StackConfig;
}

/** A command of a life, and the connections that it opened. */
export interface OnTheWire extends Measured {
  readonly connections: number;
}

export interface Life {
  readonly apply: OnTheWire;
  /** A plan with nothing to do. */
  readonly plan: OnTheWire;
  readonly destroy: OnTheWire;
}

/** Fills an account with what others have, with boto3. */
export async function addNeighbours(endpoint: string, distributions: number, stacks: number): Promise<void> {
  const script = fileURLToPath(new URL("neighbours.py", import.meta.url));
  const python = process.env["PYTHON"] ?? "python3";
  await promisify(execFile)(python, [script, endpoint, REGION, String(distributions), String(stacks)]);
}

/** Creates a stack on a fresh moto server, plans it again and deletes it. */
export async function lifeIn({
  roundTrip = 0,
  setUp = false,
  distributions = 0,
  stacks = 0,
  config = {},
}: Conditions): Promise<Life> {
  // AWS's endpoints keep a connection for the next call (HTTP/1.1 without "Connection: close"); moto's server does not by itself.
  const moto = await startMoto({ args: ["--keep-alive"], judged: false });
  const stack = project(config);
  const far = await distant(moto.endpoint, roundTrip, setUp);
  try {
    if (distributions + stacks > 0) await addNeighbours(moto.endpoint, distributions, stacks);
    // A fresh moto server loads each service's code at its first call; a plan calls them all.
    const near = { ...moto.env };
    if (config.state?.s3) await measure(stack.directory, ["state", "init", "--target", "aws", "--yes"], near);
    await measure(stack.directory, ["plan", "--target", "aws"], near);
    const env = { ...moto.env, AWS_ENDPOINT_URL: far.endpoint };
    const step = async (...words: readonly string[]): Promise<OnTheWire> => {
      const before = far.connections();
      const measured = await measure(stack.directory, [...words, "--target", "aws"], env);
      return { ...measured, connections: far.connections() - before };
    };
    return {
      apply: await step("reconcile", "--yes"),
      plan: await step("plan"),
      destroy: await step("teardown", "--yes"),
    };
  } finally {
    far.stop();
    stack.remove();
    moto.stop();
  }
}
