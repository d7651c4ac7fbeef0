import type {
  GetRegistryScanningConfigurationCommandInput,
  GetRegistryScanningConfigurationCommandOutput,
  PutRegistryScanningConfigurationCommandInput,
  PutRegistryScanningConfigurationCommandOutput,
  RegistryScanningRule,
} from "@aws-sdk/client-ecr";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import type { Answer, Operations, Sim } from "../sim.ts";

interface SimScanning {
  /** The registry's id is the account. */
  registryId?: string;
  type: "BASIC" | "ENHANCED";
  rules: RegistryScanningRule[];
}

const DEFAULT: SimScanning = { type: "BASIC", rules: [] };
const KEY = "registry";

/** The one configuration of the account's registry in the region; that of one which nobody configured is BASIC without rules. */
const scanning = (sim: Sim) => sim.table<SimScanning>("ecr.scanning");
const current = (sim: Sim): SimScanning => scanning(sim)[KEY] ?? DEFAULT;

/** ECR user guide, "Filters to choose which repositories are scanned": its table of names and filters. */
function matches(filter: string, name: string): boolean {
  const parts = filter.split("*");
  if (parts.length === 1) return name.includes(filter);
  const [first = "", ...rest] = parts;
  const last = rest.pop() ?? "";
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let at = first.length;
  const end = name.length - last.length;
  for (const part of rest) {
    const found = name.slice(0, end).indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return true;
}

/**
 * Whether an image that is pushed now is scanned, and how. Under enhanced scanning a repository that no filter matches "will have scanning
 * disabled", whatever its own setting; under basic scanning the filters and the repository's own, deprecated setting count (the same page, and
 * botocore ecr, PutImageScanningConfiguration).
 */
export function scanAtPush(
  sim: Sim,
  repository: { name: string; scanOnPush: boolean },
): "basic" | "enhanced" | undefined {
  const { type, rules } = current(sim);
  const matched = rules.some(
    ({ scanFrequency, repositoryFilters = [] }) =>
      scanFrequency !== "MANUAL" && repositoryFilters.some(({ filter = "" }) => matches(filter, repository.name)),
  );
  if (type === "ENHANCED") return matched ? "enhanced" : undefined;
  return matched || repository.scanOnPush ? "basic" : undefined;
}

export const scanningOperations = {
  GetRegistryScanningConfiguration(
    _input: GetRegistryScanningConfigurationCommandInput,
    sim,
  ): Answer<GetRegistryScanningConfigurationCommandOutput> {
    const { type, rules } = current(sim);
    return { registryId: sim.account, scanningConfiguration: { scanType: type, rules } };
  },

  /** Replaces the whole configuration. botocore ecr, RegistryScanningRule: which frequencies go with which type; a rule needs its filters. */
  PutRegistryScanningConfiguration(
    input: PutRegistryScanningConfigurationCommandInput,
    sim,
  ): Answer<PutRegistryScanningConfigurationCommandOutput> {
    onlyKnown("PutRegistryScanningConfiguration", input, "scanType", "rules");
    const { scanType = "BASIC", rules = [] } = input;
    const allowed = scanType === "ENHANCED" ? ["CONTINUOUS_SCAN", "SCAN_ON_PUSH"] : ["SCAN_ON_PUSH", "MANUAL"];
    for (const [index, { scanFrequency = "", repositoryFilters = [] }] of rules.entries()) {
      const isTwice = rules.findIndex((other) => other.scanFrequency === scanFrequency) !== index;
      if (!allowed.includes(scanFrequency) || isTwice || repositoryFilters.length === 0)
        refuse(
          "InvalidParameterException",
          `Invalid parameter at 'rules' failed to satisfy constraint: 'Invalid scanning rule with frequency ${scanFrequency} for scan type ${scanType}'`,
        );
    }
    scanning(sim)[KEY] = { registryId: sim.account, type: scanType, rules };
    return { registryScanningConfiguration: { scanType, rules } };
  },
} satisfies Operations;
