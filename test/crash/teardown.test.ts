import { describe } from "vitest";
import { Crashes } from "./driver.ts";
import { diesEverywhere } from "./sweep.ts";

describe("a teardown", () => {
  diesEverywhere(() => new Crashes("teardown").standing({}));
});
