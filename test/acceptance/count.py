"""Counts with boto3 whatever exists in the account, what AWS makes by itself left out: count.py ENDPOINT REGION [optional] -> one JSON object.

`optional` counts what only settings that are off by default create, also in us-east-1, where a CDN's logs, certificates, firewalls and alarms are.
"""
import json
import sys

import boto3

endpoint, region = sys.argv[1:3]
GLOBAL = "us-east-1"


def client(name, place=region):
    return boto3.client(
        name, endpoint_url=endpoint, region_name=place, aws_access_key_id="t", aws_secret_access_key="t"
    )


def optional():
    """Both regions together, but for what is one or the other's."""
    both = sorted({region, GLOBAL})
    logs, events = [client("logs", place) for place in both], client("events")
    clouds, topics = [client("cloudwatch", place) for place in both], [client("sns", place) for place in both]
    zones = client("route53")
    records = [r for z in zones.list_hosted_zones()["HostedZones"] for r in zones.list_resource_record_sets(HostedZoneId=z["Id"])["ResourceRecordSets"]]
    return {
        "networkAcls": len([a for a in client("ec2").describe_network_acls()["NetworkAcls"] if not a["IsDefault"]]),
        "vpcEndpoints": len([e for e in client("ec2").describe_vpc_endpoints()["VpcEndpoints"] if e["State"] != "deleted"]),
        "flowLogs": len(client("ec2").describe_flow_logs()["FlowLogs"]),
        "logGroups": sum(len(one.describe_log_groups()["logGroups"]) for one in logs),
        "logDeliveries": sum(len(one.describe_deliveries()["deliveries"]) for one in logs),
        "logDeliverySources": sum(len(one.describe_delivery_sources()["deliverySources"]) for one in logs),
        "logDeliveryDestinations": sum(len(one.describe_delivery_destinations()["deliveryDestinations"]) for one in logs),
        "webAcls": len(client("wafv2", GLOBAL).list_web_acls(Scope="CLOUDFRONT")["WebACLs"]),
        "certificates": sum(len(client("acm", place).list_certificates()["CertificateSummaryList"]) for place in both),
        "records": len([r for r in records if r["Type"] not in ("NS", "SOA")]),
        # Without those that Application Auto Scaling makes for its policies.
        "alarms": len([a for one in clouds for a in one.describe_alarms()["MetricAlarms"] if not a["AlarmName"].startswith("TargetTracking-")]),
        "dashboards": sum(len(one.list_dashboards()["DashboardEntries"]) for one in clouds),
        "topics": sum(len(one.list_topics()["Topics"]) for one in topics),
        "subscriptions": sum(len(one.list_subscriptions()["Subscriptions"]) for one in topics),
        "scheduledActions": len(client("application-autoscaling").describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"]),
        "secrets": len([s for s in client("secretsmanager").list_secrets()["SecretList"] if "DeletedDate" not in s]),
        "eventRules": len(events.list_rules()["Rules"]),
        "projects": len(client("codebuild").list_projects()["projects"]),
        "scanFilters": sum(len(rule["repositoryFilters"]) for rule in client("ecr").get_registry_scanning_configuration()["scanningConfiguration"]["rules"]),
        "detectors": len(client("guardduty").list_detectors()["DetectorIds"]),
    }


if sys.argv[3:] == ["optional"]:
    json.dump(optional(), sys.stdout)
    sys.exit()


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
    "egressOnlyGateways": len(ec2.describe_egress_only_internet_gateways()["EgressOnlyInternetGateways"]),
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
