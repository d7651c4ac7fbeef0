// How each type of resource appears in the picture of a stack: as a thing of its own, or as a part of another one.

/** The boxes of the picture, in the order in which they are drawn. */
export const AREAS = {
  edge: "CloudFront",
  vpc: "VPC",
  public: "Public subnets",
  private: "Private subnets",
  data: "Data",
  delivery: "Delivery",
  observability: "Observability",
  account: "Account",
  own: "Own resources",
} as const;

export type Area = keyof typeof AREAS;

/** A resource that is drawn. */
interface Drawn {
  readonly label: string;
  /** By its subnets: in the public ones if it is in any of them, otherwise in the private ones; or by its id. */
  readonly area: Area | "its subnets" | ((id: string) => Area);
}

/** A resource that is not drawn: it belongs to what refers to it, to what it refers to, or to the boxes themselves. */
type Part = "of its user" | "of its base" | "of its topic" | "of the boxes";

/** What is not here is a resource kind of the user's own, and drawn. */
export const ROLES: Readonly<Record<string, Drawn | Part>> = {
  "cloudfront/distribution": { label: "CloudFront distribution", area: "edge" },
  "cloudfront/response-headers-policy": "of its user",
  "cloudfront/vpc-origin": { label: "VPC origin", area: "edge" },
  "wafv2/web-acl": { label: "WAF web ACL", area: "edge" },
  "acm/certificate": "of its user",
  "route53/record": "of its base",
  "route53/validation-record": "of its base",

  "ec2/vpc": "of the boxes",
  "ec2/subnet": "of the boxes",
  "ec2/internet-gateway": { label: "Internet gateway", area: "vpc" },
  "ec2/egress-only-gateway": { label: "Egress-only internet gateway", area: "vpc" },
  "ec2/nat-gateway": { label: "NAT gateway", area: "public" },
  "ec2/elastic-ip": "of its user",
  "ec2/route-table": "of its base",
  "ec2/network-acl": "of the boxes",
  "ec2/security-group": "of its user",
  "ec2/security-group-rules": "of its base",
  "ec2/vpc-endpoint": { label: "VPC endpoint", area: "vpc" },
  "ec2/flow-log": "of the boxes",

  "elb/load-balancer": { label: "Application Load Balancer", area: "its subnets" },
  "elb/listener": "of its base",
  "elb/listener-rule": "of its base",
  "elb/target-group": "of its user",

  "ecs/cluster": "of the boxes",
  "ecs/service": { label: "ECS service", area: "its subnets" },
  "ecs/task-definition": "of its user",
  "scheduler/schedule": { label: "Scheduled job", area: "its subnets" },
  "servicediscovery/http-namespace": "of the boxes",
  "autoscaling/scalable-target": "of its base",
  "autoscaling/scaling-policy": "of its base",
  "autoscaling/scheduled-action": "of its base",
  "autoscaling/step-policy": "of its base",

  "sqs/queue": { label: "SQS queue", area: "data" },
  "efs/file-system": { label: "EFS file system", area: "data" },
  "efs/access-point": "of its base",
  "efs/mount-target": "of its base",
  "secretsmanager/secret": { label: "Secret", area: "data" },
  "s3/bucket": {
    label: "S3 bucket",
    area: (id) => (id.startsWith("delivery/") ? "delivery" : id === "edge/access-log-bucket" ? "observability" : "own"),
  },

  "ecr/repository": { label: "ECR repository", area: "delivery" },
  "ecr/scan-filter": "of its base",
  "ecr/enhanced-scanning": { label: "Enhanced scanning", area: "account" },
  "codebuild/project": { label: "CodeBuild project", area: "delivery" },
  "codepipeline/pipeline": { label: "CodePipeline pipeline", area: "delivery" },
  "eventbridge/rule": "of its base",

  "logs/log-group": "of its user",
  "logs/delivery": "of its base",
  "logs/delivery-destination": "of its base",
  "logs/delivery-source": "of its base",
  "cloudwatch/alarm": "of its topic",
  "cloudwatch/dashboard": { label: "Dashboard", area: "observability" },
  "sns/topic": { label: "SNS topic", area: "observability" },
  "sns/subscription": "of its base",
  "budgets/budget": { label: "Budget", area: "account" },
  "guardduty/detector": { label: "GuardDuty", area: "account" },
  "securityhub/hub": { label: "Security Hub", area: "account" },

  "iam/role": "of its user",
};

/** Types whose references are no arrows, from and to: firewalls and routes permit what others do, and alarms and logs watch it. */
export const SILENT: ReadonlySet<string> = new Set([
  "ec2/security-group",
  "ec2/security-group-rules",
  "ec2/route-table",
  "cloudwatch/alarm",
  "cloudwatch/dashboard",
  "logs/log-group",
]);
