/** AWS's evidence about a failure, newest first. Missing or unrequested evidence is undefined or empty. */
export interface Evidence extends PipelineEvidence, ServiceEvidence {
  /** What could not be read. */
  readonly gaps: readonly string[];
  /** The command that runs the image on this machine, if that is not a pull from its registry; empty if there is none. */
  readonly run?: string;
}

export interface PipelineEvidence {
  /** The release failed before its deployment, so ECS's evidence is unrelated. */
  readonly isBeforeDeployment?: boolean;
  /** The action that failed. */
  readonly action?: FailedAction;
  /** The object of a failed source action; `there` is undefined if S3 does not say whether it exists. */
  readonly source?: { readonly bucket: string; readonly key: string; readonly there?: boolean };
  readonly build?: FailedBuild;
}

export interface FailedAction {
  readonly stage: string;
  readonly name: string;
  /** CodePipeline's word: `Source`, `Build`, `Test`, `Approval`, `Deploy`. */
  readonly category: string;
  readonly code: string;
  readonly message: string;
  /** The reviewer's comment on an approval. */
  readonly summary: string;
  /** The ARN of the last identity that changed its state. */
  readonly by?: string;
}

export interface FailedBuild {
  /** CodeBuild's status: `FAILED`, `TIMED_OUT`. */
  readonly status: string;
  readonly phase: string;
  readonly code: string;
  readonly message: string;
  /** The first log line with an error. */
  readonly error?: string;
  /** The lines around it. */
  readonly lines: readonly string[];
  readonly logGroup: string;
  readonly logStream: string;
}

export interface ServiceEvidence {
  /** Newer deployments have started since: the service's current state is unrelated to this one. */
  readonly isOver?: true;
  readonly service?: { readonly desired: number; readonly running: number };
  /** `family:revision` of the unhealthy revision. */
  readonly revision?: string;
  readonly container?: ContainerSeen;
  readonly image?: ImageSeen;
  readonly deployments: readonly string[];
  /** Service events since that revision was deployed. */
  readonly events: readonly string[];
  /** The failed, stopped tasks of that revision. */
  readonly tasks: readonly StoppedTask[];
  readonly targets: readonly TargetSeen[];
  /** The last log lines of the newest task that ran, oldest first. */
  readonly log: readonly string[];
}

/** The application's container in the revision. */
export interface ContainerSeen {
  readonly name: string;
  /** The command of its health check. */
  readonly check: string;
  readonly logGroup: string;
  readonly logPrefix: string;
}

export interface ImageSeen {
  readonly uri: string;
  /** In this account's registry in this region. */
  readonly ours: boolean;
  /** ECR's error message, if it is in this account and missing. */
  readonly missing?: string;
}

export interface StoppedTask {
  readonly id: string;
  /** ECS's stop code: `EssentialContainerExited`. */
  readonly stopCode: string;
  readonly reason: string;
  /** Whether its container ever ran. */
  readonly started: boolean;
  readonly containers: readonly { readonly name: string; readonly exitCode?: number; readonly reason: string }[];
}

export interface TargetSeen {
  readonly address: string;
  readonly state: string;
  readonly reason: string;
  readonly description: string;
}
