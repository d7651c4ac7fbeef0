import { Pipeline } from "../../src/aws/codepipeline/pipeline.ts";
import { stages } from "../support/delivery.ts";
import { role } from "./ground.ts";
import { contract } from "./suite.ts";

contract({
  kind: Pipeline,
  spec: async (at) => {
    const { arn } = await role(at, "pipeline", "codepipeline.amazonaws.com");
    await role(at, "other-pipeline", "codepipeline.amazonaws.com");
    return { name: "demo-test-pipeline", roleArn: arn, artifactBucket: "artifacts", stages: stages(), tags: {} };
  },
  edits: {
    roleArn: ({ roleArn }) => roleArn.replace("role/pipeline", "role/other-pipeline"),
    artifactBucket: () => "other-artifacts",
    // Without the approval.
    stages: (spec) => spec.stages.filter(({ name }) => name !== "Approval"),
  },
});
