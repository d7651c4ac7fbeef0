// A registry scans in one way for everything in the account and a region, so a stack shares it: enhanced scanning is turned on where it is off, with
// what others had scanned, taken as it is where it is on, and never turned off.
import { DescribeRepositoriesCommand } from "@aws-sdk/client-ecr";
import type { Aws } from "../aws.ts";
import { awsCommand } from "../command-line.ts";
import { defineKind } from "../define-kind.ts";
import { everyPage } from "../pages.ts";
import { matches, MOST_FILTERS, readScanning, withFilters, writeScanning } from "./registry-scanning.ts";

export interface EnhancedScanningSpec {
  /** Always the stack's own. */
  region: string;
}

export interface EnhancedScanningAttrs {
  registryId: string;
}

export const EnhancedScanning = defineKind<EnhancedScanningSpec, EnhancedScanningAttrs>({
  type: "ecr/enhanced-scanning",
  fields: { region: { immutable: true, unique: true } },
  traits: { ownerless: true },

  async observe(aws, look) {
    if ((await readScanning(aws)).type !== "ENHANCED") return undefined;
    return {
      id: aws.account,
      attrs: { registryId: aws.account },
      spec: { region: aws.region },
      owner: look.owner,
      stays: `stays on in this account, where others may rely on it; to turn it off for all repositories: ${awsCommand(["ecr", "put-registry-scanning-configuration", "--scan-type", "BASIC"], aws)}`,
      ready: true,
    };
  },

  /** ECR user guide, "Filters to choose which repositories are scanned": what no filter matches is not scanned any more. */
  async create(aws, _spec, making) {
    const { type, filters } = await readScanning(aws);
    if (type !== "ENHANCED") {
      const onPush = filters.get("SCAN_ON_PUSH") ?? [];
      const named = await scannedByThemselves(aws);
      // The stack's own have a filter that goes with the stack (scan-filter.ts).
      const missing = named.filter((name) => ![...onPush, `${aws.stack}*`].some((filter) => matches(filter, name)));
      if (onPush.length + missing.length > MOST_FILTERS)
        throw new Error(
          `Enhanced scanning would end the scans of other repositories: ${missing.length} of this account scan on push by a setting of their own, and a registry has room for ${MOST_FILTERS} filters. No changes were made. Scan them by a filter with a wildcard first, with aws ecr put-registry-scanning-configuration, or set security.enhancedScanning to false.`,
        );
      // Enhanced scanning has no frequency MANUAL (botocore ecr, RegistryScanningRule).
      await writeScanning(aws, {
        type: "ENHANCED",
        filters: withFilters(new Map(), "SCAN_ON_PUSH", [...onPush, ...missing]),
      });
    }
    await making.created(aws.account);
    return { id: aws.account, attrs: { registryId: aws.account } };
  },

  /** There is nothing that can be changed: what else is scanned is the account's to say. */
  async update() {},

  /** Never called, since it stays. */
  async delete() {},
});

/** Repositories whose own setting scans on push, which counts under basic scanning only. */
async function scannedByThemselves(aws: Aws): Promise<string[]> {
  const all = await everyPage(async (nextToken) => {
    const page = await aws.ecr(new DescribeRepositoriesCommand({ nextToken, maxResults: 1000 }));
    return { items: page.repositories, next: page.nextToken };
  });
  return all.flatMap(({ repositoryName, imageScanningConfiguration }) =>
    repositoryName !== undefined && imageScanningConfiguration?.scanOnPush === true ? [repositoryName] : [],
  );
}
