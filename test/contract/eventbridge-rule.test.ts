import { Rule } from "../../src/aws/eventbridge/rule.ts";
import { role } from "./ground.ts";
import { contract } from "./suite.ts";

const pattern = (key: string) => ({
  source: ["aws.s3"],
  "detail-type": ["Object Created"],
  detail: { bucket: { name: ["source"] }, object: { key: [key] } },
});

contract({
  kind: Rule,
  spec: async (at) => {
    const { arn: roleArn } = await role(at, "events", "events.amazonaws.com");
    const arn = `arn:aws:codepipeline:${at.aws.region}:${at.aws.account}:contract`;
    return {
      name: "demo-test-source",
      description: "Starts the pipeline",
      pattern: pattern("source.zip"),
      enabled: true,
      targets: [{ id: "pipeline", arn, roleArn }],
      tags: {},
    };
  },
  edits: {
    description: () => "",
    pattern: () => pattern("other.zip"),
    enabled: () => false,
    targets: ({ targets }) => [
      ...targets.map((target) => ({ ...target, id: "another" })),
      ...targets.map((target) => ({ ...target, arn: `${target.arn}-2` })),
      {
        id: "topic",
        arn: "arn:aws:sns:ap-northeast-1:123456789012:alarms",
        input: { paths: { pipeline: "$.detail.pipeline" }, template: '"<pipeline> failed."' },
      },
    ],
  },
});
