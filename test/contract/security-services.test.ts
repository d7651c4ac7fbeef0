import { DeleteDetectorCommand } from "@aws-sdk/client-guardduty";
import { DisableSecurityHubCommand } from "@aws-sdk/client-securityhub";
import { Detector } from "../../src/aws/guardduty/detector.ts";
import { Hub } from "../../src/aws/securityhub/hub.ts";
import { contract } from "./suite.ts";

contract({
  kind: Detector,
  spec: async (at) => ({ region: at.aws.region }),
  edits: {},
  destroy: async (at, { id }) => void (await at.aws.guardDuty(new DeleteDetectorCommand({ DetectorId: id }))),
});

contract({
  kind: Hub,
  spec: async (at) => ({ region: at.aws.region }),
  edits: {},
  destroy: async (at) => void (await at.aws.securityHub(new DisableSecurityHubCommand({}))),
});
