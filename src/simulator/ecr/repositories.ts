import type {
  CreateRepositoryCommandInput,
  CreateRepositoryCommandOutput,
  DeleteRepositoryCommandInput,
  DescribeRepositoriesCommandInput,
  DescribeRepositoriesCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  PutImageScanningConfigurationCommandInput,
  PutImageTagMutabilityCommandInput,
  PutLifecyclePolicyCommandInput,
  SetRepositoryPolicyCommandInput,
  TagResourceCommandInput,
  UntagResourceCommandInput,
} from "@aws-sdk/client-ecr";
import { refuse } from "../errors.ts";
import { checkPrincipals, statementsOf } from "../iam/documents.ts";
import { onlyKnown } from "../known.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { tagList } from "../tagging.ts";
import { reviewImages } from "./lifecycle.ts";
import { imageKey, images, repositoryOf, repositoryRows, type SimRepository } from "./records.ts";

const answerOf = (sim: Sim, repository: SimRepository) => ({
  repositoryArn: repository.arn,
  registryId: sim.account,
  repositoryName: repository.name,
  repositoryUri: repository.uri,
  createdAt: new Date(repository.createdAt),
  imageTagMutability: repository.mutableTags ? ("MUTABLE" as const) : ("IMMUTABLE" as const),
  imageScanningConfiguration: { scanOnPush: repository.scanOnPush },
  encryptionConfiguration: { encryptionType: "AES256" as const },
});

interface Named {
  readonly repositoryName: string | undefined;
}

export const repositoryOperations = {
  CreateRepository(input: CreateRepositoryCommandInput, sim): Answer<CreateRepositoryCommandOutput> {
    const repository = repositoryRows.create(
      sim,
      { key: input.repositoryName ?? "", tags: input.tags },
      {
        mutableTags: input.imageTagMutability !== "IMMUTABLE",
        scanOnPush: input.imageScanningConfiguration?.scanOnPush ?? false,
      },
    );
    return { repository: answerOf(sim, repository) };
  },

  DescribeRepositories(input: DescribeRepositoriesCommandInput, sim): Answer<DescribeRepositoriesCommandOutput> {
    onlyKnown("DescribeRepositories", input, "repositoryNames", "maxResults", "nextToken");
    const { repositoryNames: names, nextToken: token, maxResults: size } = input;
    if (names && (token !== undefined || size !== undefined))
      refuse("InvalidParameterException", "Repository names and the paging of a list cannot be given together");
    if (names) return { repositories: names.map((name) => answerOf(sim, repositoryRows.find(sim, name))) };
    const { page, next } = repositoryRows.list(sim, { token, size });
    return { repositories: page.map((repository) => answerOf(sim, repository)), nextToken: next };
  },

  PutImageScanningConfiguration(input: PutImageScanningConfigurationCommandInput, sim) {
    const repository = repositoryOf(sim, input.repositoryName);
    repository.scanOnPush = input.imageScanningConfiguration?.scanOnPush ?? false;
    return {};
  },

  PutImageTagMutability(input: PutImageTagMutabilityCommandInput, sim) {
    repositoryOf(sim, input.repositoryName).mutableTags = input.imageTagMutability !== "IMMUTABLE";
    return {};
  },

  SetRepositoryPolicy(input: SetRepositoryPolicyCommandInput, sim) {
    const repository = repositoryOf(sim, input.repositoryName);
    const refusal = (): never =>
      refuse(
        "InvalidParameterException",
        "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'",
      );
    for (const statement of statementsOf(input.policyText, refusal))
      checkPrincipals(sim, statement["Principal"], refusal);
    repository.policy = input.policyText ?? "";
    return { repositoryName: repository.name, policyText: input.policyText };
  },

  GetRepositoryPolicy(input: Named, sim) {
    const { name, policy } = repositoryOf(sim, input.repositoryName);
    if (policy === undefined)
      refuse(
        "RepositoryPolicyNotFoundException",
        `Repository policy does not exist for the repository with name '${name}'`,
      );
    return { repositoryName: name, policyText: policy };
  },

  DeleteRepositoryPolicy(input: Named, sim) {
    const repository = repositoryOf(sim, input.repositoryName);
    if (repository.policy === undefined)
      refuse("RepositoryPolicyNotFoundException", `Repository policy does not exist for '${repository.name}'`);
    delete repository.policy;
    return {};
  },

  PutLifecyclePolicy(input: PutLifecyclePolicyCommandInput, sim) {
    const repository = repositoryOf(sim, input.repositoryName);
    const policy = JSON.parse(input.lifecyclePolicyText ?? "{}") as { rules?: { rulePriority: number }[] };
    const priorities = (policy.rules ?? []).map(({ rulePriority }) => rulePriority);
    if (priorities.length === 0 || new Set(priorities).size < priorities.length)
      refuse("InvalidParameterException", "Lifecycle policy validation failure: rulePriority must be unique");
    repository.lifecycle = input.lifecyclePolicyText ?? "";
    reviewImages(sim, repository.name);
    return { repositoryName: repository.name };
  },

  GetLifecyclePolicy(input: Named, sim) {
    const { name, lifecycle } = repositoryOf(sim, input.repositoryName);
    if (lifecycle === undefined)
      refuse(
        "LifecyclePolicyNotFoundException",
        `Lifecycle policy does not exist for the repository with name '${name}'`,
      );
    return { repositoryName: name, lifecyclePolicyText: lifecycle };
  },

  DeleteLifecyclePolicy(input: Named, sim) {
    const repository = repositoryOf(sim, input.repositoryName);
    if (repository.lifecycle === undefined)
      refuse("LifecyclePolicyNotFoundException", `Lifecycle policy does not exist for '${repository.name}'`);
    delete repository.lifecycle;
    reviewImages(sim, repository.name);
    return {};
  },

  ListTagsForResource: (input: ListTagsForResourceCommandInput, sim): Answer<ListTagsForResourceCommandOutput> => ({
    tags: tagList(repositoryRows.tagsOf(sim, input.resourceArn)),
  }),
  TagResource: (input: TagResourceCommandInput, sim) => repositoryRows.tag(sim, input.resourceArn, input.tags),
  UntagResource: (input: UntagResourceCommandInput, sim) => repositoryRows.untag(sim, input.resourceArn, input.tagKeys),

  DeleteRepository(input: DeleteRepositoryCommandInput, sim) {
    const { name } = repositoryOf(sim, input.repositoryName);
    if (input.force)
      for (const { repository, digest } of Object.values(images(sim)))
        if (repository === name) delete images(sim)[imageKey(repository, digest)];
    return { repository: answerOf(sim, repositoryRows.delete(sim, name)) };
  },
} satisfies Operations;
