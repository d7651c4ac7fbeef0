import type { Identity } from "../../src/aws/owner.ts";

/** Whose the resources of the unit and contract tests are. */
export const DEMO: Identity = { name: "demo", environment: "test", region: "ap-northeast-1" };

/** The stack that tests stand up where they say nothing else. */
export const APP: Identity = { name: "fairlead-app", environment: "dev", region: "ap-northeast-1" };
