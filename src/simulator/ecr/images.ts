import type {
  BatchGetImageCommandInput,
  BatchGetImageCommandOutput,
  BatchDeleteImageCommandInput,
  BatchDeleteImageCommandOutput,
  DescribeImagesCommandInput,
  DescribeImagesCommandOutput,
  ImageFailure,
  ImageIdentifier,
  ListImagesCommandInput,
  ListImagesCommandOutput,
  PutImageCommandInput,
} from "@aws-sdk/client-ecr";
import { createHash } from "node:crypto";
import { refuse } from "../errors.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { reviewImages } from "./lifecycle.ts";
import { imageKey, imageOf, images, isMeant, push, repositoryOf } from "./records.ts";

const imagesIn = (sim: Sim, repository: string) =>
  Object.values(images(sim)).filter((image) => image.repository === repository);

export const imageOperations = {
  DescribeImages(input: DescribeImagesCommandInput, sim): Answer<DescribeImagesCommandOutput> {
    const repository = repositoryOf(sim, input.repositoryName);
    const all = imagesIn(sim, repository.name);
    const found = input.imageIds ? input.imageIds.map((id) => imageOf(sim, repository.name, id)) : all;
    return {
      imageDetails: found.map((image) => ({
        registryId: sim.account,
        repositoryName: image.repository,
        imageDigest: image.digest,
        imageSizeInBytes: image.size,
        imagePushedAt: new Date(image.pushedAt),
        ...(image.tags.length > 0 ? { imageTags: image.tags } : {}),
      })),
    };
  },

  ListImages(input: ListImagesCommandInput, sim): Answer<ListImagesCommandOutput> {
    const repository = repositoryOf(sim, input.repositoryName);
    return {
      imageIds: imagesIn(sim, repository.name).flatMap(({ digest, tags }) =>
        tags.length > 0 ? tags.map((imageTag) => ({ imageDigest: digest, imageTag })) : [{ imageDigest: digest }],
      ),
    };
  },

  BatchGetImage(input: BatchGetImageCommandInput, sim): Answer<BatchGetImageCommandOutput> {
    const repository = repositoryOf(sim, input.repositoryName);
    const all = imagesIn(sim, repository.name);
    const asked = (input.imageIds ?? []).map((id) => ({ id, found: all.find((image) => isMeant(image, id)) }));
    return {
      images: asked.flatMap(({ found }) =>
        found
          ? [
              {
                registryId: sim.account,
                repositoryName: repository.name,
                imageId: {
                  imageDigest: found.digest,
                  ...(found.tags[0] === undefined ? {} : { imageTag: found.tags[0] }),
                },
                imageManifest: found.digest,
                imageManifestMediaType: "application/vnd.docker.distribution.manifest.v2+json",
              },
            ]
          : [],
      ),
      failures: asked
        .filter(({ found }) => !found)
        .map(({ id }) => ({
          imageId: id,
          failureCode: "ImageNotFound" as const,
          failureReason: "Requested image not found",
        })),
    };
  },

  PutImage(input: PutImageCommandInput, sim) {
    const repository = repositoryOf(sim, input.repositoryName);
    const manifest = input.imageManifest ?? "";
    const digest = input.imageDigest ?? `sha256:${createHash("sha256").update(manifest).digest("hex")}`;
    const tags = input.imageTag === undefined ? [] : [input.imageTag];
    const same = images(sim)[imageKey(repository.name, digest)];
    // "The specified image has already been pushed, and there were no changes to the manifest or image tag after the last push."
    if (same && tags.every((tag) => same.tags.includes(tag)))
      refuse(
        "ImageAlreadyExistsException",
        `Image with digest '${digest}' and tag '${input.imageTag}' already exists in the repository with name '${repository.name}' in registry with id '${sim.account}'`,
      );
    push(sim, { repository: repository.name, digest, tags, pushedAt: sim.now, size: manifest.length });
    reviewImages(sim, repository.name);
    return { image: { repositoryName: repository.name, imageId: { imageDigest: digest, imageTag: input.imageTag } } };
  },

  /**
   * By digest an image is deleted with all its tags; by tag it only loses that tag, and is deleted with its last one (ECR API Reference,
   * BatchDeleteImage: "If you remove the last tag from an image, the image is deleted from your repository").
   */
  BatchDeleteImage(input: BatchDeleteImageCommandInput, sim): Answer<BatchDeleteImageCommandOutput> {
    const repository = repositoryOf(sim, input.repositoryName);
    const deleted: ImageIdentifier[] = [];
    const failures: ImageFailure[] = [];
    for (const imageId of input.imageIds ?? []) {
      const image = imagesIn(sim, repository.name).find((candidate) => isMeant(candidate, imageId));
      if (!image) {
        failures.push({ imageId, failureCode: "ImageNotFound", failureReason: "Requested image not found" });
        continue;
      }
      const gone = imageId.imageTag === undefined ? image.tags : [imageId.imageTag];
      const tags = image.tags.filter((tag) => !gone.includes(tag));
      deleted.push(
        ...(gone.length > 0 ? gone : [undefined]).map((imageTag) => ({ imageDigest: image.digest, imageTag })),
      );
      const key = imageKey(image.repository, image.digest);
      if (tags.length === 0) delete images(sim)[key];
      else images(sim)[key] = { ...image, tags };
    }
    return { imageIds: deleted, failures };
  },
} satisfies Operations;
