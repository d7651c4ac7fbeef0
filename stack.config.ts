import { defineStack } from "fairlead";

/*
 * The desired state of one stack. Every field has a default, so this file says only what differs; hover over a field, or
 * press ctrl+space between the braces, to see what there is.
 *
 *   npm run plan                     what would be done
 *   npm run reconcile                do it, on the simulator that is built in
 *   npm run reconcile -- --env prod  the same for prod
 */
export default defineStack({
  // With the environment, this names every resource: fairlead-app-dev.
  name: "fairlead-app",

  // What differs in an environment, picked with --env. Without --env it is "dev", which overrides nothing.
  environments: {
    prod: {
      container: { cpu: 512, memory: 1024 },
      service: { desiredCount: 3 },
      // Days that CloudWatch Logs keeps what the tasks print.
      logs: { retentionDays: 90 },
    },
  },
});
