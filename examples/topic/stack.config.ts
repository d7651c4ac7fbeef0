import { defineStack } from "fairlead";
import { Topic } from "./kinds/sns-topic.ts";

export default defineStack({
  name: "alerts",

  // Lets Fairlead delete a topic that is no longer declared below.
  kinds: [Topic],

  resources: (scope) => {
    const alarms = scope.add("alarms", Topic, { name: scope.name("alarms"), displayName: "Alarms" });
    return {
      environment: { ALARMS_TOPIC: alarms.arn },
      permissions: [{ Sid: "Alarms", Effect: "Allow", Action: ["sns:Publish"], Resource: alarms.arn }],
    };
  },
});
