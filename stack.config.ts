import { defineStack } from "fairlead";

/*
 * The desired state of one stack. Every field has a default, so set only what differs. Hover over a field, or press
 * ctrl+space between the braces, to see the settings.
 *
 *   npm run plan                     shows the changes
 *   npm run reconcile                applies them, on the built-in simulated AWS
 *   npm run reconcile -- --env prod  the same for prod
 */
export default defineStack({
  // Together with the environment this is the prefix of every resource name: fairlead-app-dev.
  name: "fairlead-app",

  // Overrides for each environment, selected with --env. The default is "dev", which has no overrides here.
  environments: {
    prod: {
      container: { cpu: 512, memory: 1024 },
      service: { desiredCount: 3 },
      // How many days CloudWatch Logs keeps the log of the tasks.
      logs: { retentionDays: 90 },
    },
  },
});
