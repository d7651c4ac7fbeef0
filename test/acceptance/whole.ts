/** What stands when the default stack stands, as boto3 counts it. */
export const WHOLE = {
  vpcs: 1,
  subnets: 4,
  internetGateways: 1,
  addresses: 2,
  natGateways: 2,
  routeTables: 3,
  securityGroups: 2,
  vpcEndpoints: 0,
  roles: 5,
  repositories: 1,
  buckets: 2,
  logGroups: 2,
  loadBalancers: 1,
  listeners: 1,
  rules: 1,
  targetGroups: 1,
  clusters: 1,
  services: 1,
  taskDefinitions: 1,
  scalableTargets: 1,
  scalingPolicies: 2,
  distributions: 1,
  headersPolicies: 1,
  projects: 1,
  pipelines: 1,
  queues: 0,
  namespaces: 0,
  eventRules: 1,
};

/** The same of an account in which nothing is left. */
export const NOTHING = Object.fromEntries(Object.keys(WHOLE).map((name) => [name, 0]));
