import { describe, expect, it } from "vitest";
import { findById } from "../../../../src/aws/ec2/shared.ts";
import { awsError } from "../../../support/failing.ts";

const asked = (answer: Promise<readonly { id?: string }[] | undefined>) =>
  findById("vpc-1", ({ id }) => id, answer, "InvalidVpcID.NotFound");

describe("asking EC2 for one thing by its id", () => {
  it("answers the one that was asked for", async () => {
    expect(await asked(Promise.resolve([{ id: "vpc-0" }, { id: "vpc-1" }]))).toEqual({ id: "vpc-1" });
  });

  it("answers nothing where EC2 says that there is none", async () => {
    expect(await asked(Promise.reject(awsError("InvalidVpcID.NotFound", "vpc-1")))).toBeUndefined();
  });

  it.each([[[]], [undefined], [[{}]], [[{ id: "vpc-2" }]]])(
    "takes %j for no answer, not for absence",
    async (answer) => {
      await expect(asked(Promise.resolve(answer))).rejects.toThrow(
        "AWS was asked for vpc-1, but its response does not contain it. Run again.",
      );
    },
  );
});
