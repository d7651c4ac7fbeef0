import { purgeNetworkInterfaces } from "../ec2/network-interfaces.ts";
import { changing, type Operations } from "../sim.ts";
import { accessPointOperations } from "./access-points.ts";
import { fileSystemOperations } from "./file-systems.ts";
import { mountTargetOperations } from "./mount-targets.ts";
import { sweep } from "./records.ts";

/** Amazon EFS, as far as Fairlead asks it. */
export const efs: Operations = changing(
  { ...fileSystemOperations, ...mountTargetOperations, ...accessPointOperations },
  (sim) => {
    purgeNetworkInterfaces(sim);
    sweep(sim);
  },
);
