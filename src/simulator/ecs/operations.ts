import { changing, type Operations } from "../sim.ts";
import { clusterOperations } from "./clusters.ts";
import { serviceDeploymentOperations } from "./service-deployments.ts";
import { serviceOperations, sweepServices } from "./services.ts";
import { sweepTasks } from "./standalone.ts";
import { taskDefinitionOperations } from "./task-definitions.ts";
import { taskOperations } from "./tasks.ts";

/** ECS on Fargate, as far as the topology needs it. */
export const ecs: Operations = changing(
  {
    ...clusterOperations,
    ...serviceOperations,
    ...serviceDeploymentOperations,
    ...taskDefinitionOperations,
    ...taskOperations,
  },
  (sim) => {
    sweepServices(sim);
    sweepTasks(sim);
  },
);
