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
import { linger, lingering, type Lingering } from "../lingering.ts";
import { pageOf } from "../pages.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { tagsOfInput, withoutTags, withTags } from "../tagging.ts";
import { TIMING } from "../timing.ts";
import { reviewImages } from "./lifecycle.ts";
import { imageKey, images, repositories, repositoryOf, type SimRepository } from "./records.ts";

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

const byArn = (sim: Sim, arn: string | undefined) =>
  Object.values(repositories(sim)).find((repository) => repository.arn === arn) ??
  refuse("RepositoryNotFoundException", "The repository does not exist");

/**
 * Repositories that were deleted and are still described (terraform-provider-aws, internal/service/ecr/repository.go,
 * resourceRepositoryDelete: polls for up to 20 minutes until DescribeRepositories does not find it).
 */
const former = (sim: Sim) => sim.table<Lingering<SimRepository>>("~ecr.repositories");

const PAGES = { usual: 100, most: 1_000, code: "InvalidParameterException" };

interface Named {
  readonly repositoryName: string | undefined;
}

export const repositoryOperations = {
  CreateRepository(input: CreateRepositoryCommandInput, sim): Answer<CreateRepositoryCommandOutput> {
    const name = input.repositoryName ?? "";
    if (!/^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/.test(name) || name.length < 2)
      refuse("InvalidParameterException", `Invalid parameter at 'repositoryName' failed to satisfy constraint`);
    if (name in repositories(sim))
      refuse(
        "RepositoryAlreadyExistsException",
        `The repository with name '${name}' already exists in the registry with id '${sim.account}'`,
      );
    const repository: SimRepository = {
      name,
      arn: sim.arn("ecr", `repository/${name}`),
      uri: `${sim.account}.dkr.ecr.${sim.region}.amazonaws.com/${name}`,
      mutableTags: input.imageTagMutability !== "IMMUTABLE",
      scanOnPush: input.imageScanningConfiguration?.scanOnPush ?? false,
      createdAt: sim.now,
      tags: tagsOfInput(input.tags, "InvalidTagParameterException"),
    };
    repositories(sim)[name] = repository;
    return { repository: answerOf(sim, repository) };
  },

  DescribeRepositories(input: DescribeRepositoriesCommandInput, sim): Answer<DescribeRepositoriesCommandOutput> {
    onlyKnown("DescribeRepositories", input, "repositoryNames", "maxResults", "nextToken");
    const { repositoryNames: names, nextToken: token, maxResults: size } = input;
    if (names && (token !== undefined || size !== undefined))
      refuse("InvalidParameterException", "Repository names and the paging of a list cannot be given together");
    const all = { ...lingering(sim, former(sim)), ...repositories(sim) };
    const found = names?.map((name) => all[name] ?? repositoryOf(sim, name)) ?? Object.values(all);
    const { page, next } = pageOf(found, { token, size }, PAGES);
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
    tags: Object.entries(byArn(sim, input.resourceArn).tags).map(([Key, Value]) => ({ Key, Value })),
  }),

  TagResource(input: TagResourceCommandInput, sim) {
    const repository = byArn(sim, input.resourceArn);
    repository.tags = withTags(repository.tags, tagsOfInput(input.tags, "InvalidTagParameterException"));
    return {};
  },

  UntagResource(input: UntagResourceCommandInput, sim) {
    const repository = byArn(sim, input.resourceArn);
    repository.tags = withoutTags(repository.tags, input.tagKeys);
    return {};
  },

  DeleteRepository(input: DeleteRepositoryCommandInput, sim) {
    const repository = repositoryOf(sim, input.repositoryName);
    const own = Object.values(images(sim)).filter((image) => image.repository === repository.name);
    if (own.length > 0 && !input.force)
      refuse(
        "RepositoryNotEmptyException",
        `The repository with name '${repository.name}' in registry with id '${sim.account}' cannot be deleted because it still contains images`,
      );
    for (const image of own) delete images(sim)[imageKey(image.repository, image.digest)];
    linger(sim, former(sim), repository.name, repository, TIMING.release);
    delete repositories(sim)[repository.name];
    return { repository: answerOf(sim, repository) };
  },
} satisfies Operations;
