// The permissions and the lifecycle rules of a repository are separate documents, each with its own calls, and the
// permissions are rejected until IAM has propagated a role that they name to ECR. Encryption with AES256 is the default
// and cannot be changed.
import {
  CreateRepositoryCommand,
  DeleteLifecyclePolicyCommand,
  DeleteRepositoryCommand,
  DeleteRepositoryPolicyCommand,
  DescribeRepositoriesCommand,
  GetLifecyclePolicyCommand,
  GetRepositoryPolicyCommand,
  ListTagsForResourceCommand,
  PutImageScanningConfigurationCommand,
  PutImageTagMutabilityCommand,
  PutLifecyclePolicyCommand,
  SetRepositoryPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
  type Repository as AwsRepository,
} from "@aws-sdk/client-ecr";
import type { Look } from "../../engine/resource-kind.ts";
import { readJson } from "../answer.ts";
import { ahead, recordedArn } from "../ahead.ts";
import type { Aws } from "../aws.ts";
import { driftedIn, SET, some, unmanagedIn, type Usual } from "../beyond.ts";
import type { NotYet } from "../call.ts";
import { absent } from "../errors.ts";
import { namedAfter, ownedAmong } from "../owned.ts";
import { everyPage } from "../pages.ts";
import { canonicalPolicy, parsePolicy, policyText, type PolicyDocument } from "../policy.ts";
import { afterSlash, defineKind } from "../define-kind.ts";
import { tagChanges, tagList, tagsFrom, type Tags } from "../tags.ts";
import { readTogether } from "../together.ts";
import { asRecorded } from "../to-delete.ts";

/** A lifecycle policy in ECR's own JSON. */
export type LifecycleDocument = Readonly<Record<string, unknown>>;

export interface RepositorySpec {
  name: string;
  mutableTags: boolean;
  scanOnPush: boolean;
  policy: PolicyDocument | undefined;
  lifecycle: LifecycleDocument | undefined;
  tags: Tags;
}

export interface RepositoryAttrs {
  name: string;
  /** The image URI without a tag: `<account>.dkr.ecr.<region>.amazonaws.com/<name>`. */
  uri: string;
  arn: string;
}

const NOT_FOUND = "RepositoryNotFoundException";
const NO_POLICY = "RepositoryPolicyNotFoundException";
const NO_LIFECYCLE = "LifecyclePolicyNotFoundException";
const PRINCIPAL_NOT_SEEN: readonly NotYet[] = [
  { code: "InvalidParameterException", says: "Invalid repository policy provided" },
];

export const Repository = defineKind<RepositorySpec, RepositoryAttrs>({
  type: "ecr/repository",
  fields: {
    name: { immutable: true, unique: true },
    mutableTags: {},
    scanOnPush: {},
    policy: {},
    lifecycle: {},
    tags: {},
  },
  traits: { markedAtOnce: true, holdsData: true },
  // A deleted repository is described for a while (terraform-provider-aws, internal/service/ecr/repository.go, resourceRepositoryDelete).
  timing: { listed: 5 },
  inventory: { idIn: afterSlash("ecr", "repository") },

  canonical: (spec) => (spec.policy ? { ...spec, policy: canonicalPolicy(spec.policy) } : spec),

  async observe(aws, look) {
    const name = look.knownId ?? look.spec.name;
    if (name === undefined) return undefined;
    const recorded = recordedArn(look);
    if (look.toDelete && recorded !== undefined) return asRecorded(look, await tagsOf(aws, recorded));
    const policiesIn = ahead(look, look.knownId, (known) => policiesOf(aws, known));
    const tagsIn = ahead(look, recorded, (known) => tagsOf(aws, known));
    const repository = await described(aws, look, name);
    const arn = repository?.repositoryArn;
    if (!repository || arn === undefined) return undefined;
    const [policies, tags] = await Promise.all([policiesIn(name), tagsIn(arn)]);
    // It was deleted between the calls.
    if (!policies || !tags) return undefined;
    const { policy, lifecycle } = policies;
    return {
      id: name,
      attrs: { name, uri: repository.repositoryUri ?? "", arn },
      spec: {
        name,
        mutableTags: !repository.imageTagMutability?.startsWith("IMMUTABLE"),
        scanOnPush: repository.imageScanningConfiguration?.scanOnPush ?? false,
        policy: policy?.policyText === undefined ? undefined : parsePolicy(policy.policyText),
        lifecycle: lifecycleOf(name, lifecycle?.lifecyclePolicyText),
        tags,
      },
      unmanaged: some(unmanagedIn(repository, USUAL)),
      drifted: some(driftedIn("mutableTags", { imageTagMutability: exclusion(repository) }, {})),
      ready: true,
    };
  },

  async list(aws) {
    const all = await everyPage(async (nextToken) => {
      const page = await aws.ecr(new DescribeRepositoriesCommand({ nextToken }));
      return { items: page.repositories, next: page.nextToken };
    });
    const candidates = all.filter(({ repositoryName }) => namedAfter(aws.stack, repositoryName));
    return ownedAmong(
      aws,
      candidates.map(({ repositoryName: id = "", repositoryArn }) => ({ id, tags: () => tagsOf(aws, repositoryArn) })),
    );
  },

  async create(aws, spec, making) {
    const { repository } = await aws.ecr(
      new CreateRepositoryCommand({
        repositoryName: spec.name,
        imageTagMutability: mutability(spec),
        imageScanningConfiguration: { scanOnPush: spec.scanOnPush },
        tags: tagList(spec.tags),
      }),
      { once: true },
    );
    await making.created(spec.name);
    if (spec.policy) await setPolicy(aws, spec);
    if (spec.lifecycle) await setLifecycle(aws, spec);
    return {
      id: spec.name,
      attrs: { name: spec.name, uri: repository?.repositoryUri ?? "", arn: repository?.repositoryArn ?? "" },
    };
  },

  async update(aws, observed, spec, changed) {
    const it = { repositoryName: observed.id };
    if (changed.has("mutableTags"))
      await aws.ecr(new PutImageTagMutabilityCommand({ ...it, imageTagMutability: mutability(spec) }));
    if (changed.has("scanOnPush")) {
      const imageScanningConfiguration = { scanOnPush: spec.scanOnPush };
      await aws.ecr(new PutImageScanningConfigurationCommand({ ...it, imageScanningConfiguration }));
    }
    if (changed.has("policy")) await setPolicy(aws, spec);
    if (changed.has("lifecycle")) await setLifecycle(aws, spec);
    const { write, remove } = tagChanges(spec.tags, observed.spec.tags ?? {});
    const resourceArn = observed.attrs.arn;
    if (Object.keys(write).length > 0) await aws.ecr(new TagResourceCommand({ resourceArn, tags: tagList(write) }));
    if (remove.length > 0) await aws.ecr(new UntagResourceCommand({ resourceArn, tagKeys: remove }));
  },

  async delete(aws, observed) {
    // Forced: with its images.
    await absent(aws.ecr(new DeleteRepositoryCommand({ repositoryName: observed.id, force: true })), NOT_FOUND);
  },
});

/** DescribeRepositories accepts this many names (botocore ecr, RepositoryNameList). */
const AT_ONCE = 100;

/** A repository; concurrent callers for recorded ones share a call, since one that does not exist would fail it. */
function described(aws: Aws, { knownId, snapshot }: Look<object>, name: string): Promise<AwsRepository | undefined> {
  const read = async (repositoryNames: string[]) => {
    const { repositories = [] } = await aws.ecr(new DescribeRepositoriesCommand({ repositoryNames }));
    return new Map(repositories.map((repository) => [repository.repositoryName ?? "", repository]));
  };
  const [key, size] = knownId === undefined ? ["ecr/repository alone", 1] : ["ecr/repository", AT_ONCE];
  return snapshot.batch(key, name, size, (names) => readTogether(names, read, NOT_FOUND));
}

/** The policies of a repository; `undefined` if it does not exist. */
async function policiesOf(aws: Aws, repositoryName: string) {
  const asked = [
    absent(aws.ecr(new GetRepositoryPolicyCommand({ repositoryName })), NO_POLICY),
    absent(aws.ecr(new GetLifecyclePolicyCommand({ repositoryName })), NO_LIFECYCLE),
  ] as const;
  const found = await absent(Promise.all(asked), NOT_FOUND);
  return found && { policy: found[0], lifecycle: found[1] };
}

async function tagsOf(aws: Aws, resourceArn: string | undefined): Promise<Tags | undefined> {
  const found = await absent(aws.ecr(new ListTagsForResourceCommand({ resourceArn })), NOT_FOUND);
  return found && tagsFrom(found.tags);
}

/** What an update sets, or AWS alone. */
const USUAL: Usual = {
  repositoryArn: SET,
  registryId: SET,
  repositoryName: SET,
  repositoryUri: SET,
  createdAt: SET,
  imageTagMutability: SET,
  imageTagMutabilityExclusionFilters: SET,
  imageScanningConfiguration: { scanOnPush: SET },
  encryptionConfiguration: { encryptionType: "AES256" },
};

/** `IMMUTABLE_WITH_EXCLUSION` and similar modes exempt some tags: Fairlead does not set them. */
const exclusion = ({ imageTagMutability: set }: AwsRepository) => (set?.endsWith("_WITH_EXCLUSION") ? set : undefined);

const mutability = ({ mutableTags }: RepositorySpec) => (mutableTags ? "MUTABLE" : "IMMUTABLE");

function lifecycleOf(name: string, text: string | undefined): LifecycleDocument | undefined {
  return text === undefined
    ? undefined
    : (readJson(`a lifecycle policy of the repository ${name}`, text) as LifecycleDocument);
}

async function setPolicy(aws: Aws, { name: repositoryName, policy }: RepositorySpec) {
  if (policy)
    await aws.ecr(new SetRepositoryPolicyCommand({ repositoryName, policyText: policyText(policy) }), {
      notYet: PRINCIPAL_NOT_SEEN,
    });
  else await absent(aws.ecr(new DeleteRepositoryPolicyCommand({ repositoryName })), NO_POLICY);
}

async function setLifecycle(aws: Aws, { name: repositoryName, lifecycle }: RepositorySpec) {
  if (lifecycle)
    await aws.ecr(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText: JSON.stringify(lifecycle) }));
  else await absent(aws.ecr(new DeleteLifecyclePolicyCommand({ repositoryName })), NO_LIFECYCLE);
}
