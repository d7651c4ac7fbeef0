import type { PolicyDocument } from "../../src/aws/policy.ts";
import type { Scope } from "../scope.ts";

/**
 * Who may use a topic: the account, as in the policy that SNS gives to every topic and that this one replaces, and the services that tell of
 * the stack. "You can't use Condition blocks in Amazon SNS topic policies for EventBridge" (EventBridge user guide, "Amazon SNS permissions"):
 * with aws:SourceAccount its notices are dropped without an error (awsdocs/aws-cloudformation-user-guide#481), so its statement has none.
 */
export function topicPolicy({ account }: Scope, topicArn: string): PolicyDocument {
  const publish = { Effect: "Allow", Action: "sns:Publish", Resource: topicArn } as const;
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Account",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: [
          "SNS:AddPermission",
          "SNS:DeleteTopic",
          "SNS:GetTopicAttributes",
          "SNS:ListSubscriptionsByTopic",
          "SNS:Publish",
          "SNS:RemovePermission",
          "SNS:SetTopicAttributes",
          "SNS:Subscribe",
        ],
        Resource: topicArn,
        Condition: { StringEquals: { "AWS:SourceOwner": account } },
      },
      {
        Sid: "AlarmsAndBudgets",
        ...publish,
        Principal: { Service: ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"] },
        Condition: { StringEquals: { "aws:SourceAccount": account } },
      },
      { Sid: "Events", ...publish, Principal: { Service: "events.amazonaws.com" } },
    ],
  };
}
