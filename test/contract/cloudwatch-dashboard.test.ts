import { Dashboard } from "../../src/aws/cloudwatch/dashboard.ts";
import { markOf } from "../../src/aws/owner.ts";
import { contract } from "./suite.ts";

const widget = (title: string) => ({
  type: "metric",
  x: 0,
  y: 1,
  width: 8,
  height: 6,
  properties: { title, region: "ap-northeast-1", metrics: [["AWS/ECS", "CPUUtilization"]] },
});

contract({
  kind: Dashboard,
  spec: async ({ aws }) => ({
    name: "demo-test-dashboard",
    owner: markOf(aws.owner, "contract/subject"),
    widgets: [widget("CPU")],
  }),
  edits: {
    owner: (_, { aws }) => markOf(aws.owner, "contract/other"),
    widgets: () => [widget("Memory"), widget("CPU")],
  },
});
