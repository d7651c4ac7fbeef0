"""Counts with boto3 whatever exists in the account, what AWS makes by itself left out: count.py ENDPOINT REGION -> one JSON object."""
import json
import sys

import boto3

endpoint, region = sys.argv[1:3]


def client(name):
    return boto3.client(
        name, endpoint_url=endpoint, region_name=region, aws_access_key_id="t", aws_secret_access_key="t"
    )


ec2, elb, ecs, iam, s3 = client("ec2"), client("elbv2"), client("ecs"), client("iam"), client("s3")
default_vpcs = {vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"] if vpc["IsDefault"]}


def own(items):
    return [item for item in items if item.get("VpcId") not in default_vpcs]


def running(cluster):
    """The services of a cluster but for those that were deleted, which moto goes on listing and AWS does not (ECS API Reference, DeleteService)."""
    arns = ecs.list_services(cluster=cluster)["serviceArns"]
    return [s for s in ecs.describe_services(cluster=cluster, services=arns)["services"] if s["status"] != "INACTIVE"] if arns else []


clusters = ecs.list_clusters()["clusterArns"]
live_clusters = [c for c in ecs.describe_clusters(clusters=clusters)["clusters"] if c["status"] == "ACTIVE"] if clusters else []
balancers = elb.describe_load_balancers()["LoadBalancers"]
listeners = [
    listener
    for balancer in balancers
    for listener in elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
]
cloudfront, scaling = client("cloudfront"), client("application-autoscaling")
policies = cloudfront.list_response_headers_policies(Type="custom")["ResponseHeadersPolicyList"]
buckets = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]

# Network interfaces are left out: moto never takes those of a deleted NAT gateway away, AWS does.
counts = {
    "vpcs": len(own(ec2.describe_vpcs()["Vpcs"])),
    "subnets": len(own(ec2.describe_subnets()["Subnets"])),
    "internetGateways": len(ec2.describe_internet_gateways()["InternetGateways"]),
    "addresses": len(ec2.describe_addresses()["Addresses"]),
    "natGateways": len([n for n in ec2.describe_nat_gateways()["NatGateways"] if n["State"] != "deleted"]),
    "routeTables": len([t for t in own(ec2.describe_route_tables()["RouteTables"]) if not any(a.get("Main") for a in t["Associations"])]),
    "networkAcls": len([a for a in ec2.describe_network_acls()["NetworkAcls"] if not a["IsDefault"]]),
    "securityGroups": len([g for g in own(ec2.describe_security_groups()["SecurityGroups"]) if g["GroupName"] != "default"]),
    "vpcEndpoints": len([e for e in ec2.describe_vpc_endpoints()["VpcEndpoints"] if e["State"] != "deleted"]),
    "roles": len([r for r in iam.list_roles()["Roles"] if not r["Path"].startswith("/aws-service-role/")]),
    "repositories": len(client("ecr").describe_repositories()["repositories"]),
    "buckets": len(buckets),
    "logGroups": len(client("logs").describe_log_groups()["logGroups"]),
    "loadBalancers": len(balancers),
    "listeners": len(listeners),
    "rules": len([r for l in listeners for r in elb.describe_rules(ListenerArn=l["ListenerArn"])["Rules"] if not r["IsDefault"]]),
    "targetGroups": len(elb.describe_target_groups()["TargetGroups"]),
    "clusters": len(live_clusters),
    "services": sum(len(running(c["clusterArn"])) for c in live_clusters),
    "taskDefinitions": len(ecs.list_task_definitions(status="ACTIVE")["taskDefinitionArns"]),
    "scalableTargets": len(scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]),
    "scalingPolicies": len(scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]),
    "distributions": len(cloudfront.list_distributions()["DistributionList"].get("Items", [])),
    "headersPolicies": len(policies.get("Items", [])),
    "projects": len(client("codebuild").list_projects()["projects"]),
    "pipelines": len(client("codepipeline").list_pipelines()["pipelines"]),
    "queues": len(client("sqs").list_queues().get("QueueUrls", [])),
    "namespaces": len(client("servicediscovery").list_namespaces()["Namespaces"]),
    "fileSystems": len(client("efs").describe_file_systems()["FileSystems"]),
    "schedules": len(client("scheduler").list_schedules()["Schedules"]),
    "eventRules": len(client("events").list_rules()["Rules"]),
}
json.dump(counts, sys.stdout)
