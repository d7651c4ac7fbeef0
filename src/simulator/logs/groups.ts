import type {
  CreateLogGroupCommandInput,
  DeleteLogGroupCommandInput,
  DescribeLogGroupsCommandInput,
  DescribeLogGroupsCommandOutput,
  PutLogGroupDeletionProtectionCommandInput,
  PutRetentionPolicyCommandInput,
} from "@aws-sdk/client-cloudwatch-logs";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import type { Answer, Operations } from "../sim.ts";
import { groupOf, logGroups } from "./records.ts";

/** The retentions that CloudWatch Logs sells, in days. */
const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export const groupOperations = {
  CreateLogGroup({ logGroupName: key = "", tags }: CreateLogGroupCommandInput, sim) {
    logGroups.create(sim, { key, tags }, {});
    return {};
  },

  DescribeLogGroups(input: DescribeLogGroupsCommandInput, sim): Answer<DescribeLogGroupsCommandOutput> {
    const { logGroupIdentifiers: wanted, logGroupNamePrefix: prefix, logGroupNamePattern: pattern } = input;
    const known = ["logGroupNamePrefix", "logGroupNamePattern", "logGroupIdentifiers", "limit", "nextToken"] as const;
    onlyKnown("DescribeLogGroups", input, ...known);
    // "If you specify this parameter, the only other filter that you can choose to specify is includeLinkedAccounts" (botocore logs).
    if (wanted && (prefix ?? pattern) !== undefined)
      refuse("InvalidParameterException", "logGroupIdentifiers cannot be specified together with logGroupNamePrefix");
    // "mutually exclusive. Only one of these parameters can be passed" (botocore logs).
    if (prefix !== undefined && pattern !== undefined)
      refuse("InvalidParameterException", "logGroupNamePrefix and logGroupNamePattern are mutually exclusive");
    const { page, next } = logGroups.list(sim, { token: input.nextToken, size: input.limit }, ({ name }) =>
      wanted ? wanted.includes(name) : name.startsWith(prefix ?? "") && name.includes(pattern ?? ""),
    );
    return {
      logGroups: page.map(({ name, arn, createdAt, retentionDays, isProtected }) => ({
        logGroupName: name,
        arn: `${arn}:*`,
        creationTime: createdAt,
        // With a pattern, "only arn, creationTime, and logGroupName are included in the response" (botocore logs).
        ...(pattern === undefined && {
          storedBytes: 0,
          ...(retentionDays === undefined ? {} : { retentionInDays: retentionDays }),
          ...(isProtected ? { deletionProtectionEnabled: true } : {}),
        }),
      })),
      nextToken: next,
    };
  },

  PutRetentionPolicy(input: PutRetentionPolicyCommandInput, sim) {
    const group = groupOf(sim, input.logGroupName);
    const days = input.retentionInDays ?? 0;
    if (!RETENTIONS.includes(days))
      refuse("InvalidParameterException", `Value '${days}' at 'retentionInDays' failed to satisfy constraint`);
    group.retentionDays = days;
    return {};
  },

  DeleteRetentionPolicy(input: DeleteLogGroupCommandInput, sim) {
    delete groupOf(sim, input.logGroupName).retentionDays;
    return {};
  },

  PutLogGroupDeletionProtection(input: PutLogGroupDeletionProtectionCommandInput, sim) {
    const [name = ""] = (input.logGroupIdentifier ?? "").replace(/:\*$/, "").split(":").slice(-1);
    groupOf(sim, name).isProtected = input.deletionProtectionEnabled ?? false;
    return {};
  },

  DeleteLogGroup(input: DeleteLogGroupCommandInput, sim) {
    const { streams } = logGroups.delete(sim, input.logGroupName);
    for (const events of Object.values(streams)) if (typeof events === "string") sim.world.forget(events);
    return {};
  },
} satisfies Operations;
