import { text, type Output } from "../src/engine/output.ts";
import type { Balancer } from "./balancer.ts";
import type { Compute } from "./compute.ts";
import type { Delivery } from "./delivery.ts";
import type { Edge } from "./edge.ts";
import type { Network } from "./network.ts";
import type { Registry } from "./registry.ts";

/** The outputs by the names that the Terraform repository has for them; lists are given item by item. */
export type Outputs = Readonly<Record<string, Output<string> | readonly Output<string>[]>>;

interface Layers {
  readonly net: Network;
  readonly reg: Registry;
  readonly bal: Balancer;
  readonly com: Compute;
  readonly edg: Edge;
  readonly del: Delivery;
}

/** What a user of the stack wants to know of it. */
export function outputs({ net, reg, bal, com, edg, del }: Layers): Outputs {
  return {
    vpc_id: net.vpc.vpcId,
    public_subnet_ids: net.publics.map(({ subnetId }) => subnetId),
    private_subnet_ids: net.privates.map(({ subnetId }) => subnetId),
    ecr_repository_url: reg.repository.uri,
    ecs_cluster_name: com.cluster.name,
    ecs_service_name: com.service.name,
    alb_dns_name: bal.loadBalancer.dnsName,
    alb_zone_id: bal.loadBalancer.zoneId,
    cloudfront_domain_name: edg.distribution.domainName,
    cloudfront_distribution_id: edg.distribution.distributionId,
    s3_source_bucket_name: del.source.name,
    codepipeline_name: del.pipeline.name,
    application_url: text`https://${edg.distribution.domainName}`,
  };
}
