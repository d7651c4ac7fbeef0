import { describe } from "vitest";
import { Crashes } from "./driver.ts";
import { diesEverywhere } from "./sweep.ts";

const PORT_AND_NAT = { container: { port: 8080 }, network: { nat: "single" } } as const;

describe("a reconcile of an edit that replaces the target group and takes a NAT gateway away", () => {
  diesEverywhere(() => new Crashes("reconcile").standing(PORT_AND_NAT));
});
