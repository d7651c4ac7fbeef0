import { describe, expect, it } from "vitest";
import { awsCommand } from "../../../src/aws/command-line.ts";
import { unlessHeld, CannotClear, type Obstacle } from "../../../src/aws/obstacles.ts";
import { ownerTags } from "../../../src/aws/tags.ts";
import { DEMO } from "../../support/identities.ts";

const REFUSED = [{ code: "DependencyViolation", budget: 1_200 }];
const rule: Obstacle = { what: "security group sg-2", how: "has an ingress rule for it", remove: "aws ec2 revoke" };
const TEXT = `sg-1 cannot be deleted: security group sg-2, not created by Fairlead, has an ingress rule for it. Remove that, then run again. To remove: aws ec2 revoke`;

/** Looks at `seconds` after the first refusal, and what each look comes to: what it tells, or throws. */
async function looks(seconds: readonly number[], look: (waited: number) => Promise<readonly Obstacle[]>) {
  const [answer] = unlessHeld({ owner: DEMO }, { refusal: "sg-1 cannot be deleted", looks: [look] }, REFUSED);
  const said: unknown[] = [];
  for (const second of seconds)
    said.push(
      await answer?.meanwhile?.(second * 1000).catch((error: unknown) => ({ thrown: (error as Error).message })),
    );
  return said;
}

describe("a blocker of a delete", () => {
  it("is reported at the first refusal, and ends the wait after it was seen for half a minute", async () => {
    expect(await looks([0, 10, 20, 30], async () => [rule])).toEqual([TEXT, TEXT, TEXT, { thrown: TEXT }]);
  });

  it("is seen anew where it was gone in between, or came later", async () => {
    const there = async (waited: number) => (waited === 20_000 ? [] : [rule]);
    expect(await looks([0, 20, 35, 60, 65], there)).toEqual([TEXT, undefined, TEXT, TEXT, { thrown: TEXT }]);
  });

  it("does not count if it has the stack's owner tags; one of another stack does, by its owner tags", async () => {
    const own = { ...rule, tags: ownerTags(DEMO, "security/other") };
    expect(await looks([0, 60], async () => [own])).toEqual([undefined, undefined]);
    const other = { ...rule, tags: ownerTags({ ...DEMO, name: "shop" }, "security/other") };
    expect(await looks([0], async () => [other])).toEqual([
      expect.stringContaining(
        "security group sg-2, owned by another stack (shop/test/ap-northeast-1:security/other), has",
      ),
    ]);
  });

  it("does not fail if the search is not permitted, says so, and ends if something could not be removed", async () => {
    const denied = () => Promise.reject(new Error("You are not authorized to perform: ec2:DescribeNetworkAcls"));
    expect(await looks([0, 60], denied)).toEqual([
      expect.stringContaining("what blocks it could not be determined: You are not authorized"),
      expect.stringContaining("what blocks it could not be determined"),
    ]);
    const cause = new Error("not authorized to delete it");
    expect(await looks([0], () => Promise.reject(new CannotClear("no", { cause })))).toEqual([
      { thrown: "not authorized to delete it" },
    ]);
  });

  it("comes with commands that a shell takes as they are", () => {
    expect(awsCommand(["iam", "x", "--name", "it's a name"], { region: "eu-west-1" })).toBe(
      `aws iam x --name 'it'\\''s a name' --region eu-west-1`,
    );
  });
});
