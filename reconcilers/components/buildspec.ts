import { fingerprint } from "../../src/config/fingerprint.ts";

/** An image built by the pipeline. */
export interface ImageBuild {
  /** The service that it is named after. */
  readonly name: string;
  /** The name of the ECR repository that it is pushed to. */
  readonly repository: string;
  /** Directory in the source, and the Dockerfile in that directory. */
  readonly context: string;
  readonly dockerfile: string;
  /** Its architecture; omit for x86_64. */
  readonly architecture?: "x86_64" | "arm64";
  /** The Dockerfile's stage; omit for the last one. */
  readonly target?: string | undefined;
  readonly args: Readonly<Record<string, string>>;
  /** What is deployed with it: the container whose image ECS replaces, and the file that its deploy action reads. */
  readonly deployed: readonly { readonly container: string; readonly imageDefinitions: string }[];
}

/**
 * The buildspec of a stack with several services: it builds each image that the source changed, once, and passes its digest to each deploy
 * action, so that exactly what was approved is deployed. An image whose directory, stage and arguments match one in its repository is not
 * built again: they determine its tag, `content-...`. Commands of all phases share one shell; a phase stops at its first failed command
 * (CodeBuild user guide, "Build specification reference for CodeBuild").
 */
export function buildspecOf(images: readonly ImageBuild[]): string {
  const parts = images.map(commandsOf);
  const files = images.flatMap(({ deployed }) => deployed.map(({ imageDefinitions }) => imageDefinitions));
  const lines = [
    "version: 0.2",
    "env:",
    "  shell: bash",
    "phases:",
    ...phase("pre_build", [
      `REGISTRY="$AWS_ACCOUNT_ID.dkr.ecr.$AWS_DEFAULT_REGION.amazonaws.com"`,
      `set -o pipefail && aws ecr get-login-password --region "$AWS_DEFAULT_REGION" | docker login --username AWS --password-stdin "$REGISTRY"`,
      ...parts.flatMap(({ find }) => find),
    ]),
    ...phase(
      "build",
      parts.flatMap(({ build }) => build),
    ),
    ...phase("post_build", [
      // CodeBuild runs this phase even if the build failed.
      `if [ "$CODEBUILD_BUILD_SUCCEEDING" != "1" ]; then echo "The build failed, so nothing is pushed."; exit 1; fi`,
      ...parts.flatMap(({ push }) => push),
      // The images are also written to the log, for approvers and the list of releases.
      `cat ${files.map(word).join(" ")}`,
    ]),
    "artifacts:",
    "  files:",
    ...files.map((file) => `    - ${quoted(file)}`),
  ];
  return `${lines.join("\n")}\n`;
}

/** A phase of a buildspec, line by line. */
const phase = (name: string, commands: readonly string[]): string[] => [
  `  ${name}:`,
  "    commands:",
  ...commands.map((command) => `      - ${quoted(command)}`),
];

/** The buildspec of an action that only runs commands, in one shell, and stops at the first that fails. */
export const commandsSpec = (commands: readonly string[]): string =>
  `${["version: 0.2", "env:", "  shell: bash", "phases:", ...phase("build", commands)].join("\n")}\n`;

/** Any text as a YAML string. */
const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** Any text as a word of a shell command. */
const word = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

function commandsOf(image: ImageBuild) {
  const { name, repository, context, dockerfile, architecture, target, args, deployed } = image;
  const own = name.toUpperCase().replaceAll("-", "_");
  const [tag, digest] = [`$TAG_${own}`, `$DIGEST_${own}`];
  const sorted = Object.entries(args).toSorted(([one], [other]) => (one < other ? -1 : 1));
  const recipe = fingerprint(
    JSON.stringify([dockerfile, target ?? "", sorted, ...(architecture === "arm64" ? [architecture] : [])]),
    8,
  );
  const options = [
    `--build-arg "APP_VERSION=${tag}"`,
    ...Object.entries(args).map(([key, value]) => `--build-arg ${word(`${key}=${value}`)}`),
    `--file ${word(`${context}/${dockerfile}`)}`,
    ...(target === undefined ? [] : [`--target ${word(target)}`]),
  ];
  const place = `"$REGISTRY/${repository}:${tag}"`;
  return {
    find: [
      `TAG_${own}="content-${recipe}-$(find ${word(context)} -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-32)"`,
      // Prints nothing if there is no such image.
      `DIGEST_${own}="$(aws ecr describe-images --region "$AWS_DEFAULT_REGION" --repository-name ${word(repository)} --image-ids "imageTag=${tag}" --query 'imageDetails[0].imageDigest' --output text 2>/dev/null || true)"`,
    ],
    build: [
      `if [ -n "${digest}" ]; then echo "${name}: unchanged since ${digest}, skipping the build."; else echo "${name}: building ${tag}."; fi`,
      `if [ -z "${digest}" ]; then docker build ${options.join(" ")} --tag ${place} ${word(context)}; fi`,
    ],
    push: [
      `if [ -z "${digest}" ]; then docker push ${place}; fi`,
      `if [ -n "${digest}" ]; then IMAGE_${own}="$REGISTRY/${repository}@${digest}"; else IMAGE_${own}="$(docker inspect --format '{{index .RepoDigests 0}}' ${place})"; fi`,
      `if [ -z "$IMAGE_${own}" ]; then echo "Docker returned no digest for the image of ${name}."; exit 1; fi`,
      ...deployed.map(
        ({ container, imageDefinitions }) =>
          `printf '[{"name":"%s","imageUri":"%s"}]\\n' ${word(container)} "$IMAGE_${own}" > ${word(imageDefinitions)}`,
      ),
    ],
  };
}
