import type {
  DescribeServicesCommandOutput,
  DescribeTaskDefinitionCommandOutput,
  RegisterTaskDefinitionCommandInput,
  RegisterTaskDefinitionCommandOutput,
  Service,
  Tag,
  UpdateServiceCommandOutput,
} from "@aws-sdk/client-ecs";
import { ecs } from "../ecs/operations.ts";
import { SimulatedError } from "../errors.ts";
import type { RoleCall } from "../iam/permissions.ts";
import type { Sim } from "../sim.ts";
import { ActionFailure } from "./failure.ts";
import { deployCalls } from "./permissions.ts";

/** What the settings of an ECS deploy action and its input artifact say. */
export interface Deploy {
  readonly cluster: string;
  readonly service: string;
  /** The name of the file, and what is in it; `undefined` where the artifact has no such file. */
  readonly file: string;
  readonly content: string | undefined;
  /** Where the artifact lies, for the error that says so. */
  readonly bucket: string;
  readonly key: string;
}

const misconfigured = (message: string) => new ActionFailure("ConfigurationError", message);

interface ImageDefinition {
  readonly name: string;
  readonly imageUri: string;
}

/** An ECS operation, whose refusal fails the action. */
function call<Output>(sim: Sim, operation: string, input: object): Omit<Output, "$metadata"> {
  try {
    return ecs[operation]?.(structuredClone(input), sim) as Omit<Output, "$metadata">;
  } catch (error) {
    if (error instanceof SimulatedError) throw new ActionFailure(error.name, error.message);
    throw error;
  }
}

function serviceNow(sim: Sim, { cluster, service }: Pick<Deploy, "cluster" | "service">): Service {
  const { services = [] } = call<DescribeServicesCommandOutput>(sim, "DescribeServices", {
    cluster,
    services: [service],
  });
  const [found] = services;
  if (found?.status !== "ACTIVE") throw new ActionFailure("ServiceNotFoundException", "Service not found.");
  return found;
}

/**
 * Starts a deployment: a revision like the one that the service runs, with the images that the artifact names. Answers the
 * deployment's id. `demand` is told what the pipeline's role has to be allowed for it.
 */
export function startDeployment(sim: Sim, deploy: Deploy, demand: (calls: readonly RoleCall[]) => void): string {
  const images = definitionsIn(deploy);
  const { taskDefinition: running } = serviceNow(sim, deploy);
  const { taskDefinition, tags = [] } = call<DescribeTaskDefinitionCommandOutput>(sim, "DescribeTaskDefinition", {
    taskDefinition: running,
    include: ["TAGS"],
  });
  const { family, executionRoleArn, taskRoleArn } = taskDefinition ?? {};
  demand(deployCalls(sim, deploy, { family, roles: [executionRoleArn, taskRoleArn], isTagged: tags.length > 0 }));
  const containers = taskDefinition?.containerDefinitions ?? [];
  for (const { name } of images)
    if (!containers.some((container) => container.name === name))
      throw misconfigured(`The AWS ECS container ${name} does not exist`);
  const made = call<RegisterTaskDefinitionCommandOutput>(
    sim,
    "RegisterTaskDefinition",
    registrationOf({ taskDefinition }, tags, images),
  );
  const { service } = call<UpdateServiceCommandOutput>(sim, "UpdateService", {
    cluster: deploy.cluster,
    service: deploy.service,
    taskDefinition: made.taskDefinition?.taskDefinitionArn,
  });
  return service?.deployments?.find(({ status }) => status === "PRIMARY")?.id ?? "";
}

function definitionsIn({ file, content, bucket, key }: Deploy): ImageDefinition[] {
  if (content === undefined)
    throw misconfigured(
      `Invalid action configuration. Did not find the image definition file ${file} in the input artifacts ZIP file. ` +
        `Verify the file is stored in your pipeline's Amazon S3 artifact bucket: ${bucket} key: ${key}`,
    );
  try {
    const parsed = JSON.parse(content) as ImageDefinition[];
    if (parsed.length > 0 && parsed.every(({ name, imageUri }) => name && imageUri)) return parsed;
  } catch {
    // Said below, like everything else that is no list of images.
  }
  throw misconfigured(`Invalid action configuration. The image definition file ${file} contains invalid JSON format`);
}

function registrationOf(
  { taskDefinition }: Pick<DescribeTaskDefinitionCommandOutput, "taskDefinition">,
  tags: Tag[],
  images: readonly ImageDefinition[],
): RegisterTaskDefinitionCommandInput {
  const {
    taskDefinitionArn: _arn,
    revision: _revision,
    status: _status,
    requiresAttributes: _attributes,
    compatibilities: _compatibilities,
    registeredAt: _registeredAt,
    registeredBy: _registeredBy,
    deregisteredAt: _deregisteredAt,
    containerDefinitions = [],
    ...definition
  } = taskDefinition ?? {};
  return {
    ...definition,
    family: definition.family,
    containerDefinitions: containerDefinitions.map((container) => {
      const image = images.find(({ name }) => name === container.name)?.imageUri;
      return image === undefined ? container : { ...container, image };
    }),
    ...(tags.length > 0 ? { tags } : {}),
  };
}

/** Whether a deployment has come through by now. Throws where it never will. */
export function isDeployed(sim: Sim, deploy: Pick<Deploy, "cluster" | "service">, id: string): boolean {
  const { deployments = [], events = [] } = serviceNow(sim, deploy);
  const own = deployments.find((deployment) => deployment.id === id);
  if (own?.rolloutState === "FAILED")
    throw new ActionFailure("JobFailed", `Deployment ${id} failed: ${own.rolloutStateReason}`);
  if (own?.status === "PRIMARY") return own.rolloutState === "COMPLETED";
  const failed = events.some(({ message = "" }) => message.includes(`(deployment ${id}) deployment failed`));
  throw new ActionFailure(
    "JobFailed",
    failed
      ? `Deployment ${id} failed: ECS deployment circuit breaker: tasks failed to start.`
      : `Deployment ${id} is no longer the primary deployment of the service ${deploy.service}.`,
  );
}
