import { of, type KindActions } from "./kind-actions.ts";

/** What is looked at, and deleted, if network interfaces stand in the way of a deletion. */
const INTERFACES = {
  deletes: ["ec2:DeleteNetworkInterface"],
  reads: ["ec2:DescribeNetworkInterfaces"],
  bearers: [
    ...of("ec2", "DescribeNatGateways DescribeVpcEndpoints"),
    ...of("elasticfilesystem", "DescribeFileSystems DescribeMountTargets"),
    "elasticloadbalancing:DescribeTags",
    ...of("ecs", "DescribeServices DescribeTasks ListServices ListTasks"),
  ],
};
const EC2_TAGS = ["ec2:CreateTags", "ec2:DeleteTags"];
const ELB_TAGS = of("elasticloadbalancing", "AddTags RemoveTags");
const RECORDS = ["route53:ListResourceRecordSets"];

/** The kinds of the network, the load balancer, the CDN and its names, and of file systems. */
export const NETWORK_KINDS: Readonly<Record<string, KindActions>> = {
  "acm/certificate": {
    reads: [...of("acm", "DescribeCertificate ListCertificates ListTagsForCertificate"), "tag:GetResources"],
    changes: of("acm", "AddTagsToCertificate DeleteCertificate RemoveTagsFromCertificate RequestCertificate"),
    obstacles: ["cloudfront:ListTagsForResource", "elasticloadbalancing:DescribeTags"],
  },
  "cloudfront/distribution": {
    reads: of("cloudfront", "GetDistribution GetDistributionConfig ListDistributions ListTagsForResource"),
    changes: of("cloudfront", "CreateDistribution DeleteDistribution TagResource UntagResource UpdateDistribution"),
  },
  "cloudfront/response-headers-policy": {
    reads: of("cloudfront", "GetResponseHeadersPolicy ListResponseHeadersPolicies"),
    lists: ["cloudfront:ListResponseHeadersPolicies"],
    changes: of("cloudfront", "CreateResponseHeadersPolicy DeleteResponseHeadersPolicy UpdateResponseHeadersPolicy"),
    obstacles: of("cloudfront", "ListDistributionsByResponseHeadersPolicyId ListTagsForResource"),
  },
  "cloudfront/vpc-origin": {
    reads: of("cloudfront", "GetVpcOrigin ListTagsForResource ListVpcOrigins"),
    changes: [
      ...of("cloudfront", "CreateVpcOrigin DeleteVpcOrigin TagResource UntagResource UpdateVpcOrigin"),
      "iam:CreateServiceLinkedRole",
    ],
    obstacles: ["cloudfront:ListDistributionsByVpcOriginId"],
  },
  "ec2/egress-only-gateway": {
    reads: ["ec2:DescribeEgressOnlyInternetGateways"],
    lists: ["ec2:DescribeEgressOnlyInternetGateways"],
    changes: [...of("ec2", "CreateEgressOnlyInternetGateway DeleteEgressOnlyInternetGateway"), ...EC2_TAGS],
  },
  "ec2/elastic-ip": {
    reads: ["ec2:DescribeAddresses"],
    lists: ["ec2:DescribeAddresses"],
    changes: [...of("ec2", "AllocateAddress ReleaseAddress"), ...EC2_TAGS],
  },
  "ec2/flow-log": {
    reads: ["ec2:DescribeFlowLogs"],
    lists: ["ec2:DescribeFlowLogs"],
    changes: [
      ...of("ec2", "CreateFlowLogs DeleteFlowLogs"),
      ...EC2_TAGS,
      ...of("logs", "CreateLogDelivery DeleteLogDelivery"),
      "iam:PassRole",
    ],
  },
  "ec2/internet-gateway": {
    reads: ["ec2:DescribeInternetGateways"],
    lists: ["ec2:DescribeInternetGateways"],
    changes: [
      ...of("ec2", "AttachInternetGateway CreateInternetGateway DeleteInternetGateway DetachInternetGateway"),
      ...EC2_TAGS,
    ],
    obstacles: of("ec2", "DescribeAddresses DescribeNetworkInterfaces"),
  },
  "ec2/nat-gateway": {
    reads: ["ec2:DescribeNatGateways"],
    lists: ["ec2:DescribeNatGateways"],
    changes: [...of("ec2", "CreateNatGateway DeleteNatGateway"), ...EC2_TAGS],
  },
  "ec2/network-acl": {
    reads: ["ec2:DescribeNetworkAcls"],
    lists: ["ec2:DescribeNetworkAcls"],
    changes: [
      ...of("ec2", "CreateNetworkAcl CreateNetworkAclEntry DeleteNetworkAcl DeleteNetworkAclEntry"),
      ...of("ec2", "ReplaceNetworkAclAssociation ReplaceNetworkAclEntry"),
      ...EC2_TAGS,
    ],
  },
  "ec2/route-table": {
    reads: of("ec2", "DescribeRouteTables DescribeNatGateways"),
    lists: ["ec2:DescribeRouteTables"],
    changes: [
      ...of(
        "ec2",
        "AssociateRouteTable CreateRoute CreateRouteTable DeleteRoute DeleteRouteTable DisassociateRouteTable",
      ),
      ...of("ec2", "ReplaceRoute ReplaceRouteTableAssociation"),
      ...EC2_TAGS,
    ],
  },
  "ec2/security-group": {
    reads: ["ec2:DescribeSecurityGroups"],
    lists: ["ec2:DescribeSecurityGroups"],
    changes: [...of("ec2", "CreateSecurityGroup DeleteSecurityGroup"), ...INTERFACES.deletes, ...EC2_TAGS],
    obstacles: [...INTERFACES.reads, ...INTERFACES.bearers],
  },
  "ec2/security-group-rules": {
    reads: ["ec2:DescribeSecurityGroups"],
    lists: ["ec2:DescribeSecurityGroups"],
    changes: of(
      "ec2",
      "AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress RevokeSecurityGroupEgress RevokeSecurityGroupIngress UpdateSecurityGroupRuleDescriptionsEgress UpdateSecurityGroupRuleDescriptionsIngress",
    ),
  },
  "ec2/subnet": {
    reads: of("ec2", "DescribeSubnets DescribeAvailabilityZones"),
    lists: ["ec2:DescribeSubnets"],
    changes: [
      ...of("ec2", "AssociateSubnetCidrBlock CreateSubnet DeleteSubnet DisassociateSubnetCidrBlock"),
      "ec2:ModifySubnetAttribute",
      ...INTERFACES.deletes,
      ...EC2_TAGS,
    ],
    obstacles: [...INTERFACES.reads, ...INTERFACES.bearers],
  },
  "ec2/vpc": {
    reads: of("ec2", "DescribeVpcAttribute DescribeVpcs"),
    lists: ["ec2:DescribeVpcs"],
    changes: [
      ...of("ec2", "AssociateVpcCidrBlock CreateVpc DeleteVpc DisassociateVpcCidrBlock ModifyVpcAttribute"),
      ...EC2_TAGS,
    ],
    obstacles: [
      ...of(
        "ec2",
        "DescribeEgressOnlyInternetGateways DescribeInternetGateways DescribeNatGateways DescribeNetworkAcls",
      ),
      ...of("ec2", "DescribeRouteTables DescribeSecurityGroups DescribeSubnets DescribeVpcEndpoints"),
      ...of("ec2", "DescribeVpcPeeringConnections DescribeVpnGateways"),
      ...INTERFACES.reads,
      ...INTERFACES.bearers,
    ],
  },
  "ec2/vpc-endpoint": {
    reads: of("ec2", "DescribeVpcEndpointServices DescribeVpcEndpoints"),
    lists: ["ec2:DescribeVpcEndpoints"],
    changes: [...of("ec2", "CreateVpcEndpoint DeleteVpcEndpoints ModifyVpcEndpoint"), ...EC2_TAGS],
  },
  "efs/access-point": {
    reads: ["elasticfilesystem:DescribeAccessPoints"],
    changes: of("elasticfilesystem", "CreateAccessPoint DeleteAccessPoint TagResource UntagResource"),
  },
  "efs/file-system": {
    reads: of(
      "elasticfilesystem",
      "DescribeBackupPolicy DescribeFileSystemPolicy DescribeFileSystems DescribeMountTargets",
    ),
    changes: of(
      "elasticfilesystem",
      "CreateFileSystem DeleteFileSystem DeleteFileSystemPolicy PutBackupPolicy PutFileSystemPolicy TagResource UntagResource UpdateFileSystem",
    ),
  },
  "efs/mount-target": {
    reads: [
      ...of("elasticfilesystem", "DescribeMountTargetSecurityGroups DescribeMountTargets"),
      "ec2:DescribeNetworkInterfaceAttribute",
    ],
    lists: [
      ...of("elasticfilesystem", "DescribeMountTargetSecurityGroups DescribeMountTargets"),
      ...of("ec2", "DescribeNetworkInterfaceAttribute DescribeSecurityGroups"),
    ],
    changes: [
      ...of("elasticfilesystem", "CreateMountTarget DeleteMountTarget ModifyMountTargetSecurityGroups"),
      ...of("ec2", "CreateNetworkInterface DeleteNetworkInterface DescribeNetworkInterfaces DescribeSubnets"),
      "ec2:ModifyNetworkInterfaceAttribute",
      "iam:CreateServiceLinkedRole",
    ],
  },
  "elb/listener": {
    reads: of(
      "elasticloadbalancing",
      "DescribeListenerCertificates DescribeListeners DescribeLoadBalancers DescribeTags",
    ),
    changes: [
      ...of("elasticloadbalancing", "AddListenerCertificates CreateListener DeleteListener ModifyListener"),
      "elasticloadbalancing:RemoveListenerCertificates",
      ...ELB_TAGS,
    ],
  },
  "elb/listener-rule": {
    reads: of("elasticloadbalancing", "DescribeListeners DescribeLoadBalancers DescribeRules DescribeTags"),
    changes: [...of("elasticloadbalancing", "CreateRule DeleteRule ModifyRule SetRulePriorities"), ...ELB_TAGS],
  },
  "elb/load-balancer": {
    reads: of("elasticloadbalancing", "DescribeLoadBalancerAttributes DescribeLoadBalancers DescribeTags"),
    changes: [
      ...of("elasticloadbalancing", "CreateLoadBalancer DeleteLoadBalancer ModifyLoadBalancerAttributes"),
      ...of("elasticloadbalancing", "SetIpAddressType SetSecurityGroups SetSubnets"),
      ...ELB_TAGS,
      "iam:CreateServiceLinkedRole",
    ],
    obstacles: [
      "cloudfront:ListVpcOrigins",
      ...of("elasticloadbalancing", "DescribeListeners DescribeRules DescribeTargetGroups"),
    ],
  },
  "elb/target-group": {
    reads: of("elasticloadbalancing", "DescribeTags DescribeTargetGroupAttributes DescribeTargetGroups"),
    changes: [
      ...of("elasticloadbalancing", "CreateTargetGroup DeleteTargetGroup ModifyTargetGroup"),
      "elasticloadbalancing:ModifyTargetGroupAttributes",
      ...ELB_TAGS,
    ],
    obstacles: of("elasticloadbalancing", "DescribeListeners DescribeRules DescribeTargetHealth"),
  },
  "route53/record": { reads: RECORDS, changes: ["route53:ChangeResourceRecordSets"] },
  "route53/validation-record": {
    reads: [...RECORDS, "ec2:DescribeRegions", ...of("acm", "DescribeCertificate ListCertificates")],
    changes: ["route53:ChangeResourceRecordSets"],
  },
};
