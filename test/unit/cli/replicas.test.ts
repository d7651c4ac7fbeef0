import { describe, expect, it } from "vitest";
import { replicaNotes, replicaProblems } from "../../../src/cli/replicas.ts";
import { resolveStack } from "../../../src/config/resolve.ts";
import type { ReplicaState } from "../../../src/aws/secretsmanager/replicas.ts";

const FIRST = "ap-northeast-1";
const SECOND = "us-west-2";
const stack = resolveStack(
  {
    regions: [FIRST, SECOND],
    replicate: { secrets: true },
    container: { secrets: { OWN: { own: "OWN" }, KEY: { generate: { length: 40 } } } },
  },
  undefined,
  undefined,
  SECOND,
);

/** The second region's session, with how the stack's own secret and the generated one stand to those of the first region. */
const session = (own: ReplicaState, generated: ReplicaState) => ({
  aws: { region: SECOND, stack: "app-dev" },
  facts: { replicas: { primary: FIRST, states: { "app-dev/OWN": own, "app-dev/KEY": generated } } },
  flags: { target: "aws" as const, region: SECOND },
  stack,
});

describe("secrets that are to be replicas", () => {
  it("do not block a plan where the reconcile can create or link them", () => {
    for (const state of ["replica", "absent", "unset", "same", "unread"] as const)
      expect([state, replicaProblems(session("replica", state))]).toEqual([state, []]);
    for (const state of ["replica", "unread"] as const)
      expect([state, replicaProblems(session(state, "replica"))]).toEqual([state, []]);
    expect(replicaProblems({ ...session("differs", "differs"), facts: {} })).toEqual([]);
  });

  it.each<[ReplicaState, string, string]>([
    ["unset", "has no value in ap-northeast-1", "npx fairlead secret set OWN --target aws"],
    [
      "absent",
      "is not replicated from ap-northeast-1 to us-west-2 yet",
      "aws secretsmanager replicate-secret-to-regions --secret-id app-dev/OWN --add-replica-regions Region=us-west-2 --region ap-northeast-1",
    ],
    [
      "same",
      "with the value that it has in ap-northeast-1",
      "aws secretsmanager replicate-secret-to-regions --secret-id app-dev/OWN --add-replica-regions Region=us-west-2 --force-overwrite-replica-secret --region ap-northeast-1",
    ],
    ["differs", "exists in us-west-2 with a value of its own", "--force-overwrite-replica-secret"],
    [
      "reversed",
      "is a replica of that in us-west-2",
      "aws secretsmanager stop-replication-to-replica --secret-id app-dev/OWN --region ap-northeast-1",
    ],
  ])("block a plan where a person stored one that is %s, with a command that mends it", (state, why, command) => {
    const [problem, ...others] = replicaProblems(session(state, "replica"));
    expect(problem).toContain(why);
    expect(problem).toContain(command);
    expect(others).toEqual([]);
  });

  it("are named by the plan where the first region cannot be asked for them", () => {
    expect(replicaNotes(session("unread", "replica"))).toEqual([
      "ap-northeast-1 could not be asked for app-dev/OWN, which is a secret of us-west-2 alone by now. A reconcile leaves that so until ap-northeast-1 answers.",
    ]);
    expect(replicaNotes(session("replica", "replica"))).toEqual([]);
  });
});
