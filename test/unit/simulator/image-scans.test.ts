import {
  CreateRepositoryCommand,
  DescribeImageScanFindingsCommand,
  PutImageCommand,
  PutImageScanningConfigurationCommand,
} from "@aws-sdk/client-ecr";
import { beforeEach, describe, expect, it } from "vitest";
import { simulated, type Simulated } from "../../support/simulated.ts";

const repositoryName = "app";

describe("image scans in the simulated ECR", () => {
  let at: Simulated;
  beforeEach(async () => {
    at = simulated();
    await at.aws.ecr(new CreateRepositoryCommand({ repositoryName, imageScanningConfiguration: { scanOnPush: true } }));
  });

  const push = async (imageTag: string, imageManifest = imageTag) =>
    at.aws.ecr(new PutImageCommand({ repositoryName, imageTag, imageManifest }));
  const findings = async (imageTag: string) => {
    const command = new DescribeImageScanFindingsCommand({ repositoryName, imageId: { imageTag } });
    const { imageScanStatus, imageScanFindings } = await at.aws.ecr(command);
    return [imageScanStatus?.status, imageScanFindings?.findingSeverityCounts];
  };

  it("are not known right after the push, then in progress, then complete", async () => {
    await push("1");
    await expect(findings("1")).rejects.toThrow(/Image scan does not exist/);
    await at.clock.sleep(10_000);
    expect(await findings("1")).toEqual(["IN_PROGRESS", undefined]);
    await at.clock.sleep(20_000);
    expect(await findings("1")).toEqual(["COMPLETE", {}]);
  });

  it("are of an image, not of its tags: another tag of it starts none", async () => {
    await push("1");
    await at.clock.sleep(60_000);
    await push("2", "1");
    expect(await findings("2")).toEqual(["COMPLETE", {}]);
  });

  it("are missing for good where images were not scanned when it was pushed", async () => {
    const scanning = (scanOnPush: boolean) =>
      at.aws.ecr(
        new PutImageScanningConfigurationCommand({ repositoryName, imageScanningConfiguration: { scanOnPush } }),
      );
    await scanning(false);
    await push("1");
    await scanning(true);
    await at.clock.sleep(600_000);
    await expect(findings("1")).rejects.toMatchObject({ name: "ScanNotFoundException" });
  });

  it("cannot be asked for of an image that does not exist", async () => {
    await expect(findings("9")).rejects.toMatchObject({ name: "ImageNotFoundException" });
  });
});
