import type { TaskDefinitionStatus } from "@aws-sdk/client-ecs";
import type { Tags } from "../tags.ts";

export interface TaskDefinitionSpec {
  family: string;
  /** CPU units: 1024 are one vCPU. */
  cpu: number;
  /** MiB. */
  memory: number;
  executionRoleArn: string;
  taskRoleArn: string;
  image: string;
  /** The application's container, without its image. */
  container: ContainerSpec;
  /** The other containers, by name. */
  sidecars: Readonly<Record<string, ContainerSpec>>;
  task: TaskSettings;
  /**
   * Whether the revision can be deployed again. A service keeps running a deregistered revision, but ECS refuses to deploy it
   * (botocore ecs, DeregisterTaskDefinition): so the same content is registered again.
   */
  status: TaskDefinitionStatus;
  /** The repository of the pipeline's images (not written to AWS). An image from elsewhere is unmanaged, and is shown. */
  repository: string;
  /**
   * The cluster and service whose running revision is the current one (not written to ECS). Omitted if no service
   * runs it: then the latest active revision is the current one, as for a task that is started by family name (botocore ecs, RunTask:
   * "If a revision isn't specified, the latest ACTIVE revision is used").
   */
  runningIn?: { cluster: string; service: string } | undefined;
  tags: Tags;
}

/**
 * A container in ECS's own spelling, without ECS's defaults; variables and secrets are by name. ECS may report
 * more members than these: they are compared and shown too.
 */
export interface ContainerSpec {
  readonly name: string;
  /** Omitted for the application's container, whose image the pipeline deploys. */
  readonly image?: string;
  /** Service Connect refers to a port by its name. */
  readonly portMappings?: readonly {
    readonly containerPort: number;
    readonly name?: string;
    /** The protocol for Service Connect; TCP if omitted. Immutable once a service uses Service Connect (botocore ecs, PortMapping). */
    readonly appProtocol?: "http" | "http2" | "grpc";
  }[];
  /** Volumes of the task, by their names. */
  readonly mountPoints?: readonly {
    readonly sourceVolume: string;
    readonly containerPath: string;
    readonly readOnly?: boolean;
  }[];
  /** If omitted: true, so the task stops when it exits. */
  readonly essential?: boolean;
  /** Units and MiB reserved from the task's. */
  readonly cpu?: number | undefined;
  readonly memory?: number | undefined;
  readonly environment?: Readonly<Record<string, string>>;
  /** Variables whose values ECS reads when a task starts: an ARN, with `:key::` for one key of a secret. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** If omitted: the image's own. */
  readonly entryPoint?: readonly string[] | undefined;
  /** If omitted: the image's own. */
  readonly command?: readonly string[] | undefined;
  /** If omitted: the image's own. */
  readonly user?: string | undefined;
  readonly readonlyRootFilesystem?: boolean;
  /** Seconds from SIGTERM until the container is killed. */
  readonly stopTimeout?: number;
  readonly logConfiguration?: { readonly logDriver: "awslogs"; readonly options: Readonly<Record<string, string>> };
  readonly linuxParameters?: {
    /** Run an init process as process 1, which reaps zombies and forwards signals. */
    readonly initProcessEnabled?: boolean;
    /** In-memory file systems, which count towards the task's memory; size in MiB. Docker mounts them with mode 1777. */
    readonly tmpfs?: readonly { readonly containerPath: string; readonly size: number }[];
  };
  /** Containers of the task that must reach a condition before this one starts. */
  readonly dependsOn?: readonly { readonly containerName: string; readonly condition: DependencyCondition }[];
  /** ECS ignores an image's own HEALTHCHECK; omitted, the load balancer's check alone decides. */
  readonly healthCheck?: {
    /** `["CMD-SHELL", ...]` or `["CMD", ...]`: the program has to be in the image. */
    readonly command: readonly string[];
    readonly interval?: number;
    readonly timeout?: number;
    readonly retries?: number;
    readonly startPeriod?: number;
  };
}

export type DependencyCondition = "START" | "COMPLETE" | "SUCCESS" | "HEALTHY";

/** Task-level settings, in ECS's own spelling; ECS may report more members than these. */
export interface TaskSettings {
  readonly networkMode: "awsvpc";
  readonly requiresCompatibilities: readonly "FARGATE"[];
  readonly runtimePlatform: { readonly cpuArchitecture: "X86_64" | "ARM64"; readonly operatingSystemFamily: "LINUX" };
  /** If omitted: the 20 GiB that every task on Fargate has. */
  readonly ephemeralStorage?: { readonly sizeInGiB: number };
  /** EFS file systems, which containers mount by the volume's name. */
  readonly volumes?: readonly {
    readonly name: string;
    readonly efsVolumeConfiguration: {
      readonly fileSystemId: string;
      readonly rootDirectory?: string;
      readonly transitEncryption?: "ENABLED" | "DISABLED";
      readonly authorizationConfig?: { readonly accessPointId?: string; readonly iam?: "ENABLED" | "DISABLED" };
    };
  }[];
}
