import {
  CreateRepositoryCommand,
  DeleteLifecyclePolicyCommand,
  DeleteRepositoryCommand,
  DeleteRepositoryPolicyCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetLifecyclePolicyCommand,
  GetRepositoryPolicyCommand,
  ListTagsForResourceCommand,
  PutLifecyclePolicyCommand,
  SetRepositoryPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-ecr";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Repository, type RepositorySpec } from "../../../../src/aws/ecr/repository.ts";
import { Snapshot } from "../../../../src/engine/snapshot.ts";
import { UncertainAnswer } from "../../../../src/engine/resource-kind.ts";
import { awsError } from "../../../support/failing.ts";
import { lookFor, making, mocked, OTHERS, OWNED } from "../../../support/mocked.ts";

const ecr = mockClient(ECRClient);
beforeEach(() => ecr.reset());
const sent = () => ecr.calls().map(({ args: [command] }) => [command.constructor.name, command.input]);

const tags = {
  "fairlead:stack": "demo",
  "fairlead:environment": "test",
  "fairlead:region": "ap-northeast-1",
  "fairlead:id": "network/it",
};
const ROLE = "arn:aws:iam::123456789012:role/build";
const policy = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow" as const, Principal: { AWS: ROLE }, Action: "ecr:BatchGetImage" }],
};
const lifecycle = { rules: [{ rulePriority: 1, action: { type: "expire" } }] };
const spec: RepositorySpec = { name: "demo/app", mutableTags: false, scanOnPush: true, policy, lifecycle, tags };
const ARN = "arn:aws:ecr:ap-northeast-1:123456789012:repository/demo/app";
const URI = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/demo/app";
const attrs = { name: "demo/app", uri: URI, arn: ARN };
const described = {
  repositoryName: "demo/app",
  repositoryArn: ARN,
  repositoryUri: URI,
  imageTagMutability: "IMMUTABLE" as const,
  imageScanningConfiguration: { scanOnPush: true },
};
const observed = { id: "demo/app", spec, attrs, owner: "demo/test/ap-northeast-1:network/it", ready: true };
const named = { repositoryName: "demo/app" };
const absentRepository = awsError("RepositoryNotFoundException", "The repository does not exist in the registry.");
const noPolicy = awsError("RepositoryPolicyNotFoundException", "Repository policy does not exist.");
const noLifecycle = awsError("LifecyclePolicyNotFoundException", "Lifecycle policy does not exist.");

describe("ecr/repository", () => {
  it("creates with its tags, reports the name, and then puts its two policies", async () => {
    const told: string[] = [];
    ecr.on(CreateRepositoryCommand).resolves({ repository: described });
    ecr.on(SetRepositoryPolicyCommand).callsFake(() => {
      expect(told).toEqual(["demo/app"]);
      return {};
    });
    ecr.on(PutLifecyclePolicyCommand).resolves({});
    expect(await Repository.create(mocked(), spec, making(told))).toEqual({ id: "demo/app", attrs });
    expect(sent()).toEqual([
      [
        "CreateRepositoryCommand",
        { ...named, imageTagMutability: "IMMUTABLE", imageScanningConfiguration: { scanOnPush: true }, tags: OWNED },
      ],
      ["SetRepositoryPolicyCommand", { ...named, policyText: JSON.stringify(policy) }],
      ["PutLifecyclePolicyCommand", { ...named, lifecyclePolicyText: JSON.stringify(lifecycle) }],
    ]);
  });

  it("creates a repository without documents in one call", async () => {
    ecr.on(CreateRepositoryCommand).resolves({ repository: described });
    const plain = { ...spec, mutableTags: true, scanOnPush: false, policy: undefined, lifecycle: undefined };
    await Repository.create(mocked(), plain, making());
    expect(sent()).toEqual([
      [
        "CreateRepositoryCommand",
        { ...named, imageTagMutability: "MUTABLE", imageScanningConfiguration: { scanOnPush: false }, tags: OWNED },
      ],
    ]);
  });

  it("never repeats a create whose response was lost, and reports no id for it", async () => {
    ecr.on(CreateRepositoryCommand).rejects(awsError("ServerException", "injected", 500));
    const told: string[] = [];
    await expect(Repository.create(mocked(), spec, making(told))).rejects.toBeInstanceOf(UncertainAnswer);
    expect(ecr.commandCalls(CreateRepositoryCommand)).toHaveLength(1);
    expect(told).toEqual([]);
  });

  it("puts the policy again until ECR knows the role that it names, and throws any other refusal", async () => {
    ecr.on(CreateRepositoryCommand).resolves({ repository: described });
    const refusal = (why: string) =>
      awsError("InvalidParameterException", `Invalid parameter at 'PolicyText': '${why}'`);
    ecr
      .on(SetRepositoryPolicyCommand)
      .rejectsOnce(refusal("Invalid repository policy provided"))
      .rejects(refusal("failed to satisfy constraint"));
    const told: string[] = [];
    await expect(Repository.create(mocked(), spec, making(told))).rejects.toThrow("failed to satisfy constraint");
    expect(ecr.commandCalls(SetRepositoryPolicyCommand)).toHaveLength(2);
    expect(told).toEqual(["demo/app"]);
  });

  it("observes by known id before the declared name, with its documents in the desired spelling", async () => {
    ecr.on(DescribeRepositoriesCommand).resolves({ repositories: [described] });
    const spelt = { ...policy.Statement[0], Principal: { AWS: [ROLE] }, Action: ["ecr:BatchGetImage"] };
    ecr
      .on(GetRepositoryPolicyCommand)
      .resolves({ policyText: JSON.stringify({ Version: "2012-10-17", Statement: [spelt] }, undefined, 2) });
    ecr.on(GetLifecyclePolicyCommand).resolves({ lifecyclePolicyText: JSON.stringify(lifecycle) });
    ecr.on(ListTagsForResourceCommand).resolves({ tags: OWNED });
    expect(await Repository.observe(mocked(), lookFor({ ...spec, name: "renamed" }, "demo/app"))).toEqual(observed);
    expect(sent()).toEqual([
      ["DescribeRepositoriesCommand", { repositoryNames: ["demo/app"] }],
      ["GetRepositoryPolicyCommand", named],
      ["GetLifecyclePolicyCommand", named],
      ["ListTagsForResourceCommand", { resourceArn: ARN }],
    ]);
  });

  it("asks for all recorded repositories in one call, and for each alone where one is gone", async () => {
    const look = (name: string, snapshot: Snapshot) => ({ ...lookFor({ ...spec, name }, name), snapshot });
    const both = (snapshot = new Snapshot()) =>
      Promise.all(["demo/gone", "demo/app"].map((name) => Repository.observe(mocked(), look(name, snapshot))));
    const asked = () => ecr.commandCalls(DescribeRepositoriesCommand).map(({ args }) => args[0].input.repositoryNames);
    ecr.on(GetRepositoryPolicyCommand).rejects(noPolicy);
    ecr.on(GetLifecyclePolicyCommand).rejects(noLifecycle);
    ecr.on(ListTagsForResourceCommand).resolves({ tags: OWNED });
    const other = { ...described, repositoryName: "demo/gone", repositoryArn: `${ARN}-gone` };
    ecr.on(DescribeRepositoriesCommand).resolves({ repositories: [other, described] });
    expect((await both()).map((seen) => seen?.attrs.arn)).toEqual([`${ARN}-gone`, ARN]);
    expect(asked()).toEqual([["demo/app", "demo/gone"]]);
    ecr.reset();
    ecr.on(GetRepositoryPolicyCommand).rejects(noPolicy);
    ecr.on(GetLifecyclePolicyCommand).rejects(noLifecycle);
    ecr.on(ListTagsForResourceCommand).resolves({ tags: OWNED });
    ecr.on(DescribeRepositoriesCommand).rejects(absentRepository);
    ecr.on(DescribeRepositoriesCommand, { repositoryNames: ["demo/app"] }).resolves({ repositories: [described] });
    expect((await both()).map((seen) => seen?.id)).toEqual([undefined, "demo/app"]);
    expect(asked()).toEqual([["demo/app", "demo/gone"], ["demo/app"], ["demo/gone"]]);
  });

  it("observes a repository without documents as one", async () => {
    const bare = {
      repositoryName: spec.name,
      repositoryArn: ARN,
      repositoryUri: URI,
      imageTagMutability: "MUTABLE" as const,
    };
    ecr.on(DescribeRepositoriesCommand).resolves({ repositories: [bare] });
    ecr.on(GetRepositoryPolicyCommand).rejects(noPolicy);
    ecr.on(GetLifecyclePolicyCommand).rejects(noLifecycle);
    ecr.on(ListTagsForResourceCommand).resolves({ tags: [] });
    const seen = await Repository.observe(mocked(), lookFor(spec));
    expect(seen).toMatchObject({ id: "demo/app", owner: undefined, ready: true });
    expect(seen?.spec).toEqual({
      name: "demo/app",
      mutableTags: true,
      scanOnPush: false,
      policy: undefined,
      lifecycle: undefined,
      tags: {},
    });
  });

  it("is absent by exception, by an empty list, and where it went between the calls", async () => {
    ecr
      .on(DescribeRepositoriesCommand)
      .rejectsOnce(absentRepository)
      .resolvesOnce({ repositories: [] })
      .resolvesOnce({ repositories: [described] });
    ecr.on(GetRepositoryPolicyCommand).rejects(absentRepository);
    ecr.on(GetLifecyclePolicyCommand).rejects(absentRepository);
    ecr.on(ListTagsForResourceCommand).rejects(absentRepository);
    expect(await Repository.observe(mocked(), lookFor(spec, "demo/app"))).toBeUndefined();
    expect(await Repository.observe(mocked(), lookFor(spec))).toBeUndefined();
    expect(ecr.commandCalls(ListTagsForResourceCommand)).toHaveLength(0);
    expect(await Repository.observe(mocked(), lookFor(spec))).toBeUndefined();
    expect(ecr.commandCalls(ListTagsForResourceCommand)).toHaveLength(1);
  });

  it("updates field by field, each in a separate call", async () => {
    ecr.onAnyCommand().resolves({});
    const wanted = {
      ...spec,
      mutableTags: true,
      scanOnPush: false,
      policy: { ...policy, Statement: [] },
      lifecycle: { rules: [] },
    };
    const changed = async (...fields: (keyof RepositorySpec)[]) => {
      ecr.resetHistory();
      await Repository.update(mocked(), observed, wanted, new Set(fields));
      return sent();
    };
    expect(await changed("mutableTags")).toEqual([
      ["PutImageTagMutabilityCommand", { ...named, imageTagMutability: "MUTABLE" }],
    ]);
    expect(await changed("scanOnPush")).toEqual([
      ["PutImageScanningConfigurationCommand", { ...named, imageScanningConfiguration: { scanOnPush: false } }],
    ]);
    expect(await changed("policy")).toEqual([
      ["SetRepositoryPolicyCommand", { ...named, policyText: '{"Version":"2012-10-17","Statement":[]}' }],
    ]);
    expect(await changed("lifecycle")).toEqual([
      ["PutLifecyclePolicyCommand", { ...named, lifecyclePolicyText: '{"rules":[]}' }],
    ]);
    expect(await changed()).toEqual([]);
  });

  it("deletes the documents that are no longer wanted, also where they are gone already", async () => {
    ecr.on(DeleteRepositoryPolicyCommand).rejects(noPolicy);
    ecr.on(DeleteLifecyclePolicyCommand).rejects(noLifecycle);
    const wanted = { ...spec, policy: undefined, lifecycle: undefined };
    await Repository.update(mocked(), observed, wanted, new Set(["policy", "lifecycle"]));
    expect(sent()).toEqual([
      ["DeleteRepositoryPolicyCommand", named],
      ["DeleteLifecyclePolicyCommand", named],
    ]);
  });

  it("updates tags by ARN", async () => {
    ecr.on(TagResourceCommand).resolves({});
    ecr.on(UntagResourceCommand).resolves({});
    const bearing = { ...observed, spec: { ...spec, tags: { ...tags, old: "1" } } };
    await Repository.update(mocked(), bearing, { ...spec, tags: { ...tags, team: "b" } }, new Set(["tags"]));
    expect(sent()).toEqual([
      ["TagResourceCommand", { resourceArn: ARN, tags: [{ Key: "team", Value: "b" }] }],
      ["UntagResourceCommand", { resourceArn: ARN, tagKeys: ["old"] }],
    ]);
  });

  it("deletes with all images; a repository that is gone already is deleted", async () => {
    ecr
      .on(DeleteRepositoryCommand)
      .resolvesOnce({})
      .rejectsOnce(absentRepository)
      .rejectsOnce(awsError("AccessDeniedException", "not authorized"));
    await expect(Repository.delete(mocked(), observed)).resolves.toBeUndefined();
    await expect(Repository.delete(mocked(), observed)).resolves.toBeUndefined();
    await expect(Repository.delete(mocked(), observed)).rejects.toThrow("not authorized");
    expect(sent()[0]).toEqual(["DeleteRepositoryCommand", { ...named, force: true }]);
  });

  it("lists what the stack owns: every page, by tags, what went meanwhile left out", async () => {
    const arn = (name: string) => ARN.replace("demo/app", name);
    const page = (...names: string[]) =>
      names.map((repositoryName) => ({ repositoryName, repositoryArn: arn(repositoryName) }));
    ecr
      .on(DescribeRepositoriesCommand)
      .resolvesOnce({ repositories: page("demo", "demo-test", "demo-test-2"), nextToken: "more" })
      .resolvesOnce({ repositories: page("demo-test-old", "demo-test-gone", "demo-test-plain", "demo-testing") });
    const owned = { tags: OWNED };
    ecr.on(ListTagsForResourceCommand, { resourceArn: arn("demo-test") }).resolves(owned);
    ecr.on(ListTagsForResourceCommand, { resourceArn: arn("demo-test-2") }).resolves({ tags: OTHERS });
    ecr.on(ListTagsForResourceCommand, { resourceArn: arn("demo-test-old") }).resolves(owned);
    ecr.on(ListTagsForResourceCommand, { resourceArn: arn("demo-test-gone") }).rejects(absentRepository);
    ecr.on(ListTagsForResourceCommand, { resourceArn: arn("demo-test-plain") }).resolves({ tags: [] });
    expect(await Repository.list?.(mocked(), ["demo-test-plain"])).toEqual([
      { id: "demo-test", owner: "demo/test/ap-northeast-1:network/it" },
      { id: "demo-test-old", owner: "demo/test/ap-northeast-1:network/it" },
    ]);
    expect(sent().slice(0, 2)).toEqual([
      ["DescribeRepositoriesCommand", { nextToken: undefined }],
      ["DescribeRepositoriesCommand", { nextToken: "more" }],
    ]);
    // Neither `demo` nor `demo-testing` can be one of ours.
    expect(ecr.commandCalls(ListTagsForResourceCommand)).toHaveLength(5);
  });
});
