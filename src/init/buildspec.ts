/**
 * The buildspec of a stack with one service, which the repository keeps and its owner may edit. It is the one of the sample service
 * (`service/buildspec.yml`), which the tests of releases run; a test compares the two.
 */
export const BUILDSPEC = `# CodeBuild runs this on the source of a release, with AWS_DEFAULT_REGION, AWS_ACCOUNT_ID, IMAGE_REPO_NAME and
# CONTAINER_NAME set. A phase stops at its first failed command, and all commands share one shell.
version: 0.2

env:
  shell: bash

phases:
  pre_build:
    commands:
      - if [ -z "\${CONTAINER_NAME:-}" ]; then echo "CONTAINER_NAME is not set, so ECS could not be told what to replace."; exit 1; fi
      - echo "Logging in to the registry."
      - REGISTRY="$AWS_ACCOUNT_ID.dkr.ecr.$AWS_DEFAULT_REGION.amazonaws.com"
      - REPOSITORY="$REGISTRY/$IMAGE_REPO_NAME"
      - set -o pipefail && aws ecr get-login-password --region "$AWS_DEFAULT_REGION" | docker login --username AWS --password-stdin "$REGISTRY"
      # The source version is a commit or, from S3, a version id, which may have characters that are not allowed in a tag.
      - RELEASE_TAG="$(printf '%s' "\${CODEBUILD_RESOLVED_SOURCE_VERSION:-build-$CODEBUILD_BUILD_NUMBER}" | tr -c 'A-Za-z0-9' '_')"
      # Seven characters identify the source, and the build number makes the tag unique, so tags may be immutable.
      - if [ -n "\${CODEBUILD_RESOLVED_SOURCE_VERSION:-}" ]; then RELEASE_TAG="\${RELEASE_TAG:0:7}-$CODEBUILD_BUILD_NUMBER"; fi
  build:
    commands:
      - echo "Building $REPOSITORY:$RELEASE_TAG."
      - docker build --build-arg "APP_VERSION=$RELEASE_TAG" --tag "$REPOSITORY:$RELEASE_TAG" .
  post_build:
    commands:
      # CodeBuild runs this phase even if the build has failed.
      - if [ "$CODEBUILD_BUILD_SUCCEEDING" != "1" ]; then echo "The build failed, so nothing is pushed."; exit 1; fi
      - echo "Pushing $REPOSITORY:$RELEASE_TAG."
      - docker push "$REPOSITORY:$RELEASE_TAG"
      # By digest, so that exactly the approved image is deployed: a tag could be moved in between.
      - RELEASE_IMAGE="$(docker inspect --format '{{index .RepoDigests 0}}' "$REPOSITORY:$RELEASE_TAG")"
      - if [ -z "\${RELEASE_IMAGE:-}" ]; then echo "Docker does not tell the digest of $REPOSITORY:$RELEASE_TAG."; exit 1; fi
      - printf '[{"name":"%s","imageUri":"%s"}]\\n' "$CONTAINER_NAME" "$RELEASE_IMAGE" > imagedefinitions.json
      - cat imagedefinitions.json

artifacts:
  files:
    - imagedefinitions.json
`;
