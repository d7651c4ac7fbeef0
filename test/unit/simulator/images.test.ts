import { CreateRepositoryCommand, DescribeImagesCommand } from "@aws-sdk/client-ecr";
import { PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { beforeEach, describe, expect, it } from "vitest";
import { buildspecOf, type ImageBuild } from "../../../reconcilers/components/buildspec.ts";
import { deliverable, type Release } from "../../support/release.ts";

const BASE = "FROM public.ecr.aws/docker/library/node:22";
const image = (name: string, more: Partial<ImageBuild> = {}): ImageBuild => ({
  name,
  repository: name,
  context: `services/${name}`,
  dockerfile: "Dockerfile",
  args: {},
  deployed: [{ container: name, imageDefinitions: `${name}.json` }],
  ...more,
});
const IMAGES = [image("app"), image("api", { target: "run", args: { GREETING: "it's; fi" } })];
const SOURCE = {
  "services/app/Dockerfile": `${BASE}\nCOPY . .\n`,
  "services/app/main.js": "1",
  "services/api/Dockerfile": `${BASE} AS run\nCOPY . .\n${BASE} AS test\n`,
};

describe("the build of several images in the simulated CodeBuild", () => {
  let release: Release;
  beforeEach(async () => {
    release = await deliverable();
    await release.at.aws.ecr(new CreateRepositoryCommand({ repositoryName: "api" }));
  });

  /** Uploads a source and waits for its build; answers what its log says of each image, and how it ended. */
  async function build(files: Readonly<Record<string, string>> = {}, images = IMAGES) {
    await release.upload({ ...SOURCE, "buildspec.yml": buildspecOf(images), ...files });
    await release.wait(180);
    const log = await release.log();
    return { status: (await release.build())?.buildStatus, log, told: log.filter((line) => /^(app|api): /.test(line)) };
  }

  const digests = async (repositoryName: string) => {
    const { imageDetails = [] } = await release.at.aws.ecr(new DescribeImagesCommand({ repositoryName }));
    return imageDetails.map(({ imageDigest }) => imageDigest);
  };

  it("builds each once, again only where its own folder was changed, and never the same source", async () => {
    const first = await build();
    expect(first.status).toBe("SUCCEEDED");
    expect(first.told.map((line) => line.slice(0, 13))).toEqual(["app: building", "api: building"]);
    const [app, api] = [await digests("app"), await digests("api")];
    expect([app.length, api.length]).toEqual([1, 1]);
    expect(app).not.toEqual(api);

    const second = await build({ "services/app/main.js": "2" });
    expect(second.told).toEqual([
      expect.stringContaining("app: building content-"),
      `api: unchanged since ${api[0]}, skipping the build.`,
    ]);
    expect(await digests("app")).toHaveLength(2);
    expect(await digests("api")).toEqual(api);

    const third = await build({ "services/app/main.js": "2" });
    expect(third.status).toBe("SUCCEEDED");
    expect(third.told.every((line) => line.includes("unchanged since"))).toBe(true);
    expect(third.log.some((line) => line.includes("[1/"))).toBe(false);
    expect(await digests("app")).toHaveLength(2);
  });

  it("takes the seconds that its docker commands take, and none for an image that is not built", async () => {
    await build();
    const built = await release.build();
    await build();
    const found = await release.build();
    const seconds = ({ phases = [] }: NonNullable<typeof built>) =>
      phases.find(({ phaseType }) => phaseType === "BUILD")?.durationInSeconds;
    expect([built && seconds(built), found && seconds(found)]).toEqual([2 * 23 + 4, 4]);
  });

  it("gives another stage, another argument and another folder another image", async () => {
    await build();
    const [one] = await digests("api");
    await build({}, [image("app"), image("api", { target: "test", args: { GREETING: "it's; fi" } })]);
    await build({}, [image("app"), image("api", { target: "run", args: { GREETING: "hello" } })]);
    const all = await digests("api");
    expect(new Set(all).size).toBe(3);
    expect(all).toContain(one);
  });

  it("fails where a stage or a folder is missing", async () => {
    const stage = await build({}, [image("app", { target: "none" })]);
    expect(stage.status).toBe("FAILED");
    expect(stage.log.join("\n")).toContain('target stage "none" could not be found');
    const folder = await build({}, [image("app", { context: "elsewhere" })]);
    expect(folder.status).toBe("FAILED");
    expect(folder.log.join("\n")).not.toContain("app: building");
  });

  it("builds an image again if its role may not check whether it exists", async () => {
    await build();
    const Statement = [
      { Effect: "Allow", Action: "*", Resource: "*" },
      { Effect: "Deny", Action: "ecr:DescribeImages", Resource: "*" },
    ];
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    await release.at.aws.iam(new PutRolePolicyCommand({ RoleName: "build", PolicyName: "all", PolicyDocument }));
    const { told } = await build();
    expect(told.map((line) => line.slice(0, 13))).toEqual(["app: building", "api: building"]);
  });
});
