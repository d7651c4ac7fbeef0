import { DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import type { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { everyPage } from "../pages.ts";

/**
 * The names of the log groups in a region that contain the stack's, wherever that stands in them: one call for all paths, and no more of what others
 * have than what is named alike (botocore logs, DescribeLogGroups: `logGroupNamePattern` is "a case-sensitive substring search").
 */
export const groupNames = (aws: Aws, region: string, snapshot: Snapshot): Promise<string[]> =>
  snapshot.once(`logs/names ${region}`, async () => {
    const groups = await everyPage(async (nextToken) => {
      const command = new DescribeLogGroupsCommand({ logGroupNamePattern: aws.stack, nextToken });
      const page = await aws.in(region).logs(command);
      return { items: page.logGroups, next: page.nextToken };
    });
    return groups.map(({ logGroupName = "" }) => logGroupName);
  });
