import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  PutSecretValueCommand,
  ReplicateSecretToRegionsCommand,
} from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import { awsIn } from "../../../../src/aws/failover-origin.ts";
import { readReplicas, replicaOfIn } from "../../../../src/aws/secretsmanager/replicas.ts";
import {
  deleteReplicated,
  ownerOfSecret,
  primaryRegionOf,
  promoteReplica,
  towardsReplica,
} from "../../../../src/aws/secretsmanager/replication.ts";
import { Secret } from "../../../../src/aws/secretsmanager/secret.ts";
import { ownerTags, tagList } from "../../../../src/aws/tags.ts";
import { Snapshot } from "../../../../src/engine/snapshot.ts";
import { SimulatedError } from "../../../../src/simulator/errors.ts";
import type { SimulatorOptions } from "../../../../src/simulator/simulator.ts";
import { polling } from "../../../../src/testing/polling.ts";
import { simulated, type Simulated } from "../../../support/simulated.ts";

const FIRST = "ap-northeast-1";
const SECOND = "us-west-2";
const NAME = "demo-test/KEY";
const token = (letter: string) => letter.repeat(32);

/** A stack's two regions, whose first one has the secret. */
async function twoRegions(intercept?: SimulatorOptions["intercept"]) {
  const at = simulated(1, intercept);
  const there = awsIn(at.aws, SECOND);
  await created(at, FIRST);
  return { at, there, here: at.aws };
}

/** Creates the secret in a region by itself, with a version of that letter. */
async function created({ aws }: Simulated, region: string, letter = "a", isOwned = true) {
  const where = awsIn(aws, region);
  const Tags = isOwned ? tagList(ownerTags(where.owner, "secrets/key")) : [];
  await where.secretsManager(
    new CreateSecretCommand({ Name: NAME, SecretString: letter, ClientRequestToken: token(letter), Tags }),
  );
}

async function replicated() {
  const one = await twoRegions();
  await polling(one.at)(towardsReplica(one.there, FIRST, NAME));
  return one;
}

const described = ({ aws }: Simulated, region: string) =>
  awsIn(aws, region).secretsManager(new DescribeSecretCommand({ SecretId: NAME }));
const operations = ({ calls }: Simulated) => calls.map(({ operation }) => operation);

describe("a replica of a secret", () => {
  it("has the ARN, the value and the tags of its primary, and is the stack's in its own region", async () => {
    const { at, there } = await replicated();
    const [primary, replica] = [await described(at, FIRST), await described(at, SECOND)];
    expect(replica.ARN).toBe(primary.ARN?.replace(FIRST, SECOND));
    expect(replica.VersionIdsToStages).toEqual(primary.VersionIdsToStages);
    expect([primaryRegionOf(at.aws, primary), primaryRegionOf(there, replica)]).toEqual([undefined, FIRST]);
    const tags = ownerTags(at.aws.owner, "secrets/key");
    expect(ownerOfSecret(there, tags)).toBe(`demo/test/${SECOND}:secrets/key`);
    expect(ownerOfSecret(there, ownerTags({ ...at.aws.owner, name: "other" }, "secrets/key"))).toBe(
      `other/test/${FIRST}:secrets/key`,
    );
    expect((await Secret.list?.(there, []))?.map(({ id }) => id)).toEqual([NAME]);
  });

  it("takes no value, and one that is stored with its primary reaches it", async () => {
    const { at, there } = await replicated();
    const put = new PutSecretValueCommand({ SecretId: NAME, SecretString: "b", ClientRequestToken: token("b") });
    await expect(there.secretsManager(put)).rejects.toThrow("Operation not permitted on a replica secret");
    await at.aws.secretsManager(put);
    await at.clock.sleep(60_000);
    expect((await described(at, SECOND)).VersionIdsToStages).toEqual((await described(at, FIRST)).VersionIdsToStages);
  });

  it("is asked for once if the response was lost, or another run was first", async () => {
    let isLost = true;
    const { at, there } = await twoRegions((moment, { operation }) => {
      if (moment !== "after" || operation !== "ReplicateSecretToRegions" || !isLost) return;
      isLost = false;
      throw new SimulatedError("InternalServiceError", "An error occurred on the server side.", 500);
    });
    const both = [towardsReplica(there, FIRST, NAME), towardsReplica(there, FIRST, NAME)];
    const [one, other] = await Promise.all(both.map((next) => polling(at)(next)));
    expect([one, other]).toEqual([(await described(at, SECOND)).ARN, one]);
  });

  it("is the stack's again after it was one of its own, if it has the same value, also scheduled for deletion", async () => {
    const { at, there } = await replicated();
    await promoteReplica(there, NAME);
    await at.clock.sleep(60_000);
    await there.secretsManager(new DeleteSecretCommand({ SecretId: NAME, RecoveryWindowInDays: 7 }));
    const arn = await polling(at)(towardsReplica(there, FIRST, NAME));
    expect((await described(at, SECOND)).PrimaryRegion).toBe(FIRST);
    expect(arn).toBe((await described(at, SECOND)).ARN);
    expect(operations(at).filter((one) => one === "RestoreSecret")).toHaveLength(1);
  });

  it("is made of a secret of its own, and one of its own of it, by an update of its resource", async () => {
    const { at, there } = await twoRegions();
    await created(at, SECOND);
    const wanted = { name: NAME, length: 40, maxAgeDays: undefined, tags: ownerTags(there.owner, "secrets/key") };
    const update = async (from: string | undefined, replicaOf: string | undefined) => {
      const spec = { ...wanted, replicaOf: from };
      const observed = { id: NAME, attrs: { name: NAME, arn: "" }, spec, owner: undefined, ready: true };
      const updating = { note: () => {}, until: polling(at) };
      await Secret.update(there, observed, { ...wanted, replicaOf }, new Set(["replicaOf"]), updating);
      return described(at, SECOND);
    };
    expect((await update(undefined, FIRST)).PrimaryRegion).toBe(FIRST);
    const own = await update(FIRST, undefined);
    expect(own.PrimaryRegion).toBeUndefined();
    expect(own.Tags).toContainEqual({ Key: "fairlead:region", Value: SECOND });
  });

  it.each([
    ["has another value", "b", true],
    ["is not the stack's", "a", false],
  ])("does not take the place of a secret that %s", async (_why, letter, isOwned) => {
    const { at, there } = await twoRegions();
    await created(at, SECOND, letter, isOwned);
    await expect(towardsReplica(there, FIRST, NAME)()).rejects.toThrow(
      `To replace its value by that of ${FIRST}, which ends what was signed or encrypted with it in ${SECOND} alone: aws secretsmanager replicate-secret-to-regions --secret-id ${NAME} --add-replica-regions Region=${SECOND} --force-overwrite-replica-secret --region ${FIRST}.`,
    );
    expect(operations(at)).not.toContain("ReplicateSecretToRegions");
  });

  it("that AWS does not create is asked for once more, and AWS's reason is told at once", async () => {
    const { at, there, here } = await twoRegions();
    await created(at, SECOND, "b");
    const command = { SecretId: NAME, AddReplicaRegions: [{ Region: SECOND }] };
    await here.secretsManager(new ReplicateSecretToRegionsCommand(command));
    await at.clock.sleep(60_000);
    expect((await described(at, FIRST)).ReplicationStatus?.[0]?.Status).toBe("Failed");
    // What was in the way is gone, and comes back while AWS is at it.
    await there.secretsManager(new DeleteSecretCommand({ SecretId: NAME, ForceDeleteWithoutRecovery: true }));
    await at.clock.sleep(600_000);
    let isMeddling = true;
    const next = towardsReplica(
      {
        ...there,
        in: (region) => {
          const { secretsManager, ...rest } = there.in(region);
          const meddled: typeof secretsManager = async (sent, options) => {
            if (isMeddling && sent instanceof ReplicateSecretToRegionsCommand) {
              isMeddling = false;
              await created(at, SECOND, "c");
            }
            return secretsManager(sent, options);
          };
          return { ...rest, secretsManager: meddled };
        },
      },
      FIRST,
      NAME,
    );
    await expect(polling(at)(next)).rejects.toThrow(
      `Secret ${NAME} was not replicated from ${FIRST} to ${SECOND}: Secret with this name already exists in this region. Once that is mended, run again.`,
    );
  });
});

describe("a secret that replication is ended of", () => {
  it("is one of its own with its ARN and value, also by a second call", async () => {
    const { at, there } = await replicated();
    const { ARN, VersionIdsToStages } = await described(at, SECOND);
    await promoteReplica(there, NAME);
    await promoteReplica(there, NAME);
    expect(await described(at, SECOND)).toMatchObject({ ARN, VersionIdsToStages });
    expect((await described(at, SECOND)).PrimaryRegion).toBeUndefined();
  });

  it("tells why AWS refuses", async () => {
    const at = await twoRegions((moment, { operation }) => {
      if (moment === "before" && operation === "StopReplicationToReplica")
        throw new SimulatedError("AccessDeniedException", "Not authorized.", 400);
    });
    await polling(at.at)(towardsReplica(at.there, FIRST, NAME));
    await expect(promoteReplica(at.there, NAME)).rejects.toThrow("Not authorized.");
  });

  it("is deleted alone: a primary leaves its replica as a secret of its own, and a replica its primary", async () => {
    const primary = await replicated();
    await deleteReplicated(primary.here, NAME, 7);
    expect((await described(primary.at, FIRST)).DeletedDate).toBeDefined();
    expect(await described(primary.at, SECOND)).not.toHaveProperty("DeletedDate");
    expect((await described(primary.at, SECOND)).PrimaryRegion).toBeUndefined();
    const replica = await replicated();
    await deleteReplicated(replica.there, NAME, 7);
    expect((await described(replica.at, SECOND)).DeletedDate).toBeDefined();
    expect((await described(replica.at, FIRST)).DeletedDate).toBeUndefined();
  });

  it("is deleted where its replication failed, of which a status alone is left", async () => {
    const { at, here } = await twoRegions();
    await created(at, SECOND, "b");
    const command = { SecretId: NAME, AddReplicaRegions: [{ Region: SECOND }] };
    await here.secretsManager(new ReplicateSecretToRegionsCommand(command));
    await at.clock.sleep(60_000);
    await deleteReplicated(here, NAME, 7);
    expect((await described(at, FIRST)).DeletedDate).toBeDefined();
    expect((await described(at, SECOND)).DeletedDate).toBeUndefined();
  });
});

describe("what is known of the replicas before a plan", () => {
  const stateOf = async ({ there }: Awaited<ReturnType<typeof twoRegions>>) =>
    (await readReplicas(there, new Snapshot(), FIRST, [NAME])).states[NAME];

  it("is how each stands to the secret of the first region", async () => {
    const one = await twoRegions();
    expect(await stateOf(one)).toBe("absent");
    await polling(one.at)(towardsReplica(one.there, FIRST, NAME));
    expect(await stateOf(one)).toBe("replica");
    await promoteReplica(one.there, NAME);
    await one.at.clock.sleep(60_000);
    expect(await stateOf(one)).toBe("same");
    const put = new PutSecretValueCommand({ SecretId: NAME, SecretString: "b", ClientRequestToken: token("b") });
    await one.there.secretsManager(put);
    expect(await stateOf(one)).toBe("differs");
    const none = simulated();
    const { states } = await readReplicas(awsIn(none.aws, SECOND), new Snapshot(), FIRST, [NAME]);
    expect(states[NAME]).toBe("unset");
  });

  it("is that the regions were swapped, where the first one has the replica", async () => {
    const { here } = await replicated();
    const { states } = await readReplicas(here, new Snapshot(), SECOND, [NAME]);
    expect(states[NAME]).toBe("reversed");
  });

  it("is nothing while the first region is down, which leaves a secret as it is", async () => {
    let code: string | undefined;
    const one = await twoRegions((_moment, { region }) => {
      if (code !== undefined && region === FIRST) throw new SimulatedError(code, "No.", 400);
    });
    await created(one.at, SECOND, "b");
    code = "ServiceUnavailableException";
    const replicas = await readReplicas(one.there, new Snapshot(), FIRST, [NAME]);
    expect(replicas.states[NAME]).toBe("unread");
    expect([replicaOfIn(replicas, NAME), replicaOfIn(replicas, "other"), replicaOfIn(undefined, NAME)]).toEqual([
      undefined,
      FIRST,
      undefined,
    ]);
    code = "AccessDeniedException";
    await expect(readReplicas(one.there, new Snapshot(), FIRST, [NAME])).rejects.toThrow("No.");
  });
});
