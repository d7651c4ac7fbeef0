/**
 * The letters of each region's availability zones, the usual ones first: the order in which an account's zones are chosen, and the zones
 * assumed until the account is known. Read in November 2026 from the SDK's own list of regions.
 */
const zoneLetters = {
  "af-south-1": "abc",
  "ap-east-1": "abc",
  "ap-east-2": "abc",
  "ap-northeast-1": "acdb",
  "ap-northeast-2": "abcd",
  "ap-northeast-3": "abc",
  "ap-south-1": "abc",
  "ap-south-2": "abc",
  "ap-southeast-1": "abc",
  "ap-southeast-2": "abc",
  "ap-southeast-3": "abc",
  "ap-southeast-4": "abc",
  "ap-southeast-5": "abc",
  "ap-southeast-6": "abc",
  "ap-southeast-7": "abc",
  "ca-central-1": "abd",
  "ca-west-1": "abc",
  "eu-central-1": "abc",
  "eu-central-2": "abc",
  "eu-north-1": "abc",
  "eu-south-1": "abc",
  "eu-south-2": "abc",
  "eu-west-1": "abc",
  "eu-west-2": "abc",
  "eu-west-3": "abc",
  "il-central-1": "abc",
  "me-central-1": "abc",
  "me-south-1": "abc",
  "mx-central-1": "abc",
  "sa-east-1": "abc",
  "us-east-1": "abcdef",
  "us-east-2": "abc",
  "us-west-1": "abc",
  "us-west-2": "abcd",
};

export type Region = keyof typeof zoneLetters;

/**
 * Services that a stack needs and a region does not have: AWS General Reference, "AWS CodePipeline endpoints and quotas" and "AWS CodeBuild
 * endpoints and quotas", and botocore's endpoints.json of 1.43.11, November 2026.
 */
const missingServices: Readonly<Partial<Record<Region, readonly string[]>>> = {
  "ap-east-2": ["CodePipeline", "CodeBuild"],
  "ap-southeast-6": ["CodePipeline"],
  "ap-southeast-7": ["CodePipeline"],
  "ca-west-1": ["CodePipeline", "CodeBuild"],
  "mx-central-1": ["CodePipeline", "CodeBuild"],
};

/** The services that a stack needs and `region` does not have; none if the region is supported. */
export const missingServicesIn = (region: Region): readonly string[] => missingServices[region] ?? [];

/** Every region that Fairlead supports. */
export const regions: readonly Region[] = Object.keys(zoneLetters).filter(isRegion);

/** The zones of a region, the usual ones first. */
export function zonesOf(region: Region): string[] {
  return Array.from(zoneLetters[region], (letter) => region + letter);
}

export function isRegion(text: string): text is Region {
  return Object.hasOwn(zoneLetters, text);
}
