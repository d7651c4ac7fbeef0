/**
 * Where each input of the Terraform repository lives here. Whoever comes from there and writes Terraform's name is told ours.
 */
export const terraformInputs: Readonly<Record<string, string>> = {
  app_name: "name",
  environment: "environment",
  aws_region: "region",
  vpc_cidr: "network.cidr",
  availability_zones: "network.zones",
  public_subnet_cidrs: "network.publicSubnets",
  private_subnet_cidrs: "network.privateSubnets",
  ecs_task_cpu: "container.cpu",
  ecs_task_memory: "container.memory",
  ecs_service_desired_count: "service.desiredCount",
  app_port: "container.port",
  health_check_path: "container.healthCheckPath",
  log_retention_days: "logs.retentionDays",
  ecr_image_retention_count: "registry.keepImages",
  ecr_untagged_retention_days: "registry.untaggedDays",
};
