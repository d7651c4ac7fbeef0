import { CreateHostedZoneCommand, Route53Client } from "@aws-sdk/client-route-53";
import { expect } from "vitest";
import { NOTHING, STANDING } from "../acceptance/whole.ts";
import { REGION, startMoto } from "../acceptance/world.ts";
import { command } from "../support/command.ts";
import { Stage, type Answer } from "../support/stage.ts";
import type { LivedStack } from "../support/optional-stack.ts";

/** What goes wrong with a call: refused for its rate, refused with a 500, done and answered with a 500, done and cut off. */
export const FAULTS = ["throttle", "error", "lost", "reset", "throttle,error,lost,reset"] as const;

/** What is left of what is optional: the detector, which is the account's. */
const LEFT = { ...Object.fromEntries(Object.keys(STANDING).map((name) => [name, 0])), detectors: 1 };

/**
 * A stack's whole life on an AWS where every fifth call goes wrong: it stands up, needs nothing the second time, and goes; boto3 counts what
 * there is in between and at the end.
 */
export async function lifeUnderFaults(stack: LivedStack, kinds: string, seed: number): Promise<void> {
  const moto = await startMoto({ args: ["--faults", "0.2", "--seed", String(seed), "--fault-kinds", kinds] });
  const stage = new Stage();
  stack.write(stage);
  const run = async (verb: string) => {
    const ended = await command(
      stage.directory,
      [verb, "--target", "aws", "--yes", "--json", ...moto.logged()],
      moto.env,
    );
    // What went wrong is at the end, behind the plan and its progress.
    expect([verb, ended.code, ended.code === 0 ? "" : ended.stderr.slice(-3000)]).toEqual([verb, 0, ""]);
    return (JSON.parse(ended.stdout) as Answer).summary;
  };
  try {
    if (stack.zone !== undefined) {
      await moto.calm();
      await createZone(moto.endpoint, stack.zone);
      await moto.disturb();
    }
    await run("reconcile");
    expect(await run("reconcile")).toMatchObject({
      created: 0,
      updated: 0,
      replaced: 0,
      adopted: 0,
      unchanged: stack.resources,
    });
    // The counting has no faults, what comes after it has them again.
    await moto.calm();
    expect(await moto.count()).toEqual(stack.counts);
    if (stack.optional) expect(await moto.countOptional()).toEqual(stack.optional);
    await moto.disturb();
    await run("teardown");
    await moto.calm();
    expect(await moto.count()).toEqual(NOTHING);
    if (stack.optional) expect(await moto.countOptional()).toEqual(LEFT);
  } finally {
    moto.stop();
    stage.remove();
  }
}

/** The hosted zone of a domain, which is there before the stack. */
async function createZone(endpoint: string, Name: string): Promise<void> {
  const credentials = { accessKeyId: "testing", secretAccessKey: "testing" };
  const client = new Route53Client({ endpoint, region: REGION, credentials });
  await client.send(new CreateHostedZoneCommand({ Name, CallerReference: Name }));
}
