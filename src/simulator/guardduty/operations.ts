import type {
  CreateDetectorCommandInput,
  CreateDetectorCommandOutput,
  DeleteDetectorCommandInput,
  GetDetectorCommandInput,
  GetDetectorCommandOutput,
  ListDetectorsCommandInput,
  ListDetectorsCommandOutput,
} from "@aws-sdk/client-guardduty";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import type { Answer, Operations, Sim } from "../sim.ts";

interface SimDetector {
  id: string;
  token: string | undefined;
  enabled: boolean;
  /** Features that are on. */
  features: string[];
}

const detectors = (sim: Sim) => sim.table<SimDetector>("guardduty.detectors");

/** botocore guardduty, CreateDetector: on in a new detector unless they are named. */
const BY_DEFAULT = [
  "EBS_MALWARE_PROTECTION",
  "EKS_AUDIT_LOGS",
  "LAMBDA_NETWORK_LOGS",
  "RDS_LOGIN_EVENTS",
  "S3_DATA_EVENTS",
];
const OTHERS = ["EKS_RUNTIME_MONITORING", "RUNTIME_MONITORING"];

const detectorOf = (sim: Sim, id: string | undefined): SimDetector =>
  detectors(sim)[id ?? ""] ??
  refuse(
    "BadRequestException",
    "The request is rejected because the input detectorId is not owned by the current account.",
  );

/** GuardDuty: one detector in a region. */
export const guardDuty = {
  CreateDetector(input: CreateDetectorCommandInput, sim): Answer<CreateDetectorCommandOutput> {
    onlyKnown("CreateDetector", input, "Enable", "ClientToken", "Features");
    const [standing] = Object.values(detectors(sim));
    if (standing && standing.token !== undefined && standing.token === input.ClientToken)
      return { DetectorId: standing.id };
    if (standing)
      refuse(
        "BadRequestException",
        "The request is rejected because a detector already exists for the current account.",
      );
    const named = new Map<string, string>(input.Features?.map(({ Name = "", Status = "" }) => [Name, Status]));
    if (OTHERS.every((feature) => named.has(feature)))
      refuse(
        "BadRequestException",
        "The request is rejected because only one kind of runtime monitoring can be given.",
      );
    const id = sim.world.hex(32);
    detectors(sim)[id] = {
      id,
      token: input.ClientToken,
      enabled: input.Enable ?? false,
      features: [...BY_DEFAULT, ...OTHERS].filter(
        (feature) => (named.get(feature) ?? (BY_DEFAULT.includes(feature) ? "ENABLED" : "DISABLED")) === "ENABLED",
      ),
    };
    return { DetectorId: id };
  },

  GetDetector(input: GetDetectorCommandInput, sim): Answer<GetDetectorCommandOutput> {
    const { enabled, features } = detectorOf(sim, input.DetectorId);
    return {
      ServiceRole: sim.arn("iam", "role/aws-service-role/guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDuty", ""),
      Status: enabled ? "ENABLED" : "DISABLED",
      Features: [...BY_DEFAULT, ...OTHERS].map((Name) => ({
        Name: Name as "S3_DATA_EVENTS",
        Status: features.includes(Name) ? ("ENABLED" as const) : ("DISABLED" as const),
      })),
    };
  },

  ListDetectors(input: ListDetectorsCommandInput, sim): Answer<ListDetectorsCommandOutput> {
    onlyKnown("ListDetectors", input);
    return { DetectorIds: Object.keys(detectors(sim)) };
  },

  DeleteDetector(input: DeleteDetectorCommandInput, sim) {
    delete detectors(sim)[detectorOf(sim, input.DetectorId).id];
    return {};
  },
} satisfies Operations;
