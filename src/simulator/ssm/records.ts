import type { ParameterType } from "@aws-sdk/client-ssm";
import type { Sim } from "../sim.ts";
import type { SimTags } from "../tagging.ts";

export interface SimParameter {
  name: string;
  arn: string;
  type: ParameterType;
  value: string;
  kmsKeyId?: string;
  changedAt: number;
  version: number;
  tags: SimTags;
}

export const parameters = (sim: Sim) => sim.table<SimParameter>("ssm.parameters");
