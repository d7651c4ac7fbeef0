import type { GetCallerIdentityCommandOutput } from "@aws-sdk/client-sts";
import type { Answer, Operations } from "./sim.ts";

/** STS, as far as Fairlead asks it: who is asking. */
export const sts = {
  GetCallerIdentity: (_input, sim): Answer<GetCallerIdentityCommandOutput> => ({
    Account: sim.account,
    Arn: sim.arn("iam", "user/local", ""),
    UserId: "AIDALOCAL",
  }),
} satisfies Operations;
