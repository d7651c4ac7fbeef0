import { describe, it } from "vitest";
import { contract as checksOf } from "../../src/testing/contract.ts";
import type { ContractCase } from "../../src/testing/contract-case.ts";

/** Runs the contract that every kind must keep, on the simulator. */
export function contract<Spec extends object, Attrs extends object>(subject: ContractCase<Spec, Attrs>): void {
  describe(`${subject.kind.type} keeps the contract`, () => {
    for (const { name, run } of checksOf(subject)) it(name, run);
  });
}
