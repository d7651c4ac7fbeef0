import type { DeclaredStack } from "../../../../reconcilers/topology.ts";
import type { StateStore } from "../../../../state/state.ts";
import type { Connection } from "../../connection.ts";
import { inStore } from "../../in-store.ts";
import { readStack } from "../../session.ts";
import { stateDirectoryOf } from "../../state-directory.ts";
import type { CommonFlags, Purpose, CliContext } from "../../context.ts";

/** What a command about the state works with: the stack, its store, and a way to AWS for those that need one. */
export interface Opened extends CliContext {
  readonly stack: DeclaredStack;
  readonly store: StateStore;
  readonly stateDirectory: string;
  readonly connection: () => Promise<Connection>;
}

/** Opens the store that the flags mean; AWS is only asked where the state lies in S3. `purpose` is that of a command that writes. */
export async function inState<T>(
  flags: CommonFlags,
  context: CliContext,
  work: (opened: Opened) => Promise<T>,
  purpose?: Purpose,
): Promise<T> {
  const stack = await readStack(flags, context);
  const stateDirectory = stateDirectoryOf(flags, context.directory);
  return inStore(flags, stack, context, purpose, (store, connection) =>
    work({ ...context, stack, store, stateDirectory, connection }),
  );
}
