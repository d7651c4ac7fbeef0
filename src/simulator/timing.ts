/** How long things take in the simulated AWS, in seconds of virtual time: the middle of what is reported of AWS. */
export const TIMING = {
  /** A call's way to AWS and back. */
  call: 0.04,
  /** From a create to the first list that shows it, at most. */
  listLag: 3,
  /** From a delete to the last list of EC2 that shows it, at most. */
  deleteLag: 20,
  /**
   * From a listener's or a rule's first action for a target group until ECS knows of it (terraform-provider-aws, internal/service/ecs/service.go,
   * asks both CreateService and UpdateService again after "does not have an associated load balancer").
   */
  association: 1.5,
  /** From a role's creation until other services can assume it. */
  role: 8,
  /** From AttachInternetGateway until the attachment is `available` (Terraform waits for that: waitInternetGatewayAttached). */
  attachment: 3,
  /**
   * The longest time after a delete until nothing counts or shows the deleted resource. The services' documents and terraform-provider-aws,
   * which waits or retries for minutes, mention these lags but not their length; each source is cited where it is used.
   */
  release: 10,
  /** From a bucket's deletion until its name can be used again, at most (terraform-provider-aws tries for 20 minutes). */
  bucketName: 60,
  /** For how long the source and the destination of a log delivery reject a second change. */
  logDelivery: 2,
  /** From a bucket policy until Elastic Load Balancing sees it (terraform-provider-aws tries for minutes). */
  bucketPolicy: 8,
  /** From the association of an IPv6 range with a VPC or a subnet until it is through (terraform-provider-aws waits for it: up to minutes). */
  ipv6Range: 2,
  natGateway: 105,
  natGatewayDelete: 50,
  loadBalancer: 160,
  /** From a load balancer's deletion until its network interfaces are gone. */
  loadBalancerInterfaces: 20,
  distribution: 190,
  /** What CloudFront takes to deploy a VPC origin, or to delete it (terraform-provider-aws waits for 15 minutes, internal/service/cloudfront/vpc_origin.go). */
  vpcOrigin: 720,
  /** From a VPC origin's end until its interfaces are gone from the VPC. */
  vpcOriginInterfaces: 120,
  /** From RequestCertificate until DescribeCertificate tells its validation records. */
  validationRecord: 5,
  /** From a validation record's first answer until the certificate is issued ("up to several hours", ACM User Guide; usually minutes). */
  certificate: 60,
  /** From a certificate's issue until a listener takes it (terraform-provider-aws issue 41789: tried again for some seconds). */
  certificateUsable: 10,
  /** From a web ACL's creation until CloudFront and WAF's log calls know it, and from when it is off its last distribution until WAF does. */
  webAcl: 8,
  webAclRelease: 30,
  /** From when a certificate is taken off its last user until it can be deleted, at most. */
  certificateRelease: 120,
  /** From a change of records until all name servers of Route 53 answer with it. */
  dns: 60,
  vpcEndpoint: 60,
  vpcEndpointDelete: 30,
  clusterDelete: 2,
  /** From a change of a queue's attributes until reads tell of it ("up to 60 seconds", SQS API Reference, SetQueueAttributes). */
  queueAttributes: 15,
  /** From a queue's deletion until calls on it are refused ("up to 60 seconds", DeleteQueue). */
  queueDelete: 30,
  /** What Cloud Map takes to carry out the creation or the deletion of an HTTP namespace. */
  namespace: 4,
  /** From an ECS service's end until ECS has taken its services out of Cloud Map. */
  cloudMapService: 20,
  /** What EFS takes for a file system, a mount target (terraform-provider-aws waits for up to 30 minutes) and an access point. */
  fileSystem: 6,
  fileSystemDelete: 6,
  mountTarget: 85,
  mountTargetDelete: 40,
  accessPoint: 3,
  accessPointDelete: 3,
  /** From an image's push until its scan is known, and from then until it is complete (no document says how long; minutes at the most). */
  imageScanKnown: 4,
  imageScan: 20,
  /** From a call until a secret, or what was changed of it, is in another region, or no longer. No document says how long that takes. */
  replication: 6,
  /** From a service's change until its tasks run and it is steady. */
  service: 75,
  /** From a create or a change of tags until the tagging API tells of it, and from a delete until it no longer does. */
  tagging: 90,
  taggingDelete: 5_400,
  /** A task's stop, at the least; `stopsIn` of ecs/draining.ts adds its deregistration from the target group. */
  taskStop: 30,
} as const;
