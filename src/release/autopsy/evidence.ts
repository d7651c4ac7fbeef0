/** What AWS says of a failure, newest first. What it does not say, or was not asked for, is missing or empty. */
export interface Evidence extends PipelineEvidence, ServiceEvidence {
  /** What AWS refused to tell. */
  readonly gaps: readonly string[];
}

export interface PipelineEvidence {
  /** It did not come to a deployment, so that nothing that ECS says has to do with it. */
  readonly isBeforeDeployment?: boolean;
  /** The action that failed. */
  readonly action?: FailedAction;
  /** The object that a failed source action wants; `there` is missing where S3 does not say. */
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
  /** What the reviewer wrote, of an approval. */
  readonly summary: string;
  /** The ARN of who changed its state last. */
  readonly by?: string;
}

export interface FailedBuild {
  /** CodeBuild's word: `FAILED`, `TIMED_OUT`. */
  readonly status: string;
  readonly phase: string;
  readonly code: string;
  readonly message: string;
  /** The line of the log that says what went wrong first. */
  readonly error?: string;
  /** The lines around it. */
  readonly lines: readonly string[];
  readonly logGroup: string;
  readonly logStream: string;
}

export interface ServiceEvidence {
  /** Other deployments have begun since: what AWS says of the service as it is now has nothing to do with this one. */
  readonly isOver?: true;
  readonly service?: { readonly desired: number; readonly running: number };
  /** `family:revision` of what does not become healthy. */
  readonly revision?: string;
  readonly container?: ContainerSeen;
  readonly image?: ImageSeen;
  readonly deployments: readonly string[];
  /** Of the service, since that revision was deployed. */
  readonly events: readonly string[];
  /** The tasks of that revision that went wrong and have stopped. */
  readonly tasks: readonly StoppedTask[];
  readonly targets: readonly TargetSeen[];
  /** The last lines of the newest task that ran, the oldest first. */
  readonly log: readonly string[];
}

/** The container of the application, by its revision. */
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
  /** ECR's words for its absence, where it is ours and not there. */
  readonly missing?: string;
}

export interface StoppedTask {
  readonly id: string;
  /** ECS's word: `EssentialContainerExited`. */
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
