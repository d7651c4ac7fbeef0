import type {
  DescribeAvailabilityZonesCommandInput,
  DescribeAvailabilityZonesCommandOutput,
  DescribeRegionsCommandInput,
  DescribeRegionsCommandOutput,
} from "@aws-sdk/client-ec2";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import type { Answer, Operations, Sim } from "../sim.ts";

/**
 * The letters that this account has in a region, with the numbers of their zone ids (AWS RAM User Guide, "Availability Zone IDs": letters
 * are dealt out per account). One zone of Tokyo is closed to new accounts, an account of us-west-1 has two of three, and the fifth zone of
 * us-east-1 is an old one without Fargate.
 */
const LETTERS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "ap-northeast-1": { a: 4, c: 1, d: 2 },
  "us-west-1": { a: 3, c: 1 },
  "us-east-1": { a: 6, b: 1, c: 2, d: 4, e: 3, f: 5 },
  "ca-central-1": { a: 1, b: 2, d: 4 },
};
const USUAL = { a: 1, b: 2, c: 3 };

const lettersIn = (region: string): Readonly<Record<string, number>> => LETTERS[region] ?? USUAL;

/** `ap-northeast-1` is `apne1` in a zone's id. */
const shortOf = (region: string): string => {
  const [area = "", direction = "", number = ""] = region.split("-");
  const compass = direction.replaceAll(/north|south|east|west|central/g, (word) =>
    word === "central" ? "c" : (word[0] ?? ""),
  );
  return `${area}${compass}${number}`;
};

/** The names of the account's zones. */
export const zonesOf = (sim: Sim): string[] => Object.keys(lettersIn(sim.region)).map((letter) => sim.region + letter);

const idOfZone = (region: string, number: number) => `${shortOf(region)}-az${number}`;

/** The id of a zone, which is the same for every account. */
export const zoneIdOf = (sim: Sim, zone: string): string =>
  idOfZone(sim.region, lettersIn(sim.region)[zone.slice(sim.region.length)] ?? 0);

/** The regions that are enabled for the account, as far as the simulated AWS has any use for them. */
const REGIONS = ["ap-northeast-1", "eu-west-1", "us-east-1", "us-west-2"];

export const zoneOperations = {
  DescribeRegions(input: DescribeRegionsCommandInput): Answer<DescribeRegionsCommandOutput> {
    onlyKnown("DescribeRegions", input);
    return {
      Regions: REGIONS.map((RegionName) => ({
        RegionName,
        Endpoint: `ec2.${RegionName}.amazonaws.com`,
        OptInStatus: "opt-in-not-required",
      })),
    };
  },

  DescribeAvailabilityZones(
    input: DescribeAvailabilityZonesCommandInput,
    sim,
  ): Answer<DescribeAvailabilityZonesCommandOutput> {
    const zones = Object.entries(lettersIn(sim.region)).map(([letter, number]) => ({
      State: "available" as const,
      OptInStatus: "opt-in-not-required" as const,
      RegionName: sim.region,
      ZoneName: sim.region + letter,
      ZoneId: idOfZone(sim.region, number),
      GroupName: `${sim.region}-zg-1`,
      NetworkBorderGroup: sim.region,
      ZoneType: "availability-zone",
    }));
    const facts = { "zone-type": "ZoneType", state: "State", "zone-name": "ZoneName", "zone-id": "ZoneId" } as const;
    const found = zones.filter((zone) =>
      (input.Filters ?? []).every(({ Name = "", Values = [] }) => {
        const fact = (facts as Readonly<Record<string, keyof typeof zone>>)[Name];
        if (fact === undefined) return refuse("InvalidParameterValue", `The filter '${Name}' is invalid`);
        return Values.includes(zone[fact]);
      }),
    );
    return { AvailabilityZones: found };
  },
} satisfies Operations;
