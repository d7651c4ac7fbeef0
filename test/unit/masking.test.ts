import { CreateServiceCommand } from "@aws-sdk/client-ecs";
import { PutApprovalResultCommand } from "@aws-sdk/client-codepipeline";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { CreateDistributionWithTagsCommand } from "@aws-sdk/client-cloudfront";
import { describe, expect, it, test } from "vitest";
import { loggedInput } from "../../src/aws/logged-input.ts";
import { masked, maskedProse, maskedText, nameIn } from "../../src/masking.ts";

describe("a value that looks like a secret", () => {
  test.each([
    ["DB_PASSWORD", "hunter2"],
    ["apiKey", "x"],
    ["spring.datasource.password", "x"],
    ["SENTRY_DSN", "x"],
    ["GITHUB_TOKEN", "x"],
    ["Authorization", "Basic x"],
    ["A", "AKIAIOSFODNN7EXAMPLE"],
    ["A", "ghp_0123456789abcdefghijABCDEFGHIJ012345"],
    ["A", "-----BEGIN RSA PRIVATE KEY-----\nMIIE"],
    ["A", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc"],
    ["A", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"],
    ["A", "9f86d081884c7d659a2feaa0c55ad015"],
  ])("is hidden: %s", (name, value) => {
    expect(maskedText(value, name)).toBe("(secret)");
  });

  test.each([
    ["PORT", "8080"],
    ["DB_PASSWORD_ARN", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf"],
    ["TOKEN_URL", "https://login.example.com/token"],
    ["image", `123456789012.dkr.ecr.eu-west-1.amazonaws.com/app@sha256:${"a1".repeat(32)}`],
    ["taskDefinition", "arn:aws:ecs:eu-west-1:123456789012:task-definition/app-dev:12"],
    ["subnetId", "subnet-0a1b2c3d4e5f60718"],
    ["monkey", "banana"],
    ["compass", "north"],
    ["NextToken", "AAAAbbbb1111AAAAbbbb1111"],
    ["GIT_SHA", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"],
    ["clientToken", "9f86d081884c7d659a2feaa0c55ad015"],
    ["GREETING", "a=b; c=d"],
    ["repository", "ssh://git@github.com/a/b.git"],
  ])("is shown: %s", (name, value) => {
    expect(maskedText(value, name)).toBe(value);
  });

  it("is hidden inside a URL and nowhere else in it", () => {
    expect(maskedText("postgres://app:hunter2@db.example.com:5432/shop", "DATABASE_URL")).toBe(
      "postgres://app:(secret)@db.example.com:5432/shop",
    );
  });

  test.each([
    ["https://h.example.com/x?a=1&token=hunter2&b=2", "https://h.example.com/x?a=1&token=(secret)&b=2"],
    ["Server=db;User=app;Password=hunter2;Port=1", "Server=db;User=app;Password=(secret);Port=1"],
    ["https://0123456789abcdef0123@o1.ingest.sentry.io/2", "https://(secret)@o1.ingest.sentry.io/2"],
    ["--password=hunter2", "--password=(secret)"],
    ["Authorization: Bearer hunter2", "Authorization: (secret)"],
    [`{"user":"app","password":"hunter2"}`, `{"user":"app","password":"(secret)"}`],
  ])("is hidden inside another text: %s", (text, shown) => {
    expect(maskedText(text, "A")).toBe(shown);
  });

  it("is hidden behind the option of a command line", () => {
    expect(masked(["psql", "--password", "hunter2", "--host", "db", "-v"])).toEqual([
      "psql",
      "--password",
      "(secret)",
      "--host",
      "db",
      "-v",
    ]);
  });

  test.each(["Key", "key"])("is hidden in a tag that is named by its %s", (key) => {
    const value = key === "Key" ? "Value" : "value";
    expect(masked([{ [key]: "Token", [value]: "hunter2" }])).toEqual([{ [key]: "Token", [value]: "(secret)" }]);
  });

  it("is hidden in what AWS quotes, and a sentence stays one", () => {
    const sentence = "AWS does not recognize these credentials: check AWS_PROFILE or the keys.";
    expect(maskedProse(sentence)).toBe(sentence);
    expect(maskedProse("The value 'postgres://a:hunter2@db' and AKIAIOSFODNN7EXAMPLE are not valid")).toBe(
      "The value 'postgres://a:(secret)@db' and (secret) are not valid",
    );
  });

  it("is hidden at any depth, by key or by the name beside the value", () => {
    const value = {
      environment: [
        { name: "DB_PASSWORD", value: "a" },
        { name: "PORT", value: "1" },
      ],
      secretKey: "b",
    };
    expect(masked(value)).toEqual({
      environment: [
        { name: "DB_PASSWORD", value: "(secret)" },
        { name: "PORT", value: "1" },
      ],
      secretKey: "(secret)",
    });
  });

  it("is judged by the last name of a path", () => {
    expect(nameIn("container.environment.DB_PASSWORD")).toBe("DB_PASSWORD");
    expect(nameIn("ingress[0].port")).toBe("port");
  });
});

describe("a logged input", () => {
  it("has the members of AWS's model, dates and bytes as JSON has them", () => {
    const command = new PutObjectCommand({ Bucket: "b", Key: "k", Body: new Uint8Array(5), Expires: new Date(0) });
    expect(loggedInput(command)).toEqual({
      Bucket: "b",
      Key: "k",
      Body: { $bytes: 5 },
      Expires: "1970-01-01T00:00:00.000Z",
    });
  });

  it("has of a text that is an object's content its length alone: it may be a state", () => {
    const Body = JSON.stringify({ environment: { DB_PASSWORD: "hunter2" } });
    expect(loggedInput(new PutObjectCommand({ Bucket: "b", Key: "k", Body }))).toEqual({
      Bucket: "b",
      Key: "k",
      Body: { $bytes: Body.length },
    });
  });

  it("masks what the model marks as sensitive, and the secret that the caller knows", () => {
    const header = { Quantity: 1, Items: [{ HeaderName: "X-Origin-Verify", HeaderValue: "s3cr3t" }] };
    const command = new CreateDistributionWithTagsCommand({
      DistributionConfigWithTags: {
        DistributionConfig: { Comment: "c", Origins: { Items: [{ CustomHeaders: header }] } },
      } as never,
    });
    const told = JSON.stringify(loggedInput(command, "s3cr3t"));
    expect(told).not.toContain("s3cr3t");
    expect(told).toContain("X-Origin-Verify");
    const approval = new PutApprovalResultCommand({
      pipelineName: "p",
      stageName: "Approval",
      actionName: "Approval",
      token: "1d2a3b4c-0000-4000-8000-000000000000",
      result: { status: "Approved", summary: "fine" },
    });
    expect(loggedInput(approval)).toMatchObject({ pipelineName: "p", token: "(secret)" });
  });

  it("keeps what is no secret whole, numbers and flags included", () => {
    const input = { cluster: "c", serviceName: "s", desiredCount: 2, enableExecuteCommand: false, clientToken: "abc" };
    expect(loggedInput(new CreateServiceCommand(input))).toEqual(input);
  });
});
