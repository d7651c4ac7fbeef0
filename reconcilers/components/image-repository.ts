import { DEPLOYED } from "../../src/aws/ecr/deployed.ts";
import { Repository } from "../../src/aws/ecr/repository.ts";
import type { RegistrySettings } from "../../src/config/stack.ts";
import { repositoryPolicy } from "../policies/repository.ts";
import type { Scope } from "../scope.ts";

/** The repository of the images of one build. */
export function imageRepository(scope: Scope, { name, settings }: { name: string; settings: RegistrySettings }) {
  const { keepImages, untaggedDays, scanOnPush, mutableTags } = settings;
  const repository = scope.add("registry/repository", Repository, {
    name,
    mutableTags,
    scanOnPush,
    policy: repositoryPolicy(scope),
    lifecycle: {
      rules: [
        {
          rulePriority: 1,
          description: `Expire untagged images after ${untaggedDays} ${untaggedDays === 1 ? "day" : "days"}`,
          selection: {
            tagStatus: "untagged",
            countType: "sinceImagePushed",
            countUnit: "days",
            countNumber: untaggedDays,
          },
          action: { type: "expire" },
        },
        {
          rulePriority: 2,
          description: `Keep the last ${keepImages} images that were deployed`,
          // "An image that matches the tagging requirements of a rule can't be expired by a rule with a lower priority" (Amazon ECR user
          // guide, lifecycle policies): so builds that were never approved do not push out what runs. It is among the last that were deployed.
          selection: {
            tagStatus: "tagged",
            tagPrefixList: [DEPLOYED],
            countType: "imageCountMoreThan",
            countNumber: keepImages,
          },
          action: { type: "expire" },
        },
        {
          rulePriority: 3,
          description: `Keep the last ${keepImages} images`,
          // Any tag: builds are tagged with their source, so a prefix would keep all of them forever.
          selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: keepImages },
          action: { type: "expire" },
        },
      ],
    },
  });
  scope.output("ecr_repository_url", repository.uri);
  return { name, uri: repository.uri };
}

/** The properties of a repository that other components use. */
export type ImageRepository = ReturnType<typeof imageRepository>;
