import { refuse } from "./errors.ts";

/**
 * The regions without a service: AWS General Reference, "AWS CodePipeline endpoints and quotas" and "AWS CodeBuild endpoints and quotas", and
 * botocore's endpoints.json of 1.43.11, November 2026.
 */
const ABSENT: Readonly<Record<string, readonly string[]>> = {
  CodeBuild: ["ap-east-2", "ca-west-1", "mx-central-1"],
  CodePipeline: ["ap-east-2", "ap-southeast-6", "ap-southeast-7", "ca-west-1", "mx-central-1"],
};

/** Refuses a call to a service that the region does not have: the name of its host does not resolve. */
export function checkEndpoint(service: string, region: string): void {
  if (ABSENT[service]?.includes(region))
    refuse("UnknownEndpoint", `getaddrinfo ENOTFOUND ${service.toLowerCase()}.${region}.amazonaws.com`);
}
