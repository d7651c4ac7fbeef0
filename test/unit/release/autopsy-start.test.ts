import { DescribeImagesCommand } from "@aws-sdk/client-ecr";
import { beforeEach, describe, expect, it } from "vitest";
import { autopsy } from "../../../src/release/autopsy.ts";
import { ecr, failing, IMAGE, mocks, refusal, stopped, type Says } from "./autopsy-world.ts";

beforeEach(() => {
  for (const mock of mocks) mock.reset();
});

/** A task that did not start for this reason. */
const unstarted = (stoppedReason: string) => stopped({ stopCode: "TaskFailedToStart", stoppedReason });
const NOT_ROUTED =
  "Run npx fairlead reconcile to restore the NAT gateways, the default routes of the private subnets and the outbound rules of the tasks' security group.";

describe("the autopsy of tasks that do not start, in AWS's own words", () => {
  it.each<[string, string, string, string, string]>([
    [
      "a registry that answers too late",
      `CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref ${IMAGE}: failed to do request: Head "https://123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/v2/app/manifests/1a2b3c4": dial tcp 34.205.13.154:443: i/o timeout`,
      "no-way-out",
      "The tasks cannot reach 123456789012.dkr.ecr.ap-northeast-1.amazonaws.com from their private subnets, so they cannot start.",
      NOT_ROUTED,
    ],
    [
      "a name that is not resolved",
      "CannotPullContainerError: failed to do request: dial tcp: lookup registry-1.docker.io: no such host",
      "no-way-out",
      "The tasks cannot reach registry-1.docker.io from their private subnets, so they cannot start.",
      NOT_ROUTED,
    ],
    [
      "a registry that cannot be logged in to",
      "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration.",
      "no-way-out",
      "The tasks cannot reach Amazon ECR from their private subnets, so they cannot start.",
      NOT_ROUTED,
    ],
    [
      "registry credentials that never come",
      "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request failed",
      "no-way-out",
      "The tasks cannot reach the registry, the log service or the secrets from their private subnets, so they cannot start.",
      NOT_ROUTED,
    ],
    [
      "a file system without a mount target in the task's zone",
      `ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'Failed to resolve "fs-0123456789abcdef0.efs.ap-northeast-1.amazonaws.com" - check that your file system ID is correct.\\nSee https://docs.aws.amazon.com/console/efs/mount-dns-name for more detail.' : unsuccessful EFS utils command execution; code: 1`,
      "volume",
      "The tasks cannot mount the file system fs-0123456789abcdef0: it has no mount target in their zone, or its name does not resolve in the VPC.",
      "Run npx fairlead reconcile, which restores the mount targets; the tasks that ECS starts after that find them.",
    ],
    [
      "a file system that denies the task's role",
      "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: access denied by server while mounting 127.0.0.1:/' : unsuccessful EFS utils command execution; code: 32",
      "volume",
      "The tasks cannot mount their volumes: EFS denies them the access.",
      "Run npx fairlead reconcile, which restores what the role task may do, the access points and the policy of the file system.",
    ],
    [
      "a security group that keeps NFS out",
      "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: Connection timed out' : unsuccessful EFS utils command execution; code: 32",
      "volume",
      "The tasks cannot mount their volumes: nothing lets them through on port 2049.",
      "Run npx fairlead reconcile, which restores the security groups of the tasks and of the volumes.",
    ],
    [
      "a secret that is not there",
      "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:db from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.",
      "secret-missing",
      "The task definition references secret arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:db, which does not exist.",
      "Create it, with the value in a file: aws secretsmanager create-secret --name db --secret-string file://value.txt --region ap-northeast-1. Then run npx fairlead reconcile, because the new secret has another ARN.",
    ],
    [
      "a parameter that is not there",
      "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: /demo/key",
      "secret-missing",
      "The task definition references parameter /demo/key, which does not exist.",
      "Create it, with the value in a file: aws ssm put-parameter --type SecureString --name /demo/key --value file://value.txt --region ap-northeast-1. Then deploy again.",
    ],
    [
      "a secret that its role may not read",
      "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/execution/0123 is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:db because no identity-based policy allows the secretsmanager:GetSecretValue action",
      "permission",
      "The role execution is not allowed to perform secretsmanager:GetSecretValue on arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:db.",
      "Run npx fairlead reconcile to restore the role execution, then deploy again. If the call is still denied, a policy outside this stack denies secretsmanager:GetSecretValue.",
    ],
    [
      "a registry that forbids it",
      `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${IMAGE}: pulling from host 123456789012.dkr.ecr.ap-northeast-1.amazonaws.com failed with status code [manifests 1a2b3c4]: 403 Forbidden`,
      "permission",
      `The role execution is not allowed to perform ecr:BatchGetImage on ${IMAGE}.`,
      "Run npx fairlead reconcile to restore the role execution, then deploy again. If the call is still denied, a policy outside this stack denies ecr:BatchGetImage.",
    ],
    [
      "a role that ECS may not take",
      "ECS was unable to assume the role 'arn:aws:iam::123456789012:role/task' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.",
      "permission",
      "ECS is not allowed to assume the role task.",
      "Run npx fairlead reconcile to restore the role task and its trust policy, then deploy again.",
    ],
    [
      "an image without its tag",
      "CannotPullContainerError: Error response from daemon: manifest for app:1a2b3c4 not found: manifest unknown: Requested image not found",
      "image-missing",
      `The image ${IMAGE} does not exist, so no task can start.`,
      "Repository app keeps the last 30 images. To build and push it again: npx fairlead deploy",
    ],
    [
      "an image for another processor",
      "CannotPullContainerError: pull image manifest has been retried 1 time(s): image Manifest does not contain descriptor matching platform 'linux/amd64'",
      "image-pull",
      `The image ${IMAGE} cannot be pulled: it was not built for linux/amd64.`,
      "Build it with docker build --platform linux/amd64, then release it: npx fairlead deploy",
    ],
    [
      "a registry that is asked too often",
      "CannotPullContainerError: inspect image has been retried 5 time(s): httpReaderSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/library/nginx/manifests/sha256:1: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit.",
      "image-pull",
      `The image ${IMAGE} cannot be pulled: its registry is rate limiting pulls.`,
      "Push a copy to repository app and set container.image to it.",
    ],
    [
      "a disk that is full",
      "CannotPullContainerError: ref pull has been retried 1 time(s): failed to extract layer: no space left on device",
      "image-pull",
      `The image ${IMAGE} cannot be pulled: ref pull has been retried 1 time(s): failed to extract layer: no space left on device.`,
      "Check that the image can be pulled without credentials, then deploy again.",
    ],
    [
      "a program that is not in the image",
      'CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: failed to create shim: OCI runtime create failed: container_linux.go:380: starting container process caused: exec: "serve": executable file not found in $PATH',
      "container-exits",
      'The container app cannot be started: CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: failed to create shim: OCI runtime create failed: container_linux.go:380: starting container process caused: exec: "serve": executable file not found in $PATH.',
      "Check the image's entry point and container.command in stack.config.ts, and that the program exists in the image and is executable. For a change of the application: npx fairlead deploy. For one of the config: npx fairlead reconcile",
    ],
  ])("knows %s", async (_what, reason, cause, what, fix) => {
    const finding = await autopsy(failing({ tasks: [unstarted(reason)] }), {});
    expect(finding).toMatchObject({ cause, what, fix });
    expect(finding.evidence[0]).toBe(`task 01234567: ${reason}`);
  });

  it.each<[string, string, string, string, string]>([
    [
      "no room",
      "(service ground) was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
      "no-capacity",
      "ECS cannot place a task: AWS has no capacity for it at the moment.",
      "Deploy again in a few minutes; if that does not help, add a zone to network.zones, or request less than 256 CPU units and 512 MiB.",
    ],
    [
      "a quota that is used up",
      "(service ground) was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently.",
      "no-capacity",
      "ECS cannot place a task: the account has reached its limit.",
      "Request a higher Fargate On-Demand vCPU quota in Service Quotas, or run fewer or smaller tasks.",
    ],
    [
      "subnets that are full",
      "(service ground) was unable to place a task. Reason: subnet-1 does not have enough free addresses to satisfy the request.",
      "no-capacity",
      "ECS cannot place a task: the private subnets have no free IP addresses.",
      "Free IP addresses in the private subnets, or set a larger network.cidr.",
    ],
    [
      "a reason of its own",
      "(service ground) was unable to place a task. Reason: Your account is currently blocked.",
      "no-capacity",
      "ECS cannot place a task: Your account is currently blocked.",
      "Fix the reason that ECS gives, then deploy again.",
    ],
    [
      "a connection that fails",
      "(service ground) was unable to place a task. Reason: ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: There is a connection issue between the task and AWS Secrets Manager. Check your task network configuration.",
      "no-way-out",
      "The tasks cannot reach AWS Secrets Manager from their private subnets, so they cannot start.",
      NOT_ROUTED,
    ],
  ])("knows an event that tells of %s", async (_what, event, cause, what, fix) => {
    const events = ["(service ground) has started 2 tasks: (task 1) (task 2).", event];
    const finding = await autopsy(failing({ events }), {});
    expect(finding).toMatchObject({ cause, what, fix });
    expect(finding.evidence[0]).toBe(event);
    // What says nothing of trouble comes last.
    expect(finding.evidence.at(-1)).toBe(events[0]);
  });

  it("knows that without NAT gateways there is no way to a registry elsewhere", async () => {
    const reason = "CannotPullContainerError: dial tcp: lookup ghcr.io on 10.0.0.2:53: no such host";
    const says: Says = { tasks: [unstarted(reason)], container: { image: "ghcr.io/me/app:1" } };
    const nat = { network: { nat: "none" } };
    expect(await autopsy(failing(says, nat), {})).toMatchObject({
      cause: "no-way-out",
      what: "The tasks cannot reach ghcr.io from their private subnets, so they cannot start.",
      fix: 'Set network.nat to "single" or "perZone": with "none", tasks can reach only AWS services, and ghcr.io/me/app:1 is hosted elsewhere.',
    });
    // ECR is asked only for what it should have.
    expect(ecr.calls()).toEqual([]);
    expect(await autopsy(failing({ tasks: says.tasks ?? [] }, nat), {})).toMatchObject({
      cause: "no-way-out",
      fix: "Run npx fairlead reconcile to restore the VPC endpoints and their security groups.",
    });
  });

  it("takes ECR's word that the image is gone, by its tag or its digest", async () => {
    const missing = refusal("RepositoryNotFoundException", "The repository with name 'app' does not exist");
    const finding = async (image: string) => {
      const ref = failing({ container: { image } });
      ecr.on(DescribeImagesCommand).rejects(missing);
      return autopsy(ref, {});
    };
    expect(await finding(`${IMAGE}@sha256:77`)).toMatchObject({
      cause: "image-missing",
      what: `The image ${IMAGE}@sha256:77 does not exist, so no task can start.`,
      evidence: expect.arrayContaining([
        "RepositoryNotFoundException: The repository with name 'app' does not exist",
      ]) as string[],
    });
    await finding(IMAGE);
    expect(ecr.commandCalls(DescribeImagesCommand).map(({ args }) => args[0].input)).toEqual([
      { repositoryName: "app", imageIds: [{ imageDigest: "sha256:77" }] },
      { repositoryName: "app", imageIds: [{ imageTag: "1a2b3c4" }] },
    ]);
  });

  it("names the place to correct an image that is not the pipeline's", async () => {
    const reason =
      "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ghcr.io/me/app:1: ghcr.io/me/app:1: not found";
    const finding = await autopsy(
      failing({ tasks: [unstarted(reason)], container: { image: "ghcr.io/me/app:1" } }),
      {},
    );
    expect(finding).toMatchObject({
      cause: "image-missing",
      what: "The image ghcr.io/me/app:1 does not exist, so no task can start.",
      fix: "Correct container.image in stack.config.ts or push that image, then run npx fairlead reconcile.",
    });
    expect(finding.evidence[0]).toBe(`task 01234567: ${reason}`);
  });
});
