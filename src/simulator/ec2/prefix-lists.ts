import type {
  CreateManagedPrefixListCommandInput,
  CreateManagedPrefixListCommandOutput,
  DescribeManagedPrefixListsCommandInput,
  DescribeManagedPrefixListsCommandOutput,
} from "@aws-sdk/client-ec2";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import type { Ec2Record } from "./records.ts";
import { passes, tagsOf } from "./shared.ts";

interface SimPrefixList extends Ec2Record {
  name: string;
  family: string;
  weight: number;
  owner: string;
}

/** The list of the addresses that CloudFront calls origins from, which AWS has in every region. */
const ORIGIN_FACING: SimPrefixList = {
  id: "pl-58a04531",
  name: "com.amazonaws.global.cloudfront.origin-facing",
  family: "IPv4",
  weight: 55,
  owner: "AWS",
  tags: [],
};

const table = (sim: Sim) => sim.table<SimPrefixList>("ec2.prefixLists");
const all = (sim: Sim) => [ORIGIN_FACING, ...Object.values(table(sim))];

/** As how many rules a peer counts ("Amazon VPC quotas": a prefix list counts as its maximum number of entries). */
export const weightOf = (sim: Sim, peer: string): number => all(sim).find(({ id }) => id === peer)?.weight ?? 1;

/** The id of a prefix list, which has to be there. */
export const prefixListOf = (sim: Sim, id: string): string =>
  all(sim).some((list) => list.id === id)
    ? id
    : refuse("InvalidPrefixListID.NotFound", `The prefix list ID '${id}' does not exist`);

const answerOf = (sim: Sim, { id, name, family, weight, owner, tags }: SimPrefixList) => ({
  PrefixListId: id,
  PrefixListName: name,
  PrefixListArn: `arn:aws:ec2:${sim.region}:${owner === "AWS" ? "aws" : owner}:prefix-list/${id}`,
  AddressFamily: family,
  MaxEntries: weight,
  OwnerId: owner,
  ...(owner === "AWS" ? {} : { State: "create-complete" as const, Version: 1 }),
  Tags: tags,
});

/** Managed prefix lists: CloudFront's, and those of the account. */
export const prefixListOperations = {
  /** EC2 API reference, CreateManagedPrefixList: "A name cannot start with com.amazonaws". */
  CreateManagedPrefixList(
    input: CreateManagedPrefixListCommandInput,
    sim,
  ): Answer<CreateManagedPrefixListCommandOutput> {
    onlyKnown(
      "CreateManagedPrefixList",
      input,
      ...(["PrefixListName", "MaxEntries", "AddressFamily", "Entries", "TagSpecifications"] as const),
    );
    const { PrefixListName: name = "", MaxEntries: weight = 1, AddressFamily: family = "IPv4", Entries = [] } = input;
    if (name.startsWith("com.amazonaws")) refuse("InvalidParameterValue", `The name '${name}' is reserved.`);
    if (Entries.length > weight)
      refuse("PrefixListMaxEntriesExceeded", "You've reached the maximum number of entries for the prefix list.");
    const id = sim.id("pl");
    const list = { id, name, family, weight, owner: sim.account, tags: tagsOf(input.TagSpecifications) };
    table(sim)[id] = list;
    return { PrefixList: answerOf(sim, list) };
  },

  DescribeManagedPrefixLists(
    input: DescribeManagedPrefixListsCommandInput,
    sim,
  ): Answer<DescribeManagedPrefixListsCommandOutput> {
    const found = all(sim).filter(({ id, name, tags }) =>
      passes(input.Filters, tags, { "prefix-list-name": name, "prefix-list-id": id }),
    );
    return { PrefixLists: found.map((list) => answerOf(sim, list)) };
  },
} satisfies Operations;
