// A region has one detector for everything in the account, so a stack shares it: it is created where there is none, taken as it is where there
// is one, whoever created it, and never deleted. Every feature that is not named at the create is on, and charged for.
import {
  CreateDetectorCommand,
  GetDetectorCommand,
  ListDetectorsCommand,
  type DetectorFeature,
} from "@aws-sdk/client-guardduty";
import { UncertainAnswer } from "../../engine/resource-kind.ts";
import type { Aws } from "../aws.ts";
import { awsCommand } from "../command-line.ts";
import { defineKind } from "../define-kind.ts";
import { hasCode, messageOf } from "../errors.ts";
import { some } from "../beyond.ts";

export interface DetectorSpec {
  /** Always the stack's own. */
  region: string;
}

export interface DetectorAttrs {
  detectorId: string;
}

/**
 * Optional protection that AWS switches on in a new detector unless it is named (botocore guardduty, CreateDetector: all but RUNTIME_MONITORING,
 * which excludes EKS_RUNTIME_MONITORING).
 */
const CHARGED: readonly DetectorFeature[] = [
  "EBS_MALWARE_PROTECTION",
  "EKS_AUDIT_LOGS",
  "LAMBDA_NETWORK_LOGS",
  "RDS_LOGIN_EVENTS",
  "S3_DATA_EVENTS",
];

export const Detector = defineKind<DetectorSpec, DetectorAttrs>({
  type: "guardduty/detector",
  fields: { region: { immutable: true, unique: true } },
  traits: { ownerless: true },

  async observe(aws, look) {
    const id = await existing(aws);
    if (id === undefined) return undefined;
    const { Status } = await aws.guardDuty(new GetDetectorCommand({ DetectorId: id }));
    return {
      id,
      attrs: { detectorId: id },
      spec: { region: aws.region },
      owner: look.owner,
      // Somebody suspended it on purpose.
      unmanaged: some(Status === "DISABLED" ? ["suspended"] : []),
      stays: `stays on in this account, where others may rely on it; to turn it off: ${awsCommand(["guardduty", "delete-detector", "--detector-id", id], aws)}`,
      ready: true,
    };
  },

  async create(aws, _spec, making) {
    const command = new CreateDetectorCommand({
      Enable: true,
      ClientToken: making.token,
      Features: CHARGED.map((Name) => ({ Name, Status: "DISABLED" })),
    });
    const { DetectorId: id = "" } = await aws.guardDuty(command, { once: true }).catch((error: unknown) => {
      // Another stack was faster: its detector is the one.
      if (hasCode(error, "BadRequestException") && /already exists/i.test(messageOf(error)))
        throw new UncertainAnswer(`CreateDetector: ${messageOf(error)}`, { cause: error });
      throw error;
    });
    await making.created(id);
    return { id, attrs: { detectorId: id } };
  },

  /** There is nothing that can be changed: how it is configured is the account's to say. */
  async update() {},

  /** Never called, since it stays. */
  async delete() {},
});

/** The region's detector; an account has at most one in each (botocore guardduty, CreateDetector). */
async function existing(aws: Aws): Promise<string | undefined> {
  return (await aws.guardDuty(new ListDetectorsCommand({}))).DetectorIds?.[0];
}
