import { describe } from "vitest";
import { Crashes } from "./driver.ts";
import { diesEverywhere } from "./sweep.ts";

describe("a reconcile of an edit that replaces the VPC and all that lives in it", () => {
  diesEverywhere(() => new Crashes("reconcile").standing({ network: { cidr: "10.1.0.0/16" } }));
});
