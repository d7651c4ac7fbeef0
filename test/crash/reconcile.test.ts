import { describe } from "vitest";
import { Crashes } from "./driver.ts";
import { diesEverywhere } from "./sweep.ts";

describe("a reconcile of an empty account", () => {
  diesEverywhere(async () => new Crashes("reconcile"));
});
