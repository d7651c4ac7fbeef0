import { describe, expect, it } from "vitest";
import { decide } from "../../../src/release/autopsy/causes.ts";
import type { Evidence } from "../../../src/release/autopsy/evidence.ts";
import { simulated } from "../../support/simulated.ts";
import { siteOf } from "./delivered.ts";

const nothing: Evidence = { gaps: [], deployments: [], events: [], tasks: [], targets: [], log: [] };
const event = "(service web) (deployment ecs-svc/1) deployment failed: alarm detected.";

describe("the autopsy of a deployment that an alarm ended", () => {
  it("names the alarm as the cause, where to look, and the setting", () => {
    const found = decide({ ...nothing, revision: "web:3", events: [event] }, siteOf(simulated()));
    expect(found.cause).toBe("alarm");
    expect(found.what).toContain("went off while web:3 was deployed, so ECS ended the deployment");
    expect(found.fix).toContain("npx fairlead status");
    expect(found.fix).toContain("service.deploymentAlarms: false");
    expect(found.evidence).toContain(event);
  });

  it("lets an explicit error of a task be the cause", () => {
    const containers = [{ name: "app", exitCode: 1, reason: "" }];
    const task = { id: "1", stopCode: "EssentialContainerExited", reason: "", started: true, containers };
    expect(decide({ ...nothing, events: [event], tasks: [task] }, siteOf(simulated())).cause).toBe("container-exits");
  });
});
