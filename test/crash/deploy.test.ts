import { describe } from "vitest";
import { Crashes } from "./driver.ts";
import { diesEverywhere } from "./sweep.ts";

/** A release writes no state. */
describe("the first release of a stack", () => {
  diesEverywhere(() => new Crashes("deploy").standing({}), { moments: ["before call", "after call"] });
});
