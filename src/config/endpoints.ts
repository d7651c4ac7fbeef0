/**
 * The AWS services whose endpoints are routes, without a charge, and not network interfaces (AWS PrivateLink Guide, "Gateway endpoints": S3
 * and DynamoDB; S3 User Guide, "Networking for directory buckets": S3 Express One Zone).
 */
const GATEWAYS: ReadonlySet<string> = new Set(["s3", "dynamodb", "s3express"]);

/** Whether a service, such as `s3`, has gateway endpoints. */
export const isGatewayService = (service: string): boolean => GATEWAYS.has(service);
