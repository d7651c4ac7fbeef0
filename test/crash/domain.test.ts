import { describe } from "vitest";
// Before anything that loads the simulator: it watches the calls.
import { Crashes } from "./driver.ts";
import { diesEverywhere } from "./sweep.ts";
import { PLAIN, type StackUnderTest } from "../support/stacks.ts";

const WITH_DOMAIN: StackUnderTest = {
  ...PLAIN,
  title: "a plain stack with a domain",
  write(stage) {
    PLAIN.write(stage);
    stage.edit({ domain: "shop.example.com" });
  },
};

describe("adding a domain to a stack", () => {
  diesEverywhere(PLAIN, () =>
    new Crashes("reconcile", PLAIN).released((stage) => stage.edit({ domain: "shop.example.com" })),
  );
});

describe("taking the domain away from a stack", () => {
  diesEverywhere(PLAIN, () => new Crashes("reconcile", WITH_DOMAIN).released((stage) => stage.edit({})));
});

describe("another domain for a stack", () => {
  diesEverywhere(PLAIN, () =>
    new Crashes("reconcile", WITH_DOMAIN).released((stage) => stage.edit({ domain: ["www.example.com"] })),
  );
});
