import { ListTagsForResourceCommand } from "@aws-sdk/client-cloudfront";
import { DescribeTagsCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { awsCommand } from "../command-line.ts";
import { absent } from "../errors.ts";
import type { Held, Obstacle } from "../obstacles.ts";
import { tagsFrom, type Tags } from "../tags.ts";
import { describedCertificate, regionIn } from "./certificates.ts";

/** What blocks deleting a certificate: what uses it (botocore acm, CertificateDetail, InUseBy). */
export const heldCertificate = (aws: Aws, arn: string): Held => ({
  refusal: `certificate ${arn} cannot be deleted`,
  looks: [
    async () => {
      const { InUseBy: users = [] } = (await describedCertificate(aws, new Snapshot(), arn)) ?? {};
      const region = regionIn(arn);
      const show = awsCommand(["acm", "describe-certificate", "--certificate-arn", arn], { region });
      const found = users.map(async (user): Promise<Obstacle[]> => {
        const tags = await tagsOfUser(aws, region, user);
        return tags ? [{ what: user, tags, how: "uses it", show }] : [];
      });
      return (await Promise.all(found)).flat();
    },
  ],
});

/** The tags of a load balancer or a distribution, none of anything else; `undefined` if it does not exist any more. */
async function tagsOfUser(aws: Aws, region: string, arn: string): Promise<Tags | undefined> {
  const [, , service] = arn.split(":");
  if (service === "cloudfront") {
    const asked = aws.cloudFront(new ListTagsForResourceCommand({ Resource: arn }));
    const found = await absent(asked, "NoSuchResource", "NoSuchDistribution");
    return found && tagsFrom(found.Tags?.Items);
  }
  if (service !== "elasticloadbalancing") return {};
  const asked = aws.in(region).elb(new DescribeTagsCommand({ ResourceArns: [arn] }));
  const found = await absent(asked, "LoadBalancerNotFound");
  return found && tagsFrom(found.TagDescriptions?.[0]?.Tags);
}
