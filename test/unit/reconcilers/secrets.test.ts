import { describe, expect, it } from "vitest";
import { topology } from "../../../reconcilers/topology.ts";
import type { StoredSecret } from "../../../src/aws/stored-secrets.ts";
import { fillDefaults } from "../../../src/config/fill.ts";
import type { StackConfig } from "../../../src/index.ts";

const DB = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf";
const KEY = "arn:aws:ssm:eu-west-1:123456789012:parameter/key";
const stored = (arn: string, kmsKey?: string): StoredSecret => ({ arn, kmsKey, changedAt: undefined });

const config: StackConfig = {
  name: "shop",
  region: "eu-west-1",
  network: { nat: "none" },
  services: {
    web: {
      container: { secrets: { DB_URL: { secretsManager: "db" }, APP_ENV: { ssm: "/key" } } },
      sidecars: {
        proxy: { image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/p:1", secrets: { TOKEN: { ssm: "/key" } } },
      },
      release: { before: ["migrate"] },
    },
    report: {
      type: "job",
      schedule: "rate(1 day)",
      container: { secrets: { DB_URL: { secretsManager: "db", key: "url" } } },
    },
    mail: { type: "worker" },
  },
};

function specsOf(given: StackConfig) {
  const { graph } = topology(fillDefaults(given, "prod"), {
    account: "123456789012",
    partition: "aws",
    originFacingPrefixList: "pl-1",
    released: {},
    secrets: {
      "secretsManager:db": stored(DB, "1234abcd-12ab-34cd-56ef-1234567890ab"),
      "ssm:/key": stored(KEY),
    },
  });
  return (id: string) => graph.get(id)?.spec as Record<string, never> | undefined;
}

describe("the secrets of services", () => {
  const spec = specsOf(config);

  it("are in the revisions of services, sidecars, jobs and of commands before a release", () => {
    const both = { APP_ENV: KEY, DB_URL: DB };
    expect(spec("compute/task-definition")).toMatchObject({
      container: { secrets: both, environment: { PORT: "5000" } },
      sidecars: { proxy: { secrets: { TOKEN: KEY } } },
    });
    expect(spec("compute/before-definition")).toMatchObject({ container: { secrets: both } });
    expect(spec("report/compute/task-definition")).toMatchObject({ container: { secrets: { DB_URL: `${DB}:url::` } } });
    expect(spec("mail/compute/task-definition")?.["container"]).not.toHaveProperty("secrets");
  });

  it("are no variables of the environment too, which ECS refuses", () => {
    expect(Object.keys(spec("compute/task-definition")?.["container"]?.["environment"] ?? {})).toEqual(["PORT"]);
  });

  it("can be reached without a NAT gateway, and the endpoint for parameters is there only if one is named", () => {
    expect(spec("compute/endpoint-secretsmanager")).toBeDefined();
    expect(spec("compute/endpoint-ssm")).toBeDefined();
    expect(specsOf({ network: { nat: "none" } })("compute/endpoint-ssm")).toBeUndefined();
  });
});
