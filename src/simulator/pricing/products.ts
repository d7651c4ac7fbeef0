/** One product of the price list, with its price. */
export interface Product {
  readonly servicecode: string;
  readonly regionCode: string;
  readonly usagetype: string;
  readonly productFamily: string;
  readonly unit: string;
  readonly usd: number;
}

/** When the simulated price list was published. */
export const PUBLISHED = "2026-11-02T00:00:00Z";

const tokyo = (servicecode: string, productFamily: string, usage: string, unit: string, usd: number): Product => ({
  servicecode,
  regionCode: "ap-northeast-1",
  usagetype: `APN1-${usage}`,
  productFamily,
  unit,
  usd,
});

/**
 * A part of the price list of Tokyo (offers/v1.0/aws/SERVICE/current/ap-northeast-1, 2026-09-25), with the load balancer a little dearer, so that
 * it shows whose price is used; and products that a careless filter matches too: an Outposts balancer, Fargate on Windows, a NAT gateway of
 * another kind. Build machines, alarms and images are missing.
 */
export const PRODUCTS: readonly Product[] = [
  tokyo("AmazonEC2", "NAT Gateway", "NatGateway-Hours", "Hrs", 0.062),
  tokyo("AmazonEC2", "NAT Gateway", "RegionalNatGateway-Hours", "Hrs", 0.062),
  tokyo("AmazonEC2", "NAT Gateway", "NatGateway-Bytes", "GB", 0.062),
  tokyo("AWSELB", "Load Balancer-Application", "LoadBalancerUsage", "Hrs", 0.025),
  tokyo("AWSELB", "Load Balancer", "LoadBalancerUsage", "Hrs", 0.027),
  tokyo("AWSELB", "Load Balancer-Application", "Outposts-LoadBalancerUsage", "Hrs", 0.03),
  tokyo("AWSELB", "Load Balancer-Application", "LCUUsage", "LCU-Hrs", 0.008),
  tokyo("AmazonECS", "Compute", "Fargate-vCPU-Hours:perCPU", "hours", 0.05056),
  tokyo("AmazonECS", "Compute", "Fargate-Windows-vCPU-Hours:perCPU", "hours", 0.0582),
  tokyo("AmazonECS", "Compute", "Fargate-ARM-vCPU-Hours:perCPU", "hours", 0.04045),
  tokyo("AmazonECS", "Compute", "Fargate-GB-Hours", "hours", 0.00553),
  tokyo("AmazonECS", "Compute", "Fargate-ARM-GB-Hours", "hours", 0.00442),
  tokyo("AmazonVPC", "IP Address", "PublicIPv4:InUseAddress", "Hrs", 0.005),
  tokyo("AmazonVPC", "VpcEndpoint", "VpcEndpoint-Hours", "Hrs", 0.014),
  tokyo("AmazonVPC", "VpcEndpoint", "VpcEndpoint-Bytes", "GB", 0.01),
];
