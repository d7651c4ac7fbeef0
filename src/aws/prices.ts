/**
 * What a resource costs that only stands there and is not used, by AWS's public price lists (Amazon VPC, Elastic Load Balancing, AWS
 * PrivateLink). A dated table and no question to AWS: a teardown should not need a permission more for saying what is left.
 */

/** When the prices were read. */
export const PRICES_OF = "2025";

/** US dollars an hour in us-east-1. */
const HOURLY: Readonly<Record<string, number>> = {
  "ec2/nat-gateway": 0.045,
  // Every public IPv4 address, in use or not, since February 2024.
  "ec2/elastic-ip": 0.005,
  // In two zones.
  "ec2/vpc-endpoint": 0.02,
  "elb/load-balancer": 0.0225,
};

/** US dollars an hour where a region is not priced as us-east-1 is. */
const ELSEWHERE: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "ap-northeast-1": { "ec2/nat-gateway": 0.062, "ec2/vpc-endpoint": 0.028, "elb/load-balancer": 0.0243 },
  "eu-west-1": { "ec2/nat-gateway": 0.048, "ec2/vpc-endpoint": 0.022, "elb/load-balancer": 0.0252 },
  "eu-central-1": { "ec2/nat-gateway": 0.052, "ec2/vpc-endpoint": 0.024, "elb/load-balancer": 0.027 },
};

/** Kinds that AWS charges for what is stored in them, sent through them or run by them, and not for being there. */
const BY_USE = new Set([
  "cloudfront/distribution",
  "codebuild/project",
  "codepipeline/pipeline",
  "ecr/repository",
  "ecs/service",
  "efs/file-system",
  "eventbridge/rule",
  "logs/log-group",
  "s3/bucket",
  "scheduler/schedule",
  "sqs/queue",
]);

const HOURS_A_MONTH = 730;

/**
 * US dollars a month of one resource of a kind; 0 for what is free, `undefined` for what is charged by use. Regions that are not in the
 * table count as us-east-1.
 */
export function monthlyCost(type: string, region: string): number | undefined {
  if (BY_USE.has(type)) return undefined;
  return (ELSEWHERE[region]?.[type] ?? HOURLY[type] ?? 0) * HOURS_A_MONTH;
}

/**
 * US dollars an hour of a vCPU and of a gigabyte of memory on Fargate, Linux on x86 (AWS's price list of AmazonECS, usage types
 * Fargate-vCPU-Hours:perCPU and Fargate-GB-Hours).
 */
const FARGATE = { vcpu: 0.04048, gigabyte: 0.004445 };
const FARGATE_ELSEWHERE: Readonly<Record<string, typeof FARGATE>> = {
  "ap-northeast-1": { vcpu: 0.05056, gigabyte: 0.00553 },
};

/** US dollars an hour of a task: CPU units, 1024 being one vCPU, and MiB of memory. */
export function hourlyTask(cpu: number, memory: number, region: string): number {
  const { vcpu, gigabyte } = FARGATE_ELSEWHERE[region] ?? FARGATE;
  return (cpu / 1024) * vcpu + (memory / 1024) * gigabyte;
}

/** US dollars a minute of a build on `general1.medium` in us-east-1 (AWS's price list of CodeBuild). */
export const BUILD_MINUTE = 0.01;
