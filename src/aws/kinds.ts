import { Certificate } from "./acm/certificate.ts";
import { ScalableTarget } from "./autoscaling/scalable-target.ts";
import { ScalingPolicy } from "./autoscaling/scaling-policy.ts";
import { ScheduledAction } from "./autoscaling/scheduled-action.ts";
import { StepPolicy } from "./autoscaling/step-policy.ts";
import type { Aws } from "./aws.ts";
import { Budget } from "./budgets/budget.ts";
import { Distribution } from "./cloudfront/distribution.ts";
import { VpcOrigin } from "./cloudfront/vpc-origin.ts";
import { ResponseHeadersPolicy } from "./cloudfront/response-headers-policy.ts";
import { Alarm } from "./cloudwatch/alarm.ts";
import { Dashboard } from "./cloudwatch/dashboard.ts";
import { Project } from "./codebuild/project.ts";
import { Pipeline } from "./codepipeline/pipeline.ts";
import { EgressOnlyGateway } from "./ec2/egress-only-gateway.ts";
import { ElasticIp } from "./ec2/elastic-ip.ts";
import { FlowLog } from "./ec2/flow-log.ts";
import { InternetGateway } from "./ec2/internet-gateway.ts";
import { NatGateway } from "./ec2/nat-gateway.ts";
import { NetworkAcl } from "./ec2/network-acl.ts";
import { RouteTable } from "./ec2/route-table.ts";
import { SecurityGroup } from "./ec2/security-group.ts";
import { SecurityGroupRules } from "./ec2/security-group-rules.ts";
import { Subnet } from "./ec2/subnet.ts";
import { VpcEndpoint } from "./ec2/vpc-endpoint.ts";
import { Vpc } from "./ec2/vpc.ts";
import { EnhancedScanning } from "./ecr/enhanced-scanning.ts";
import { Repository } from "./ecr/repository.ts";
import { ScanFilter } from "./ecr/scan-filter.ts";
import { Cluster } from "./ecs/cluster.ts";
import { Service } from "./ecs/service.ts";
import { TaskDefinition } from "./ecs/task-definition.ts";
import { AccessPoint } from "./efs/access-point.ts";
import { FileSystem } from "./efs/file-system.ts";
import { MountTarget } from "./efs/mount-target.ts";
import { ListenerRule } from "./elb/listener-rule.ts";
import { Listener } from "./elb/listener.ts";
import { LoadBalancer } from "./elb/load-balancer.ts";
import { TargetGroup } from "./elb/target-group.ts";
import { Rule } from "./eventbridge/rule.ts";
import { Detector } from "./guardduty/detector.ts";
import { Role } from "./iam/role.ts";
import { Delivery } from "./logs/delivery.ts";
import { DeliveryDestination } from "./logs/delivery-destination.ts";
import { DeliverySource } from "./logs/delivery-source.ts";
import { LogGroup } from "./logs/log-group.ts";
import { Record } from "./route53/record.ts";
import { ValidationRecord } from "./route53/validation-record.ts";
import { Bucket } from "./s3/bucket.ts";
import { Schedule } from "./scheduler/schedule.ts";
import { Secret } from "./secretsmanager/secret.ts";
import { Hub } from "./securityhub/hub.ts";
import { HttpNamespace } from "./servicediscovery/http-namespace.ts";
import { Subscription } from "./sns/subscription.ts";
import { Topic } from "./sns/topic.ts";
import { Queue } from "./sqs/queue.ts";
import { WebAcl } from "./wafv2/web-acl.ts";
import type { AnyKind } from "../engine/resource-kind.ts";

/** Every resource kind of Fairlead, by name. */
export const kindsByName = {
  AccessPoint,
  Alarm,
  Bucket,
  Budget,
  Certificate,
  Cluster,
  Dashboard,
  Delivery,
  DeliveryDestination,
  DeliverySource,
  Detector,
  Distribution,
  EgressOnlyGateway,
  ElasticIp,
  FileSystem,
  FlowLog,
  HttpNamespace,
  Hub,
  InternetGateway,
  Listener,
  ListenerRule,
  LoadBalancer,
  LogGroup,
  MountTarget,
  NatGateway,
  NetworkAcl,
  Pipeline,
  Project,
  Queue,
  Record,
  EnhancedScanning,
  Repository,
  ScanFilter,
  ResponseHeadersPolicy,
  Role,
  RouteTable,
  Rule,
  ScalableTarget,
  ScalingPolicy,
  ScheduledAction,
  Schedule,
  Secret,
  SecurityGroup,
  SecurityGroupRules,
  Service,
  StepPolicy,
  Subnet,
  Subscription,
  TargetGroup,
  TaskDefinition,
  Topic,
  ValidationRecord,
  Vpc,
  VpcOrigin,
  VpcEndpoint,
  WebAcl,
} satisfies Readonly<Record<string, AnyKind<Aws>>>;

/** All resource kinds that a state file may contain. */
export const kinds: readonly AnyKind<Aws>[] = Object.values(kindsByName);

/** The resource kind of a type in a state file, or `undefined` if this version does not know it. */
export const kindOf = (type: string): AnyKind<Aws> | undefined => kinds.find((kind) => kind.type === type);
