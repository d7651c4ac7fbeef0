import { expect, it } from "vitest";
import { messageOf } from "../../../src/aws/errors.ts";
import { awsError } from "../../support/failing.ts";
import { telling, whyOf, withoutNulls } from "../../../src/aws/answer.ts";

it("is an answer without what is null, as a member or in a list", () => {
  const at = new Date(0);
  expect(withoutNulls({ Tags: [null, { Key: "a", Value: null }], Name: null, At: at })).toEqual({
    Tags: [{ Key: "a" }],
    At: at,
  });
});

it("says on one line why a call is asked again", () => {
  const named = Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException" });
  const page = new Error(
    "mismatched tags <html> and </title>.\n  Deserialization error: to see the raw response, inspect it.",
  );
  expect([named, page, new SyntaxError("Unexpected token <")].map(whyOf)).toEqual([
    "ThrottlingException: Rate exceeded",
    "mismatched tags <html> and </title>.",
    "the response cannot be parsed (Unexpected token <)",
  ]);
});

it("says which call was denied where AWS does not", () => {
  const denied = (message: string, code = "AccessDenied") =>
    messageOf(telling("ec2.CreateVpc", awsError(code, message, 403)));
  expect(denied("You are not authorized to perform this operation.", "UnauthorizedOperation")).toBe(
    "ec2.CreateVpc was denied: You are not authorized to perform this operation.",
  );
  const named = "User: arn:aws:iam::123456789012:user/Ann is not authorized to perform: ec2:CreateVpc";
  expect(denied(named)).toBe(named);
  expect(denied("You are not authorized to call CreateVpc.")).toBe("You are not authorized to call CreateVpc.");
  expect(denied("The vpc has dependencies.", "DependencyViolation")).toBe("The vpc has dependencies.");
});
