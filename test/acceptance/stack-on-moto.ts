import { afterAll, beforeAll } from "vitest";
import { command } from "../support/command.ts";
import { project } from "../support/project.ts";
import type { Answer } from "../support/stage.ts";
import { startMoto, type Moto } from "./world.ts";

/** A stack in a folder of its own, and the commands on a moto server of its own. */
export interface StackOnMoto {
  readonly stack: ReturnType<typeof project>;
  readonly moto: Moto;
  /** Runs a command with `--json`, logged for the judge. */
  readonly run: (...args: string[]) => Promise<Awaited<ReturnType<typeof command>> & { readonly json: Answer }>;
  /** What a plan would change: the action of each resource. */
  readonly changes: () => Promise<Readonly<Record<string, string>>>;
}

/** Sets one up before the tests of the surrounding `describe`, and removes it after them. */
export function stackOnMoto(
  prepare: (at: StackOnMoto) => void = () => {},
  options?: Parameters<typeof startMoto>[0],
): StackOnMoto {
  const stack = project();
  let started: Moto | undefined;
  const at: StackOnMoto = {
    stack,
    get moto() {
      if (!started) throw new Error("The moto server has not started yet.");
      return started;
    },
    async run(...args) {
      const { env } = at.moto;
      const ended = await command(stack.directory, [...args, "--target", "aws", "--json", ...at.moto.logged()], env);
      return { ...ended, json: (ended.stdout === "" ? {} : JSON.parse(ended.stdout)) as Answer };
    },
    async changes() {
      const { json } = await at.run("plan");
      const changed = json.actions.filter(({ action }) => action !== "noop");
      return Object.fromEntries(changed.map(({ id, action }) => [id, action]));
    },
  };
  beforeAll(async () => {
    started = await startMoto(options);
    prepare(at);
  });
  afterAll(() => {
    started?.stop();
    stack.remove();
  });
  return at;
}
