import type {
  DescribeHubCommandInput,
  DescribeHubCommandOutput,
  EnableSecurityHubCommandInput,
} from "@aws-sdk/client-securityhub";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import type { Answer, Operations, Sim } from "../sim.ts";

interface SimHub {
  enabledAt: number;
  /** Whether the standards that AWS enables by default are on. */
  standards: boolean;
}

const hubs = (sim: Sim) => sim.table<SimHub>("securityhub.hubs");
const hubOf = (sim: Sim): SimHub =>
  hubs(sim)["default"] ??
  refuse("InvalidAccessException", `Account ${sim.account} is not subscribed to AWS Security Hub`, 401);

/** Security Hub: one hub in a region. */
export const securityHub = {
  EnableSecurityHub(input: EnableSecurityHubCommandInput, sim) {
    onlyKnown("EnableSecurityHub", input, "EnableDefaultStandards");
    if (hubs(sim)["default"]) refuse("ResourceConflictException", "Account is already subscribed to Security Hub", 409);
    hubs(sim)["default"] = { enabledAt: sim.now, standards: input.EnableDefaultStandards ?? true };
    return {};
  },

  DescribeHub(input: DescribeHubCommandInput, sim): Answer<DescribeHubCommandOutput> {
    onlyKnown("DescribeHub", input);
    const { enabledAt } = hubOf(sim);
    return { HubArn: sim.arn("securityhub", "hub/default"), SubscribedAt: new Date(enabledAt).toISOString() };
  },

  DisableSecurityHub(_input: object, sim) {
    hubOf(sim);
    delete hubs(sim)["default"];
    return {};
  },
} satisfies Operations;
