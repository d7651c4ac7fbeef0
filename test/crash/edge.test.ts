import { describe } from "vitest";
// Before anything that loads the simulator: it watches the calls.
import { Crashes } from "./driver.ts";
import { diesEverywhere } from "./sweep.ts";
import type { StackConfig } from "../../src/index.ts";
import { PLAIN, type StackUnderTest } from "../support/stacks.ts";

const DOMAIN: StackConfig = { domain: "shop.example.com" };

const stackWith = (title: string, config: StackConfig): StackUnderTest => ({
  ...PLAIN,
  title,
  write(stage) {
    PLAIN.write(stage);
    stage.edit(config);
  },
});

const OPEN = stackWith("a stack without CDN", { ...DOMAIN, edge: false });
const INSIDE: StackConfig = { ...DOMAIN, edge: { origin: "vpc" } };
const BEHIND = stackWith("a stack behind a VPC origin", INSIDE);
const WITH_DOMAIN = stackWith("a stack with a domain", DOMAIN);

describe("a first reconcile of a stack without CDN", () => {
  diesEverywhere(PLAIN, () => Promise.resolve(new Crashes("reconcile", OPEN)));
});

describe("giving up the CDN of a stack", () => {
  diesEverywhere(PLAIN, () =>
    new Crashes("reconcile", WITH_DOMAIN).released((stage) => stage.edit({ ...DOMAIN, edge: false })),
  );
});

describe("adding a CDN to a stack", () => {
  diesEverywhere(PLAIN, () => new Crashes("reconcile", OPEN).released((stage) => stage.edit(DOMAIN)));
});

describe("putting a stack behind a VPC origin", () => {
  diesEverywhere(PLAIN, () => new Crashes("reconcile", WITH_DOMAIN).released((stage) => stage.edit(INSIDE)));
});

describe("taking a stack from behind its VPC origin", () => {
  diesEverywhere(PLAIN, () => new Crashes("reconcile", BEHIND).released((stage) => stage.edit(DOMAIN)));
});

describe("another protocol for a VPC origin", () => {
  diesEverywhere(PLAIN, () =>
    new Crashes("reconcile", BEHIND).released((stage) => stage.edit({ edge: { origin: "vpc" } })),
  );
});
