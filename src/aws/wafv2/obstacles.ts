import { ListDistributionsByWebACLIdCommand, ListTagsForResourceCommand } from "@aws-sdk/client-cloudfront";
import type { Aws } from "../aws.ts";
import { awsCommand } from "../command-line.ts";
import { absent } from "../errors.ts";
import type { Held, Obstacle } from "../obstacles.ts";
import { everyPage } from "../pages.ts";
import { tagsFrom } from "../tags.ts";

/** What blocks deleting a web ACL: distributions of others that use it (botocore wafv2, DeleteWebACL). */
export const heldWebAcl = (aws: Aws, arn: string): Held => ({
  refusal: `web ACL ${arn} cannot be deleted`,
  looks: [
    async () => {
      const all = await everyPage(async (Marker) => {
        const command = new ListDistributionsByWebACLIdCommand({ WebACLId: arn, Marker });
        const { Items: items, NextMarker: next } = (await aws.cloudFront(command)).DistributionList ?? {};
        return { items, next };
      });
      const found = all.map(async ({ Id = "", ARN: Resource }): Promise<Obstacle[]> => {
        const answer = await absent(aws.cloudFront(new ListTagsForResourceCommand({ Resource })), "NoSuchResource");
        if (!answer) return [];
        const show = awsCommand(["cloudfront", "get-distribution-config", "--id", Id]);
        return [
          { what: `distribution ${Id}`, tags: tagsFrom(answer.Tags?.Items), how: "uses it as its firewall", show },
        ];
      });
      return (await Promise.all(found)).flat();
    },
  ],
});
