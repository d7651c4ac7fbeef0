import { acm } from "./acm/operations.ts";
import { autoscaling } from "./autoscaling/operations.ts";
import { budgetOperations } from "./budgets/operations.ts";
import { cloudfront } from "./cloudfront/operations.ts";
import { cloudwatch } from "./cloudwatch/operations.ts";
import { codebuild } from "./codebuild/operations.ts";
import { codepipeline } from "./codepipeline/operations.ts";
import { ec2 } from "./ec2/operations.ts";
import { ecr } from "./ecr/operations.ts";
import { ecs } from "./ecs/operations.ts";
import { efs } from "./efs/operations.ts";
import { elb } from "./elb/operations.ts";
import { events } from "./events/operations.ts";
import { guardDuty } from "./guardduty/operations.ts";
import { iam } from "./iam/operations.ts";
import { logs } from "./logs/operations.ts";
import { pricing } from "./pricing/operations.ts";
import { route53 } from "./route53/operations.ts";
import { s3 } from "./s3/operations.ts";
import type { Operations } from "./sim.ts";
import { scheduler } from "./scheduler/operations.ts";
import { secretsManager } from "./secretsmanager/operations.ts";
import { securityHub } from "./securityhub/operations.ts";
import { serviceDiscovery } from "./servicediscovery/operations.ts";
import { sns } from "./sns/operations.ts";
import { sqs } from "./sqs/operations.ts";
import { ssm } from "./ssm/operations.ts";
import { sts } from "./sts.ts";
import { taggingApi } from "./tagging-api/operations.ts";
import { waf } from "./wafv2/operations.ts";

/** The simulated services by the name of the SDK's client without `Client`. */
export const services: Readonly<Record<string, Operations>> = {
  ACM: acm,
  ApplicationAutoScaling: autoscaling,
  Budgets: budgetOperations,
  CloudFront: cloudfront,
  CloudWatch: cloudwatch,
  CloudWatchLogs: logs,
  CodeBuild: codebuild,
  CodePipeline: codepipeline,
  EC2: ec2,
  ECR: ecr,
  ECS: ecs,
  EFS: efs,
  ElasticLoadBalancingV2: elb,
  EventBridge: events,
  GuardDuty: guardDuty,
  IAM: iam,
  Pricing: pricing,
  ResourceGroupsTaggingAPI: taggingApi,
  Route53: route53,
  S3: s3,
  SNS: sns,
  SQS: sqs,
  SSM: ssm,
  Scheduler: scheduler,
  STS: sts,
  SecretsManager: secretsManager,
  SecurityHub: securityHub,
  ServiceDiscovery: serviceDiscovery,
  WAFV2: waf,
};
