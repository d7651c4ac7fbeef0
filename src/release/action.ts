/** One action of a pipeline execution. */
export interface Action {
  readonly stage: string;
  readonly name: string;
  /** CodePipeline's category: `Source`, `Build`, `Approval`, `Deploy`. */
  readonly category: string;
  /** CodePipeline's status: `InProgress`, `Succeeded`, `Failed`, `Abandoned`. */
  readonly status: string;
  readonly startedAt: number;
  readonly updatedAt: number;
  /** The id of the build or of the service's deployment. */
  readonly externalId: string | undefined;
  readonly summary: string | undefined;
  readonly error: string | undefined;
  /** The ARN of the identity that changed it last, such as an approver. */
  readonly by: string | undefined;
  readonly configuration: Readonly<Record<string, string>>;
}
