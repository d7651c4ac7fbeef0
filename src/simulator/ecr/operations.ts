import { stepServices } from "../ecs/rollout.ts";
import { changing, type Operations } from "../sim.ts";
import { imageOperations } from "./images.ts";
import { repositoryOperations } from "./repositories.ts";

/** ECR, as far as the topology needs it: private repositories. What tasks have pulled by now stays pulled whatever is deleted here. */
export const ecr: Operations = changing({ ...imageOperations, ...repositoryOperations }, stepServices);
