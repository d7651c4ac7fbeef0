import type { Operations } from "../sim.ts";
import { buildOperations } from "./builds.ts";
import { projectOperations } from "./projects.ts";

/** CodeBuild, as far as the topology needs it: projects, and the builds that pipelines start. */
export const codebuild: Operations = { ...projectOperations, ...buildOperations };
