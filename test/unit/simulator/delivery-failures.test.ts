import { describe, expect, it } from "vitest";
import { deliverable, running, SOURCE } from "../../support/release.ts";

describe("a release that fails in the simulated AWS", () => {
  const dockerfile = (line: string) => ({ ...SOURCE, Dockerfile: `${SOURCE.Dockerfile}${line}\n` });

  it.each<[string, Record<string, string>, string, string, RegExp]>([
    [
      "no buildspec",
      { Dockerfile: "FROM scratch\n" },
      "DOWNLOAD_SOURCE",
      "YAML_FILE_ERROR",
      /^YAML file does not exist$/,
    ],
    [
      "a buildspec of another version",
      { ...SOURCE, "buildspec.yml": "version: 0.3\nphases:\n" },
      "DOWNLOAD_SOURCE",
      "YAML_FILE_ERROR",
      /unknown buildspec version: 0.3/,
    ],
    [
      "no Dockerfile",
      { "buildspec.yml": SOURCE["buildspec.yml"] },
      "BUILD",
      "COMMAND_EXECUTION_ERROR",
      /^Error while executing command: docker build .* Reason: exit status 1$/,
    ],
    [
      "a build that breaks",
      dockerfile("# simulate: build-error"),
      "BUILD",
      "COMMAND_EXECUTION_ERROR",
      /^Error while executing command: docker build .* Reason: exit status 1$/,
    ],
    [
      "no artifact",
      { ...SOURCE, "buildspec.yml": SOURCE["buildspec.yml"].replace("- imagedefinitions.json", "- other.json") },
      "UPLOAD_ARTIFACTS",
      "CLIENT_ERROR",
      /^no matching artifact paths found for \[other.json\]$/,
    ],
  ])("fails in the build for %s", async (_what, files, phase, code, message) => {
    const release = await deliverable();
    await release.upload(files);
    await release.wait(90);
    const build = await release.build();
    expect(build?.buildStatus).toBe("FAILED");
    const failed = build?.phases?.find(({ phaseStatus }) => phaseStatus === "FAILED");
    expect(failed).toMatchObject({ phaseType: phase, contexts: [{ statusCode: code }] });
    expect(failed?.contexts?.[0]?.message).toMatch(message);
    const { Build, Approval } = await release.state();
    expect(Build?.action?.errorDetails).toEqual({
      code: "JobFailed",
      message: `Build terminated with state: FAILED. Phase: ${phase}, Code: ${code}, Message: ${failed?.contexts?.[0]?.message}`,
    });
    expect((await release.runs())[0]?.status).toBe("Failed");
    expect(Approval?.action).toBeUndefined();
    expect(await release.log()).toContainEqual(expect.stringContaining(`Phase context status code: ${code} Message:`));
  });

  it("leaves the words of what failed in the log of the build, and pushes nothing", async () => {
    const release = await deliverable();
    await release.upload(dockerfile("# simulate: build-error"));
    await release.wait(90);
    const log = (await release.log()).join("\n");
    expect(log).toContain('process "/bin/sh -c npm ci" did not complete successfully: exit code: 1');
    // The buildspec's own guard, which CodeBuild comes to although the build has failed.
    expect(log).toContain("The build failed, so nothing is pushed.");
    expect(await release.images()).toEqual([]);
  });

  it("cannot run Docker where the project is not privileged", async () => {
    const release = await deliverable({ privileged: false });
    await release.upload(SOURCE);
    await release.wait(90);
    expect((await release.log()).join("\n")).toContain("Cannot connect to the Docker daemon");
    expect((await release.runs())[0]?.status).toBe("Failed");
  });

  it.each(["exits", "unhealthy", "missing-image"])(
    "fails in the deploy for an image that %s, and ECS goes back to what ran",
    async (what) => {
      const release = await deliverable();
      const before = await running(release);
      await release.upload(dockerfile(`# simulate: ${what}`));
      await release.wait(90);
      await release.answer("Approved");
      await release.wait(1200);
      expect((await release.runs())[0]?.status).toBe("Failed");
      const { Deploy } = await release.state();
      expect(Deploy?.action?.errorDetails?.code).toBe("JobFailed");
      expect(Deploy?.action?.errorDetails?.message).toMatch(
        /^Deployment ecs-svc\/\d+ failed: ECS deployment circuit breaker/,
      );
      const after = await running(release);
      expect(after.revision).toBe(before.revision);
      expect(after.service?.runningCount).toBe(2);
      expect(await release.images()).toHaveLength(what === "missing-image" ? 0 : 1);
    },
  );

  it.each([
    ["no such container", '[{"name":"web","imageUri":"x"}]', "The AWS ECS container web does not exist"],
    ["no images", "[]", "The image definition file imagedefinitions.json contains invalid JSON format"],
  ])("fails in the deploy for image definitions with %s", async (_what, definitions, message) => {
    const release = await deliverable();
    const spec = SOURCE["buildspec.yml"].replace(/- printf .*/, `- echo '${definitions}' > imagedefinitions.json`);
    await release.upload({ ...SOURCE, "buildspec.yml": spec });
    await release.wait(90);
    await release.answer("Approved");
    await release.wait(5);
    const { Deploy } = await release.state();
    expect(Deploy?.action?.errorDetails?.code).toBe("ConfigurationError");
    expect(Deploy?.action?.errorDetails?.message).toContain(message);
  });
});
