import {
  CreateDetectorCommand,
  GetDetectorCommand,
  GuardDutyClient,
  ListDetectorsCommand,
} from "@aws-sdk/client-guardduty";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Detector } from "../../../../src/aws/guardduty/detector.ts";
import { UncertainAnswer } from "../../../../src/engine/resource-kind.ts";
import { awsError } from "../../../support/failing.ts";
import { lookFor, making, mocked } from "../../../support/mocked.ts";

const guardDuty = mockClient(GuardDutyClient);
beforeEach(() => guardDuty.reset());
const spec = { region: "ap-northeast-1" };

describe("guardduty/detector", () => {
  it("is created with a token, and with everything off that is on by default and costs extra", async () => {
    guardDuty.on(CreateDetectorCommand).resolves({ DetectorId: "d1" });
    expect(await Detector.create(mocked(), spec, making())).toEqual({ id: "d1", attrs: { detectorId: "d1" } });
    const [input] = guardDuty.commandCalls(CreateDetectorCommand).map(({ args: [command] }) => command.input);
    expect(input).toMatchObject({ Enable: true, ClientToken: making().token });
    expect(input?.Features).toEqual(
      ["EBS_MALWARE_PROTECTION", "EKS_AUDIT_LOGS", "LAMBDA_NETWORK_LOGS", "RDS_LOGIN_EVENTS", "S3_DATA_EVENTS"].map(
        (Name) => ({ Name, Status: "DISABLED" }),
      ),
    );
  });

  it("is looked for if another stack has just created it, and reports every other refusal", async () => {
    const refused = (text: string) =>
      guardDuty.on(CreateDetectorCommand).rejects(awsError("BadRequestException", text));
    refused("The request is rejected because a detector already exists for the current account.");
    await expect(Detector.create(mocked(), spec, making())).rejects.toBeInstanceOf(UncertainAnswer);
    refused("The request is rejected because the feature is not available.");
    await expect(Detector.create(mocked(), spec, making())).rejects.toMatchObject({ name: "BadRequestException" });
  });

  it("is the region's own, whoever created it, and stays", async () => {
    guardDuty.on(ListDetectorsCommand).resolves({ DetectorIds: ["theirs"] });
    guardDuty.on(GetDetectorCommand).resolves({ Status: "DISABLED", ServiceRole: "r" });
    const seen = await Detector.observe(mocked(), lookFor(spec));
    expect(seen).toMatchObject({ id: "theirs", unmanaged: ["suspended"], ready: true });
    expect(seen?.stays).toContain("aws guardduty delete-detector --detector-id theirs --region ap-northeast-1");
  });
});
