import type { Operations } from "../sim.ts";
import { imageOperations } from "./images.ts";
import { repositoryOperations } from "./repositories.ts";
import { scanningOperations } from "./scanning.ts";
import { scanOperations } from "./scans.ts";

/** ECR, as far as the topology needs it: private repositories. */
export const ecr: Operations = {
  ...imageOperations,
  ...repositoryOperations,
  ...scanningOperations,
  ...scanOperations,
};
