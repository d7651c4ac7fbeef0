import { describe, expect, it } from "vitest";
import { compare } from "../../live/compare.ts";
import type { Call } from "../../live/log.ts";
import { shapesOf } from "../../live/shape.ts";
import { call } from "./calls.ts";

type Answer = NonNullable<Call["answer"]>;

const differences = (aws: readonly Call[], simulated: readonly Call[]) =>
  compare(shapesOf(aws), shapesOf(simulated)).differences;
/** What differs where AWS answers the first and the simulator the second. */
const between = (aws: Answer, simulated: Answer) =>
  differences([call(1, "DescribeVpcs", { answer: aws })], [call(1, "DescribeVpcs", { answer: simulated })]);

describe("answers of AWS beside those of the simulator", () => {
  it("are the same where members, types and words are", () => {
    const answer = { Vpcs: ["list"], "Vpcs[].State": ["string", "=available"] };
    expect(between(answer, answer)).toEqual([]);
  });

  it("differ in members that only one of them has, without listing the members of these", () => {
    const [lean, rich] = [
      { Vpcs: ["list"], "Vpcs[].VpcId": ["string"] },
      { Vpcs: ["list"], "Vpcs[].VpcId": ["string"], "Vpcs[].Tags": ["list"], "Vpcs[].Tags[].Key": ["string"] },
    ];
    const told = { operation: "ec2.DescribeVpcs", path: "Vpcs[].Tags", detail: "list" };
    expect(between(rich, lean)).toEqual([{ ...told, what: "only on AWS" }]);
    expect(between(lean, rich)).toEqual([{ ...told, what: "only in the simulator" }]);
  });

  it("do not differ in what an empty list might have held", () => {
    expect(between({ Vpcs: ["list"], "Vpcs[].VpcId": ["string"] }, { Vpcs: ["empty list"] })).toEqual([]);
  });

  it("differ in types and in the words of states", () => {
    expect(between({ Port: ["number"] }, { Port: ["string"] })).toMatchObject([
      { path: "Port", what: "other types", detail: "number on AWS, string in the simulator" },
    ]);
    expect(between({ State: ["string", "=pending", "=failed"] }, { State: ["string", "=pending"] })).toMatchObject([
      { path: "State", what: "value only on AWS", detail: "failed" },
    ]);
    expect(between({ State: ["string"] }, { State: ["string", "=gone", "=away"] })).toMatchObject([
      { path: "State", what: "value only in the simulator", detail: "away, gone" },
    ]);
  });

  it("differ in error codes", () => {
    const [one, other] = [call(1, "DeleteVpc", { error: "DependencyViolation" }), call(1, "DeleteVpc")];
    expect(differences([one], [other])).toEqual([
      { operation: "ec2.DeleteVpc", what: "error only on AWS", detail: "DependencyViolation" },
    ]);
    expect(differences([other], [one])).toMatchObject([{ what: "error only in the simulator" }]);
  });

  it("are held against each other by what was asked for, whatever the ids", () => {
    const asked = (id: string, name: string, answer: Answer) =>
      call(1, "DescribeRouteTables", { input: { Ids: [id], name }, answer });
    const aws = [
      asked("rtb-0123456789abcdef0", "public", { A: ["string"] }),
      asked("rtb-0aaaaaaaaaaaaaaa0", "private", { B: ["string"] }),
    ];
    const same = [
      asked("rtb-0bbbbbbbbbbbbbbb0", "private", { B: ["string"] }),
      asked("rtb-0ccccccccccccccc0", "public", { A: ["string"] }),
    ];
    expect(differences(aws, same)).toEqual([]);
    const turned = [asked("rtb-1", "private", { A: ["string"] }), asked("rtb-2", "public", { A: ["string"] })];
    expect(
      differences(
        aws.map((one) => ({ ...one, input: { name: (one.input as { name: string }).name } })),
        turned.map((one) => ({ ...one, input: { name: (one.input as { name: string }).name } })),
      ),
    ).toMatchObject([
      { path: "A", what: "only in the simulator" },
      { path: "B", what: "only on AWS" },
    ]);
  });

  it("are held against all that the other side answered where it was asked for nothing like it", () => {
    const asked = (page: string, answer: Answer) => call(1, "ListRoles", { input: { page }, answer });
    expect(
      differences(
        [asked("first", { Roles: ["list"] }), asked("second", { Roles: ["list"], More: ["string"] })],
        [asked("first", { Roles: ["list"] })],
      ),
    ).toEqual([{ operation: "ec2.ListRoles", path: "More", what: "only on AWS", detail: "string" }]);
  });

  it("name the operations that only one of them was asked", () => {
    const [vpc, subnet] = [call(1, "CreateVpc"), call(1, "CreateSubnet")];
    expect(compare(shapesOf([vpc]), shapesOf([subnet]))).toEqual({
      differences: [],
      onlyOnAws: ["ec2.CreateVpc"],
      onlyInSimulator: ["ec2.CreateSubnet"],
      compared: 0,
    });
  });
});
