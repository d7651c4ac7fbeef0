import type { PolicyDocument, Statement } from "../../src/aws/policy.ts";
import type { Scope } from "../scope.ts";

/** Who assumes a role: the service, and what it acts for as far as AWS says that it tells (a pattern of an ARN). */
export interface Assumes {
  readonly service: string;
  /** Left out where AWS does not document that the service sends the account or the ARN that it acts for. */
  readonly source?: string;
}

/*
 * What a service tells about whom it acts for decides which conditions a trust policy may demand: a demanded key that is not sent refuses
 * the role. Each is AWS's own example of the section on the confused deputy problem in the service's guide:
 *   codebuild.amazonaws.com   CodeBuild user guide, "Cross-service confused deputy prevention": account, and the project's ARN
 *   events.amazonaws.com      EventBridge user guide, "Cross-service confused deputy prevention": account, and the rule's ARN
 *   ecs-tasks.amazonaws.com   ECS developer guide, "Amazon ECS task IAM role": account, and `arn:aws:ecs:region:account:*`
 *   vpc-flow-logs.amazonaws.com   VPC user guide, "IAM role for publishing flow logs to CloudWatch Logs": account, and the flow log's ARN
 * CodePipeline's guide documents neither key, so both are checked only if they are sent (AWS Deployment Framework does the same).
 */

/** Trusts one service, and only on behalf of this account. */
export function trust({ account }: Scope, { service, source }: Assumes): PolicyDocument {
  const Condition: NonNullable<Statement["Condition"]> =
    source === undefined
      ? { StringEqualsIfExists: { "aws:SourceAccount": account } }
      : { StringEquals: { "aws:SourceAccount": account }, ArnLike: { "aws:SourceArn": source } };
  return {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole", Condition }],
  };
}
