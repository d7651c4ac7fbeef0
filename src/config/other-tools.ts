/*
 * What settings of other tools are called here, and what to do instead of those that Fairlead does not have: AWS Copilot's manifests, ecspresso,
 * SST, the CDK's ApplicationLoadBalancedFargateService, Terraform's ECS modules and docker compose.
 */

/** Where a setting of another tool lives here, or what to do instead. */
export type OtherSetting = { readonly here: string } | { readonly instead: string };

const TRANSIT = "every stack has its own VPC, or uses an existing one with network.vpc";
const EC2 = "tasks run on Fargate, and a share of them on spare capacity with spot: { percent } of a service";
const BALANCER =
  "an Application Load Balancer, or a worker for what does not speak HTTP; declare other load balancers in resources";
const CERTIFICATE = "set domain, and Fairlead requests, validates and renews the certificates";
const TASK_DEFINITION = 'patch a field of the task definition: patch: { "compute/task-definition": { ... } }';

/** By name, in lower case and without hyphens and underscores. */
export const otherSettings: Readonly<Record<string, OtherSetting>> = {
  // Names of the same thing.
  variables: { here: "container.environment" },
  env: { here: "container.environment" },
  envvars: { here: "container.environment" },
  environmentvariables: { here: "container.environment" },
  count: { here: "service.desiredCount" },
  replicas: { here: "service.desiredCount" },
  exec: { here: "service.enableExec" },
  enableexecutecommand: { here: "service.enableExec" },
  cputargetpercent: { here: "scaling.cpuTarget" },
  cpupercentage: { here: "scaling.cpuTarget" },
  memorypercentage: { here: "scaling.memoryTarget" },
  memorylimitmib: { here: "container.memory" },
  mincapacity: { here: "scaling.min" },
  maxcapacity: { here: "scaling.max" },
  autoscalingmincapacity: { here: "scaling.min" },
  autoscalingmaxcapacity: { here: "scaling.max" },
  vpcid: { here: "network.vpc" },
  vpccidrblock: { here: "network.cidr" },
  azs: { here: "network.zones" },
  privatesubnetids: { here: "network.privateSubnets" },
  publicsubnetids: { here: "network.publicSubnets" },
  natgateways: { here: "network.nat" },
  enablenatgateway: { here: "network.nat" },
  singlenatgateway: { here: "network.nat" },
  hostedzone: { here: "dns.zone" },
  hostedzoneid: { here: "dns.zone" },
  domainzone: { here: "dns.zone" },
  domainname: { here: "domain" },
  alias: { here: "domain" },
  cdn: { here: "edge" },
  cloudfront: { here: "edge" },
  waf: { here: "edge.firewall" },
  observability: { here: "cluster.containerInsights" },
  logretention: { here: "logs.retentionDays" },
  iamrolestatements: { here: "service.taskPolicy" },
  permissions: { here: "service.taskPolicy" },
  readonlyfs: { here: "container.readonlyRootFilesystem" },
  gracefultimeout: { here: "container.stopTimeout" },
  stopgraceperiod: { here: "container.stopTimeout" },
  allowedsourceips: { here: "balancer.allowFrom" },
  ingresscidrs: { here: "balancer.allowFrom" },
  deletionprotectionenabled: { here: "balancer.deletionProtection" },
  backend: { here: "state.s3" },
  stages: { here: "environments" },
  // What there is none of.
  stickiness: { instead: "keep sessions outside of the tasks, such as in a database" },
  nlb: { instead: BALANCER },
  networkloadbalancer: { instead: BALANCER },
  loadbalancerarn: { instead: `${TRANSIT}; to share a load balancer between stacks, use shareable and shared` },
  targetgrouparn: { instead: `${TRANSIT}; to share a load balancer between stacks, use shareable and shared` },
  launchtype: { instead: EC2 },
  capacityproviders: { instead: EC2 },
  capacityproviderstrategy: { instead: EC2 },
  instancetype: { instead: EC2 },
  platform: { instead: 'architecture: "arm64" or "x86_64" of a service; images of Windows do not run' },
  certificate: { instead: CERTIFICATE },
  certificates: { instead: CERTIFICATE },
  certificatearn: { instead: CERTIFICATE },
  taskdefoverrides: { instead: TASK_DEFINITION },
  taskdefinition: { instead: TASK_DEFINITION },
  containerdefinitions: { instead: TASK_DEFINITION },
  servicedefinition: { instead: 'patch a field of the service: patch: { "compute/service": { ... } }' },
  envfile: { instead: "write the variables into container.environment, and secrets into container.secrets" },
  publish: {
    instead:
      "a worker with queue: true: the other services get its URL as NAME_QUEUE_URL; declare SNS topics in resources",
  },
  subscribe: { instead: "queue: true of a worker; declare SNS topics and subscriptions in resources" },
  securitygroups: {
    instead: "each service has its own security group; let it into others in resources, with stack.services",
  },
  securitygroupids: {
    instead: "each service has its own security group; let it into others in resources, with stack.services",
  },
  assignpublicip: { instead: 'network: { nat: "none", tasks: "public" }' },
  createvpc: { instead: TRANSIT },
  responsetime: { instead: "scaling.requestsPerTarget of a web service, or scaling.cpuTarget" },
  codedeploy: {
    instead:
      "deployments are rolling, with a circuit breaker and, with service.deploymentAlarms, alarms that roll back",
  },
  bluegreen: {
    instead:
      "deployments are rolling, with a circuit breaker and, with service.deploymentAlarms, alarms that roll back",
  },
  deploymentcontroller: {
    instead:
      "deployments are rolling, with a circuit breaker and, with service.deploymentAlarms, alarms that roll back",
  },
  providers: { instead: "one account and region for each stack: set region, and AWS_PROFILE for the account" },
  provider: { instead: "one account and region for each stack: set region, and AWS_PROFILE for the account" },
  accountid: {
    instead:
      "the account is that of the credentials, such as AWS_PROFILE, and the state of a stack is refused in another",
  },
  modules: { instead: "declare resources of your own in resources" },
  plugins: { instead: "the config is code: import what it needs" },
  database: {
    instead:
      "declare it in resources (docs/own-resources.md in the fairlead package), or name an existing one in container.environment and container.secrets",
  },
  rds: {
    instead:
      "declare it in resources (docs/own-resources.md in the fairlead package), or name an existing one in container.environment and container.secrets",
  },
  redis: {
    instead:
      "declare it in resources (docs/own-resources.md in the fairlead package), or name an existing one in container.environment",
  },
  bucket: {
    instead:
      'declare it in resources: scope.add("files", kinds.Bucket, { ... }) (docs/own-resources.md in the fairlead package)',
  },
  buckets: {
    instead:
      'declare it in resources: scope.add("files", kinds.Bucket, { ... }) (docs/own-resources.md in the fairlead package)',
  },
};
