import { DescribeImagesCommand } from "@aws-sdk/client-ecr";
import { DescribeServicesCommand, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const SERVICE = { cluster: "fairlead-app-dev-cluster", service: "fairlead-app-dev-service" };

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
  writeService(stage);
});
afterEach(() => stage.remove());

const desired = async (): Promise<number | undefined> => {
  const { aws } = stage.world();
  const command = new DescribeServicesCommand({ cluster: SERVICE.cluster, services: [SERVICE.service] });
  return (await aws.ecs(command)).services?.[0]?.desiredCount;
};

const images = async () => {
  const { aws } = stage.world();
  return (await aws.ecr(new DescribeImagesCommand({ repositoryName: "fairlead-app-dev" }))).imageDetails ?? [];
};

describe("a stack is released by an approved deployment, not by an image that a build pushed", () => {
  it("stays at zero tasks, whatever is reconciled, while its first release waits for approval", async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect((await stage.type("deploy")).exit).toBe(0);
    expect(await images()).toHaveLength(1);
    expect(await stage.planned()).toEqual({});
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await desired()).toBe(0);
    expect((await stage.say("status")).lines.join("\n")).toMatch(
      /It stays at zero tasks until the first release is deployed\.\n\n! Release \S+ has been waiting for approval since .+\n {4}To approve: npx fairlead approve\n/,
    );
  });

  it("stays at zero tasks after its first release was rejected, and doctor does not advise to reconcile", async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect((await stage.type("deploy")).exit).toBe(0);
    expect((await stage.type("reject", "--reason", "not this one")).exit).toBe(0);
    const { lines } = await stage.type("doctor");
    expect(lines.join("\n")).toContain("stays at zero tasks until its first release");
    expect(lines.join("\n")).not.toContain("npx fairlead reconcile");
    expect((await stage.run("reconcile")).json.summary).toMatchObject({ updated: 0, created: 0 });
    expect(await desired()).toBe(0);
  });

  it("never runs an image that was not approved, even if the service is scaled up by hand", async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect((await stage.type("deploy")).exit).toBe(0);
    const task = await stage.meddle(async (aws, clock) => {
      await aws.ecs(new UpdateServiceCommand({ ...SERVICE, desiredCount: 1 }));
      await clock.sleep(120_000);
      const command = new DescribeServicesCommand({ cluster: SERVICE.cluster, services: [SERVICE.service] });
      return (await aws.ecs(command)).services?.[0];
    });
    expect(task?.runningCount).toBe(0);
    expect(task?.events?.map(({ message }) => message).join("\n")).toContain("failed to start");
  });

  it("stays released while it is scaled to zero tasks, and is scaled up by the next reconcile", async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect((await deployed(stage)).exit).toBe(0);
    await stage.meddle(async (aws, clock) => {
      await aws.ecs(new UpdateServiceCommand({ ...SERVICE, desiredCount: 0 }));
      await clock.sleep(120_000);
    });
    expect(await stage.planned()).toEqual({ "compute/service": "update" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await desired()).toBe(2);
  });

  it("is scaled up by the next reconcile if nobody followed its first release", async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect((await stage.type("deploy", "--detach")).exit).toBe(0);
    expect((await stage.type("deploy")).exit).toBe(0);
    const { exit, lines } = await stage.type("approve", "--detach");
    expect(exit).toBe(0);
    expect(lines.join("\n")).toContain("until you run npx fairlead reconcile afterwards");
    await stage.meddle((_aws, clock) => clock.sleep(120_000));
    expect((await stage.say("status")).lines.join("\n")).toContain("To scale it to 2: npx fairlead reconcile");
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await desired()).toBe(2);
  });
});

describe("a repository whose tags are immutable", () => {
  it("accepts one release after another", async () => {
    stage.edit({ registry: { mutableTags: false } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    for (const version of ["1", "2"]) {
      writeService(stage, "", { "version.txt": version });
      expect((await deployed(stage)).json.release).toMatchObject({ ending: "live", why: null });
    }
    expect((await images()).flatMap(({ imageTags = [] }) => imageTags)).not.toContain("latest");
  });

  it("keeps the running image, however many unapproved builds follow", async () => {
    stage.edit({ registry: { keepImages: 2, mutableTags: false } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect((await deployed(stage)).exit).toBe(0);
    for (const version of ["1", "2", "3", "4"]) {
      writeService(stage, "", { "version.txt": version });
      expect((await stage.type("deploy")).exit).toBe(0);
      expect((await stage.type("reject", "--reason", "no")).exit).toBe(0);
      await stage.meddle((_aws, clock) => clock.sleep(86_400_000));
    }
    const kept = await images();
    expect(kept).toHaveLength(3);
    expect(kept.filter(({ imageTags = [] }) => imageTags.some((tag) => tag.startsWith("deployed-")))).toHaveLength(1);
    const { lines } = await stage.type("doctor");
    expect(lines.join("\n")).toMatch(/task definition and image\s+Task definition .* which exists\./);
  });
});
