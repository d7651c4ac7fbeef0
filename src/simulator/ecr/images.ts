import type {
  BatchDeleteImageCommandInput,
  BatchDeleteImageCommandOutput,
  DescribeImagesCommandInput,
  DescribeImagesCommandOutput,
  ListImagesCommandInput,
  ListImagesCommandOutput,
  PutImageCommandInput,
} from "@aws-sdk/client-ecr";
import { createHash } from "node:crypto";
import { refuse } from "../errors.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { imageKey, images, push, repositoryOf, type SimImage } from "./records.ts";

const imagesIn = (sim: Sim, repository: string) =>
  Object.values(images(sim)).filter((image) => image.repository === repository);

const isMeant = (image: SimImage, id: { imageTag?: string | undefined; imageDigest?: string | undefined }) =>
  id.imageDigest === undefined ? image.tags.includes(id.imageTag ?? "") : image.digest === id.imageDigest;

export const imageOperations = {
  DescribeImages(input: DescribeImagesCommandInput, sim): Answer<DescribeImagesCommandOutput> {
    const repository = repositoryOf(sim, input.repositoryName);
    const all = imagesIn(sim, repository.name);
    const found = input.imageIds
      ? input.imageIds.map(
          (id) =>
            all.find((image) => isMeant(image, id)) ??
            refuse(
              "ImageNotFoundException",
              `The image with imageId {imageDigest:'${id.imageDigest ?? "null"}', imageTag:'${id.imageTag ?? "null"}'} does not exist within the repository with name '${repository.name}' in the registry with id '${sim.account}'`,
            ),
        )
      : all;
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

  PutImage(input: PutImageCommandInput, sim) {
    const repository = repositoryOf(sim, input.repositoryName);
    const manifest = input.imageManifest ?? "";
    const digest = input.imageDigest ?? `sha256:${createHash("sha256").update(manifest).digest("hex")}`;
    const tags = input.imageTag === undefined ? [] : [input.imageTag];
    push(sim, { repository: repository.name, digest, tags, pushedAt: sim.now, size: manifest.length });
    return { image: { repositoryName: repository.name, imageId: { imageDigest: digest, imageTag: input.imageTag } } };
  },

  BatchDeleteImage(input: BatchDeleteImageCommandInput, sim): Answer<BatchDeleteImageCommandOutput> {
    const repository = repositoryOf(sim, input.repositoryName);
    for (const id of input.imageIds ?? [])
      for (const image of imagesIn(sim, repository.name))
        if (isMeant(image, id)) delete images(sim)[imageKey(image.repository, image.digest)];
    return { imageIds: input.imageIds ?? [], failures: [] };
  },
} satisfies Operations;
