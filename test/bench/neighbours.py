"""Fills an account with what others have: neighbours.py ENDPOINT REGION DISTRIBUTIONS STACKS, counted by whoever asks afterwards."""
import sys

import boto3

endpoint, region = sys.argv[1:3]
distributions, stacks = (int(number) for number in sys.argv[3:5])


def client(name):
    return boto3.client(
        name, endpoint_url=endpoint, region_name=region, aws_access_key_id="t", aws_secret_access_key="t"
    )


cloudfront, ec2, s3, ecr, logs = (client(name) for name in ("cloudfront", "ec2", "s3", "ecr", "logs"))
for number in range(distributions):
    origin = {
        "Id": "fairlead-balancer",
        "DomainName": f"web-{number}.example.com",
        "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only"},
    }
    behavior = {
        "TargetOriginId": origin["Id"],
        "ViewerProtocolPolicy": "redirect-to-https",
        "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
        "MinTTL": 0,
    }
    config = {
        "CallerReference": f"neighbour-{number}",
        "Comment": f"neighbour {number}",
        "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": behavior,
    }
    cloudfront.create_distribution_with_tags(
        DistributionConfigWithTags={
            "DistributionConfig": config,
            "Tags": {"Items": [{"Key": "fairlead:stack", "Value": f"neighbour-{number}"}]},
        }
    )
for number in range(stacks):
    name = f"neighbour-{number}"
    tags = [{"Key": "fairlead:stack", "Value": name}, {"Key": "fairlead:environment", "Value": "dev"}]
    ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": tags}])
    s3.create_bucket(Bucket=f"{name}-source", CreateBucketConfiguration={"LocationConstraint": region})
    ecr.create_repository(repositoryName=name, tags=tags)
    logs.create_log_group(logGroupName=f"/ecs/{name}", tags={tag["Key"]: tag["Value"] for tag in tags})
