import { Subscription } from "../../src/aws/sns/subscription.ts";
import { Topic, type TopicSpec } from "../../src/aws/sns/topic.ts";
import type { PolicyDocument } from "../../src/aws/policy.ts";
import type { SimSubscription } from "../../src/simulator/sns/records.ts";
import { made } from "./made.ts";
import { contract } from "./suite.ts";

const policy = (service: string): PolicyDocument => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sns:Publish", Resource: "*" }],
});
const topic = (region: string | undefined): TopicSpec => ({
  name: "demo-test-alarms",
  region,
  displayName: "Alarms",
  policy: policy("cloudwatch.amazonaws.com"),
  tags: {},
});

for (const region of [undefined, "us-east-1"])
  contract({
    kind: Topic,
    spec: async () => topic(region),
    edits: { displayName: () => "Alerts", policy: () => policy("events.amazonaws.com") },
  });

for (const [protocol, endpoint] of [
  ["email", "oncall@example.com"],
  ["https", "https://hooks.example.com/x"],
] as const)
  contract({
    kind: Subscription,
    spec: async (at) => ({ topicArn: (await made(at, Topic, topic("us-east-1"))).arn, protocol, endpoint }),
    edits: {},
    confirm: ({ world }) => {
      for (const one of Object.values(world.table<SimSubscription>("sns.subscriptions@us-east-1")))
        one.isConfirmed = true;
    },
  });
