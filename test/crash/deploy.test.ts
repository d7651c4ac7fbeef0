import { describe } from "vitest";
import { Crashes } from "./driver.ts";
import { diesEverywhere } from "./sweep.ts";

/** A release writes no state. With its image marked as deployed it has ended: the same source deployed again is another release. */
describe("the first release of a stack", () => {
  diesEverywhere(() => new Crashes("deploy").standing({}), {
    moments: ["before call", "after call"],
    last: "ECR.PutImage",
  });
});
