"""A network made with boto3 by somebody who knows nothing of Fairlead.

network.py ENDPOINT REGION make [dns-hostnames] -> its ids, as `network` of a config names them; network.py ENDPOINT REGION tell VPC -> whatever EC2 says of it.
"""
import json
import sys

import boto3

endpoint, region, act, *rest = sys.argv[1:]
ec2 = boto3.client("ec2", endpoint_url=endpoint, region_name=region, aws_access_key_id="t", aws_secret_access_key="t")
ANYWHERE = "0.0.0.0/0"


def make(dns=None):
    tags = [{"Key": "Team", "Value": "platform"}]
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": tags}])["Vpc"]["VpcId"]
    if dns == "dns-hostnames":
        ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{number}.0/24", AvailabilityZone=region + zone)["Subnet"]["SubnetId"]
        for number, zone in ((1, "a"), (2, "c"), (10, "a"), (11, "c"))
    ]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    public = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=public, DestinationCidrBlock=ANYWHERE, GatewayId=gateway)
    for subnet in subnets[:2]:
        ec2.associate_route_table(RouteTableId=public, SubnetId=subnet)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=subnets[0], AllocationId=address)["NatGateway"]["NatGatewayId"]
    # The private subnets have no association of their own: the main table is theirs.
    tables = ec2.describe_route_tables(Filters=in_vpc(vpc))["RouteTables"]
    main = next(t for t in tables if any(a.get("Main") for a in t["Associations"]))
    ec2.create_route(RouteTableId=main["RouteTableId"], DestinationCidrBlock=ANYWHERE, NatGatewayId=nat)
    return {"vpc": vpc, "publicSubnets": subnets[:2], "privateSubnets": subnets[2:]}


def in_vpc(vpc, name="vpc-id"):
    return [{"Name": name, "Values": [vpc]}]


def tell(vpc):
    told = {
        "vpcs": ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"],
        "dns": [
            ec2.describe_vpc_attribute(VpcId=vpc, Attribute=attribute)[key]
            for attribute, key in (("enableDnsSupport", "EnableDnsSupport"), ("enableDnsHostnames", "EnableDnsHostnames"))
        ],
        "subnets": ec2.describe_subnets(Filters=in_vpc(vpc))["Subnets"],
        "routeTables": ec2.describe_route_tables(Filters=in_vpc(vpc))["RouteTables"],
        "internetGateways": ec2.describe_internet_gateways(Filters=in_vpc(vpc, "attachment.vpc-id"))["InternetGateways"],
        "natGateways": ec2.describe_nat_gateways(Filters=in_vpc(vpc))["NatGateways"],
        "securityGroups": ec2.describe_security_groups(Filters=in_vpc(vpc))["SecurityGroups"],
        "networkAcls": ec2.describe_network_acls(Filters=in_vpc(vpc))["NetworkAcls"],
        "endpoints": ec2.describe_vpc_endpoints(Filters=in_vpc(vpc))["VpcEndpoints"],
    }
    text = json.dumps(told, default=str)
    # Tags of whatever is in it, by the ids that EC2 has told.
    told["tags"] = [tag for tag in ec2.describe_tags()["Tags"] if tag["ResourceId"] in text]
    return told


answer = make(*rest) if act == "make" else tell(rest[0])
print(json.dumps(answer, default=str, sort_keys=True))
