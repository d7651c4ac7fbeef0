import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetQueueUrlCommand, SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { command } from "../support/command.ts";
import { boto3Networks, OF_NETWORKS } from "./boto3-network.ts";
import { LIVES } from "./lives.ts";
import { stackOnMoto, type StackOnMoto } from "./stack-on-moto.ts";
import { NOTHING, SHOP_WHOLE } from "./whole.ts";
import { mutating, OF_SHARED_STACK, REGION, type Moto } from "./world.ts";

const withShop = ({ stack: folder }: StackOnMoto) => LIVES["example-shop.test.ts"].write(folder);

describe("the example of a shop, over HTTP", () => {
  const at = stackOnMoto(withShop);
  const { stack, run, changes } = at;

  it("is created with one command", async () => {
    const { code, stderr } = await run("reconcile", "--yes");
    expect(stderr).not.toContain("failed:");
    expect(code).toBe(0);
    expect(await at.moto.count()).toEqual(SHOP_WHOLE);
  });

  it("needs nothing the second time, and no call changes anything", async () => {
    await at.moto.forget();
    expect(await changes()).toEqual({});
    expect((await run("reconcile", "--yes")).code).toBe(0);
    expect(mutating(await at.moto.calls())).toEqual([]);
  });

  /** The image of each service, and of the job. */
  const images = async (...args: string[]) => {
    const { stdout } = await command(
      stack.directory,
      ["status", ...args, "--target", "aws", ...at.moto.logged()],
      at.moto.env,
    );
    return Object.fromEntries(
      [...stdout.matchAll(/^(?:Service|Job) (\w+): .* image (\S+)$/gm)].map(([, name = "", image]) => [name, image]),
    );
  };
  let released: Awaited<ReturnType<typeof images>>;

  it("is released: every service and the job run an image of their own, and the schedule is enabled", async () => {
    const { code, stderr } = await run("deploy", "--approve");
    expect(code).toBe(0);
    expect(stderr).toMatch(/Before-api: succeeded[^]*Deploy-orders: succeeded[^]*Live in .*: 3 services\./);
    expect(stderr).toContain("The schedule of the job report is enabled: it has its first image.");
    released = await images();
    expect(Object.keys(released).toSorted()).toEqual(["api", "orders", "report", "web"]);
    expect(new Set(Object.values(released)).size).toBe(4);
    for (const image of Object.values(released)) expect(image).toMatch(/@sha256:[0-9a-f]{64}$/);
    expect(await changes()).toEqual({});
  });

  it("gets a new image for the one service that was changed", async () => {
    appendFileSync(join(stack.directory, "service/web/server.js"), "\n// A second version.\n");
    expect((await run("deploy", "--approve")).code).toBe(0);
    const { web: before, ...expected } = released;
    released = await images();
    const { web, ...others } = released;
    expect(web).not.toBe(before);
    expect(others).toEqual(expected);
    expect(await changes()).toEqual({});
  });

  it("has changes outside Fairlead reverted, also in the resource of its own kind", async () => {
    const client = {
      endpoint: at.moto.endpoint,
      region: REGION,
      credentials: { accessKeyId: "t", secretAccessKey: "t" },
    } as const;
    const sqs = new SQSClient(client);
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: "shop-dev-orders-queue" }));
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: "5" } }));
    const s3 = new S3Client({ ...client, forcePathStyle: true });
    const object = { Bucket: `shop-dev-resources-files-123456789012-${REGION}`, Key: "catalog.json" };
    const { Metadata } = await s3.send(new GetObjectCommand(object));
    await s3.send(new PutObjectCommand({ ...object, Body: "[]", Metadata }));
    expect(await changes()).toEqual({ "orders/queue/queue": "update", "resources/catalog": "update" });
    expect((await run("reconcile", "--yes")).code).toBe(0);
    expect(await changes()).toEqual({});
  });

  it("changes with the file that its own kind writes", async () => {
    writeFileSync(join(stack.directory, "catalog.json"), "[]\n");
    expect(await changes()).toEqual({ "resources/catalog": "update" });
    expect((await run("reconcile", "--yes")).code).toBe(0);
    expect(await changes()).toEqual({});
  });

  const preview = ["--env", "preview"] as const;
  let vpc: string;
  let network: string;
  let counted: Awaited<ReturnType<Moto["count"]>>;

  it("gets a second environment on its network, load balancer, CDN and cluster by calls that change none of them", async () => {
    const printed = await command(stack.directory, ["outputs", "vpc_id", "--target", "aws"], at.moto.env);
    vpc = printed.stdout.trim();
    network = boto3Networks(at.moto).tell(vpc);
    counted = await at.moto.count();
    await at.moto.forget();
    const { code, json, stderr } = await run("reconcile", "--yes", ...preview);
    expect(stderr).not.toContain("failed:");
    expect(code).toBe(0);
    expect(mutating(await at.moto.calls()).filter((call) => OF_SHARED_STACK.test(call))).toEqual([]);
    expect(json.outputs["application_url"]).toMatch(/cloudfront\.net\/preview\/$/);
    const shared = ["vpcs", "subnets", "natGateways", "loadBalancers", "listeners", "clusters", "distributions"];
    const own = [
      "services",
      "targetGroups",
      "rules",
      "queues",
      "fileSystems",
      "schedules",
      "pipelines",
      "repositories",
    ];
    const standing = await at.moto.count();
    for (const sort of shared) expect([sort, standing[sort]]).toEqual([sort, counted[sort]]);
    for (const sort of own) expect([sort, standing[sort]]).toEqual([sort, 2 * (counted[sort] ?? 0)]);
    expect((await run("plan", "--check", ...preview)).code).toBe(0);
    expect((await run("plan", "--check")).code).toBe(0);
  });

  it("keeps its images when the second environment is released", async () => {
    const { code, stderr } = await run("deploy", "--approve", ...preview);
    expect(code).toBe(0);
    expect(stderr).toMatch(/Before-api: succeeded[^]*Live in .*: 3 services\./);
    const previewed = await images(...preview);
    expect(Object.keys(previewed)).toEqual(Object.keys(released));
    for (const image of Object.values(previewed)) expect(image).toMatch(/\/shop-preview\S*@sha256:/);
    expect(await images()).toEqual(released);
  });

  it("is not torn down before the second environment, which leaves it as it was", async () => {
    await at.moto.forget();
    const refused = await run("teardown", "--yes");
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringMatching(
        /shop\/preview runs on shop\/dev, .* Tear that stack down first: npx fairlead teardown --target aws --env preview$/m,
      ),
    ]);
    expect(mutating(await at.moto.calls())).toEqual([]);
    const { code, json } = await run("teardown", "--yes", ...preview);
    expect(code).toBe(0);
    expect(json.summary).toMatchObject({ failed: 0 });
    expect(mutating(await at.moto.calls()).filter((call) => OF_SHARED_STACK.test(call))).toEqual([]);
    expect(boto3Networks(at.moto).tell(vpc)).toBe(network);
    expect(await at.moto.count()).toEqual(counted);
    expect((await run("plan", "--check")).code).toBe(0);
  });

  it("leaves nothing behind", async () => {
    const { code, json } = await run("teardown", "--yes");
    expect(code).toBe(0);
    expect(json.summary).toMatchObject({ failed: 0 });
    expect(await at.moto.count()).toEqual(NOTHING);
  });
});

describe("the example of a shop in a VPC that boto3 made", () => {
  const at = stackOnMoto(withShop);
  const { stack, run } = at;

  it("is created, released and torn down without any call that changes a network, and the VPC is byte for byte as it was", async () => {
    const networks = boto3Networks(at.moto);
    const network = networks.make("dns-hostnames");
    const before = networks.tell(network.vpc ?? "");
    const path = join(stack.directory, "stack.config.ts");
    const settings = `name: "shop", network: ${JSON.stringify(network)},`;
    writeFileSync(path, readFileSync(path, "utf8").replace('name: "shop",', settings));
    await at.moto.forget();
    const { code, stderr } = await run("reconcile", "--yes");
    expect(stderr).not.toContain("failed:");
    expect(code).toBe(0);
    expect((await run("deploy", "--approve")).code).toBe(0);
    expect((await run("plan", "--check")).code).toBe(0);
    expect((await run("teardown", "--yes")).code).toBe(0);
    const calls = mutating(await at.moto.calls());
    expect(calls).toContain("ec2.CreateSecurityGroup");
    expect(calls.filter((call) => call.startsWith("ec2.") && OF_NETWORKS.test(call))).toEqual([]);
    expect(networks.tell(network.vpc ?? "")).toBe(before);
  });
});
