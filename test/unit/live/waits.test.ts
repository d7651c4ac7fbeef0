import { describe, expect, it } from "vitest";
import { counterpart, waitsIn } from "../../live/waits.ts";
import { call } from "./calls.ts";

const state = (word: string) => ({ answer: { NatGateways: ["list"], "NatGateways[].State": ["string", `=${word}`] } });
const input = { input: { NatGatewayIds: ["nat-0123456789abcdef0"] } };

describe("a wait in the calls", () => {
  it("lasts from the call that made the thing to the first answer with its last state", () => {
    const calls = [
      call(1, "CreateNatGateway"),
      call(2, "DescribeNatGateways", { ...input, ...state("pending") }),
      call(60, "DescribeNatGateways", { ...input, ...state("pending") }),
      call(70, "DescribeNatGateways", { ...input, ...state("available") }),
      call(80, "DescribeNatGateways", { ...input, ...state("available") }),
    ];
    expect(waitsIn(calls)).toMatchObject([
      { operation: "ec2.DescribeNatGateways", since: "CreateNatGateway", from: "pending", to: "available", ms: 69_000 },
    ]);
  });

  it("may be for a thing to be seen at all", () => {
    const calls = [
      call(1, "CreateVpc"),
      call(2, "DescribeVpcs", { error: "InvalidVpcID.NotFound" }),
      call(4, "DescribeVpcs", { answer: { Vpcs: ["list"] } }),
    ];
    expect(waitsIn(calls)).toMatchObject([{ from: "InvalidVpcID.NotFound", to: "answered", ms: 3_000 }]);
    const listed = [
      call(1, "CreateVpc"),
      call(2, "DescribeVpcs", { answer: { Vpcs: ["empty list"] } }),
      call(4, "DescribeVpcs", { answer: { Vpcs: ["list"] } }),
    ];
    expect(waitsIn(listed)).toMatchObject([{ from: "empty list", to: "list", ms: 3_000 }]);
  });

  it("is none if two commands polled, or one polled before and after its work", () => {
    const [none, some] = [{ answer: { Vpcs: ["empty list"] } }, { answer: { Vpcs: ["list"] } }];
    expect(waitsIn([call(1, "DescribeVpcs", none), call(2, "DescribeVpcs", { ...some, command: 2 })])).toEqual([]);
    expect(waitsIn([call(1, "DescribeVpcs", none), call(2, "CreateVpc"), call(3, "DescribeVpcs", some)])).toEqual([]);
    const far = [call(1, "DescribeVpcs", some), call(2, "DescribeVpcs", some), call(400, "DescribeVpcs", none)];
    expect(waitsIn(far)).toEqual([]);
  });

  it("has its like on the other side, whatever the ids", () => {
    const waited = (id: string, ready: number) =>
      waitsIn([
        call(1, "DescribeNatGateways", { input: { NatGatewayIds: [id] }, ...state("pending") }),
        call(2, "DescribeNatGateways", { input: { NatGatewayIds: [id] }, ...state("pending") }),
        call(ready, "DescribeNatGateways", { input: { NatGatewayIds: [id] }, ...state("available") }),
      ]);
    const [one] = waited("nat-0123456789abcdef0", 20);
    if (!one) throw new Error("there is no wait");
    expect(counterpart(one, waited("nat-0aaaaaaaaaaaaaaa0", 50))).toMatchObject({ ms: 49_000 });
    expect(counterpart(one, [])).toBeUndefined();
  });
});
