import type { CreateTagsCommandInput, DeleteTagsCommandInput, Tag } from "@aws-sdk/client-ec2";
import { refuse } from "../errors.ts";
import type { Operations, Sim } from "../sim.ts";
import { tagsOfInput, withTags } from "../tagging.ts";
import type { Ec2Record } from "./records.ts";

/** Where the records of an id are kept, by its prefix. */
const TABLES: Readonly<Record<string, string>> = {
  vpc: "ec2.vpcs",
  subnet: "ec2.subnets",
  igw: "ec2.internetGateways",
  eigw: "ec2.egressOnlyGateways",
  eipalloc: "ec2.addresses",
  nat: "ec2.natGateways",
  acl: "ec2.networkAcls",
  rtb: "ec2.routeTables",
  sg: "ec2.securityGroups",
  vpce: "ec2.vpcEndpoints",
  fl: "ec2.flowLogs",
};

function recordOf(sim: Sim, id: string): Ec2Record {
  const table = TABLES[id.slice(0, id.indexOf("-"))];
  const found = table === undefined ? undefined : sim.table<Ec2Record>(table)[id];
  return found ?? refuse("InvalidID", `The ID '${id}' is not valid`);
}

const byKey = (tags: readonly Tag[]) => Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));

export const tagOperations = {
  CreateTags(input: CreateTagsCommandInput, sim) {
    const more = tagsOfInput(input.Tags, "InvalidParameterValue");
    for (const id of input.Resources ?? []) {
      const record = recordOf(sim, id);
      const all = withTags(byKey(record.tags), more, "TagLimitExceeded");
      record.tags = Object.entries(all).map(([Key, Value]) => ({ Key, Value }));
    }
    return {};
  },

  DeleteTags(input: DeleteTagsCommandInput, sim) {
    for (const id of input.Resources ?? []) {
      const record = recordOf(sim, id);
      record.tags = record.tags.filter(
        (tag) => !input.Tags?.some(({ Key, Value }) => Key === tag.Key && (Value === undefined || Value === tag.Value)),
      );
    }
    return {};
  },
} satisfies Operations;
