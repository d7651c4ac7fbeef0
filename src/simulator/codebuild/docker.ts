import { createHash } from "node:crypto";
import { badScript, contentsOf, simulates } from "../ecr/dockerfile.ts";
import { images, repositories } from "../ecr/records.ts";
import type { Sim } from "../sim.ts";
import { optionsOf } from "./options.ts";
import type { BuildRole } from "./permissions.ts";
import { filesIn, folderOf, sha256 } from "./programs.ts";
import type { Push } from "./records.ts";
import type { Ran } from "./machine.ts";
import type { SourceFiles } from "./source-files.ts";

/** What Docker needs to know of the build that it works for. */
export interface DockerHost {
  readonly sim: Sim;
  /** The files of the source, and those that commands wrote. */
  readonly files: SourceFiles;
  /** Names the build: what Docker Hub allows its address depends on who else has it at that time. */
  readonly build: string;
  /** How large the source is. */
  readonly size: number;
  /** Whether the build may talk to the Docker daemon. */
  readonly privileged: boolean;
  /** Of the build machine, and so of what it builds. */
  readonly architecture: "x86_64" | "arm64";
  /** What the build's role allows. */
  readonly role: Pick<BuildRole, "login" | "push">;
  /** Told of each image that is pushed. */
  readonly pushed: (push: Push) => void;
}

const NO_DAEMON = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n";

/** A Docker that builds what a Dockerfile says as far as its lines go, and pushes to the simulated registry. */
export function docker(host: DockerHost): (words: readonly string[]) => Ran {
  /** What was pushed, by image name with its tag: the digest that the registry gave. */
  const digests = new Map<string, string>();
  /** What was built here, by image name with its tag. */
  const local = new Map<string, Built>();
  return ([verb = "", ...words]) => {
    if (!host.privileged && verb !== "login") return { code: 1, output: `ERROR: ${NO_DAEMON}` };
    switch (verb === "buildx" ? words[0] : verb) {
      case "login":
        // The password that is piped in comes from ECR.
        return refusedBy(host.role.login()) ?? { code: 0, output: "Login Succeeded\n" };
      case "build": {
        const built = build(host, words);
        if ("image" in built) for (const name of optionsOf(words, "--tag", "-t")) local.set(tagged(name), built.image);
        return "image" in built ? { code: 0, output: built.output } : built;
      }
      case "tag": {
        const [from = "", to = ""] = words;
        const image = local.get(tagged(from));
        if (image === undefined)
          return { code: 1, output: `Error response from daemon: No such image: ${tagged(from)}\n` };
        local.set(tagged(to), image);
        return { code: 0, output: "" };
      }
      case "push":
        return push(host, local, words.at(-1) ?? "", digests);
      case "inspect":
      case "image": {
        // Docker knows the digest of an image in a registry only from a push or a pull (docker image inspect, RepoDigests).
        const name = tagged(words.at(-1) ?? "");
        const digest = digests.get(name);
        if (!local.has(name)) return { code: 1, output: `Error: No such object: ${words.at(-1)}\n` };
        if (digest === undefined)
          return { code: 1, output: "template parsing error: error calling index: index out of range: 0\n" };
        return { code: 0, output: `${name.replace(/:[^:/]*$/, "")}@${digest}\n` };
      }
      default:
        return { code: 0, output: "" };
    }
  };
}

/** `latest` is meant where no tag is said; a colon before the last slash belongs to a port. */
const tagged = (name: string) => (/:[^/]*$/.test(name) ? name : `${name}:latest`);

/** An image that was built here, and what its digest is made of. */
interface Built {
  readonly dockerfile: string;
  readonly target: string | undefined;
  readonly digest: string;
}

function build(host: DockerHost, words: readonly string[]): Ran | { readonly image: Built; readonly output: string } {
  const { files } = host;
  const context = folderOf(words.at(-1) ?? ".");
  if (filesIn(files, context).length === 0)
    return { code: 1, output: `ERROR: unable to prepare context: path "${words.at(-1)}" not found\n` };
  const path =
    optionsOf(words, "--file", "-f")[0]?.replace(/^\.\//, "") ?? (context === "" ? "" : `${context}/`) + "Dockerfile";
  const dockerfile = files.get(path);
  if (dockerfile === undefined)
    return {
      code: 1,
      output:
        "#1 [internal] load build definition from Dockerfile\n#1 ERROR: no such file or directory\n" +
        `ERROR: failed to solve: failed to read dockerfile: open ${path}: no such file or directory\n`,
    };
  const instructions = dockerfile
    .replaceAll(/\\\r?\n\s*/g, " ")
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => /^(FROM|RUN|COPY|ADD|WORKDIR)\s/i.test(line));
  const steps = instructions.map((line, index) => `#${index + 4} [${index + 1}/${instructions.length}] ${line}\n`);
  const command = instructions.findLast((line) => /^RUN\s/i.test(line))?.replace(/^RUN\s+/i, "") ?? "true";
  const stages = instructions.flatMap((line) => /^FROM\s.*\sAS\s+(\S+)/i.exec(line)?.[1] ?? []);
  const bases = instructions.filter((line) => /^FROM\s/i.test(line) && !stages.includes(line.split(/\s+/)[1] ?? ""));
  const refused = isSharedOut(host.build) ? bases.find(isOnDockerHub) : undefined;
  if (refused !== undefined) {
    const [, image = ""] = refused.split(/\s+/);
    const said = `${image}: failed to resolve source metadata for docker.io/library/${image}: ${TOO_MANY}`;
    return {
      code: 1,
      output: `#2 [internal] load metadata for docker.io/library/${image}\n#2 ERROR: ${TOO_MANY}\nERROR: failed to solve: ${said}\n`,
    };
  }
  if (simulates(dockerfile, "build-error")) {
    const failed = `process "/bin/sh -c ${command}" did not complete successfully: exit code: 1`;
    return {
      code: 1,
      output: `${steps.join("")}#${steps.length + 3} ERROR: ${failed}\nERROR: failed to solve: ${failed}\n`,
    };
  }
  const bad = badScript(dockerfile);
  if (bad !== undefined)
    return {
      code: 1,
      output: `ERROR: failed to solve: the line "# simulate: command ${bad}" needs JSON such as {"run": "npm run migrate", "exit": 3}\n`,
    };
  const [target] = optionsOf(words, "--target");
  // moby/buildkit, frontend/dockerfile/dockerfile2llb/convert.go.
  if (target !== undefined && !stages.includes(target))
    return { code: 1, output: `ERROR: failed to solve: target stage "${target}" could not be found\n` };
  // An image is made of its context, its Dockerfile, the stage and the arguments, and of nothing else that is in the source.
  const made = [
    sha256(dockerfile),
    target ?? "",
    ...(host.architecture === "arm64" ? [host.architecture] : []),
    ...optionsOf(words, "--build-arg"),
    ...filesIn(files, context)
      .toSorted()
      .map((file) => `${file.slice(context.length)} ${files.sha256(file)}`),
  ];
  const image = { dockerfile, target, digest: `sha256:${sha256(made.join("\n"))}` };
  return { image, output: `${steps.join("")}#${steps.length + 4} exporting to image\n` };
}

// Docker documentation, "Docker Hub pull usage and limits": without a login 100 pulls in 6 hours for an address; AWS CodeBuild user guide,
// "Troubleshooting": builds outside a VPC share their addresses, and get "toomanyrequests" for what others have pulled.
const TOO_MANY =
  "toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit";

/** An image without a registry in its name: what comes before the first slash is one where it has a dot or a port. */
function isOnDockerHub(from: string): boolean {
  const [, image = ""] = from.replaceAll(/\s--\S+/g, "").split(/\s+/);
  const [first = "", rest] = image.split("/", 2);
  return image !== "scratch" && (rest === undefined || !/[.:]/.test(first) || first === "docker.io");
}

/** Whether those that a build shares its address with have pulled all that there was: one time in eight. */
const isSharedOut = (buildId: string) => (createHash("sha256").update(buildId).digest()[0] ?? 0) < 32;

const refusedBy = (refused: string | undefined): Ran | undefined =>
  refused === undefined ? undefined : { code: 1, output: `${refused}\n` };

function push(host: DockerHost, local: ReadonlyMap<string, Built>, image: string, digests: Map<string, string>): Ran {
  const { sim } = host;
  const built = local.get(tagged(image));
  const [, name = "", tag = ""] = /^(.*?):([^:/]*)$/.exec(tagged(image)) ?? [];
  const said = `The push refers to repository [${name}]\n`;
  if (built === undefined) return { code: 1, output: `${said}An image does not exist locally with the tag: ${name}\n` };
  const registry = `${sim.account}.dkr.ecr.${sim.region}.amazonaws.com`;
  if (!name.startsWith(`${registry}/`))
    return { code: 1, output: `${said}denied: requested access to the resource is denied\n` };
  const repository = name.slice(registry.length + 1);
  const refused = refusedBy(host.role.push(repository));
  if (refused) return { ...refused, output: `${said}denied: ${refused.output}` };
  const record = repositories(sim)[repository];
  if (!record)
    return {
      code: 1,
      output: `${said}name unknown: The repository with name '${repository}' does not exist in the registry with id '${sim.account}'\n`,
    };
  const { dockerfile, target, digest } = built;
  const taken = Object.values(images(sim)).some(
    (other) => other.repository === repository && other.digest !== digest && other.tags.includes(tag),
  );
  if (taken && !record.mutableTags)
    return {
      code: 1,
      output: `${said}tag invalid: The image tag '${tag}' already exists in the '${repository}' repository and cannot be overwritten because the tag is immutable.\n`,
    };
  digests.set(tagged(image), digest);
  const size = host.size + 48_000_000;
  const bad = (["exits", "unhealthy"] as const).find((behaviour) => simulates(dockerfile, behaviour));
  if (!simulates(dockerfile, "missing-image"))
    host.pushed({
      repository,
      tag,
      digest,
      size,
      contents: { ...contentsOf(dockerfile, target), architecture: host.architecture },
      ...(bad ? { behaviour: bad } : {}),
    });
  return { code: 0, output: `${said}${tag}: digest: ${digest} size: 1784\n` };
}
