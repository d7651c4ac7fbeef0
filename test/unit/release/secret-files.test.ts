import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { packed } from "../../support/archived.ts";

let base: string;
beforeEach(() => void (base = mkdtempSync(join(tmpdir(), "secrets-"))));
afterEach(() => rmSync(base, { recursive: true }));

/** What a release of these files is refused with; nothing where it is not. */
async function refusal(files: Readonly<Record<string, string>>): Promise<string> {
  for (const [path, text] of Object.entries({
    Dockerfile: "FROM scratch\n",
    "buildspec.yml": "version: 0.2\n",
    ...files,
  })) {
    mkdirSync(dirname(join(base, path)), { recursive: true });
    writeFileSync(join(base, path), text);
  }
  return packed(base).then(
    () => "",
    (error: Error) => error.message,
  );
}

const KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n";

describe("files that look like secrets", () => {
  it("are all named before anything is uploaded, with the commands that leave one out or keep it", async () => {
    expect(await refusal({ ".env": "A=1\n", "certs/my key.pem": KEY })).toBe(
      [
        `Folder ${base} contains files that look like secrets. Nothing was uploaded.`,
        "  .env: environment variables",
        "  certs/my key.pem: a private key",
        `To leave one out of the release: printf '\\n%s\\n' .env >> ${base}/.dockerignore`,
        `To upload it, because the image needs it: printf '\\n%s\\n' '!.env' >> ${base}/.dockerignore`,
      ].join("\n"),
    );
    expect(await refusal({ ".dockerignore": "certs\n!.env\n" })).toBe("");
    expect(await refusal({ ".dockerignore": "certs\n!.env\n.env\n" })).toBe("");
  });

  it.each([
    [".env.production", "A=1", "environment variables"],
    ["web/.env.local", "A=1", "environment variables"],
    ["id_ed25519", "-----BEGIN OPENSSH PRIVATE KEY-----", "a private key"],
    ["tls/server.KEY", "-----BEGIN ENCRYPTED PRIVATE KEY-----", "a private key"],
    ["app.jks", "", "a key store"],
    [".aws/credentials", "[default]\naws_secret_access_key = x\n", "AWS credentials"],
    [
      "gcp.json",
      '{"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----"}',
      "a Google service account's key",
    ],
    [".npmrc", "//registry.example/:_authToken=npm_x\n", "an npm token"],
    [".netrc", "", "passwords"],
    ["infra/terraform.tfstate", "{}", "a Terraform state"],
  ])("%s is one", async (path, text, what) => {
    expect(await refusal({ [path]: text })).toContain(`\n  ${path}: ${what}\n`);
  });

  it.each([
    [".env", "\n"],
    [".env.example", "A="],
    [".env.local.sample", "A="],
    [".envrc", "use nix"],
    ["ca.pem", "-----BEGIN CERTIFICATE-----"],
    ["id_rsa.pub", "ssh-rsa AAAA"],
    ["api.key", "de\n"],
    ["src/credentials", "a page"],
    ["package.json", '{"private": true}'],
    [".npmrc", "//registry.example/:_authToken=${NPM_TOKEN}\nengine-strict=true\n"],
  ])("%s with %j is none", async (path, text) => {
    expect(await refusal({ [path]: text })).toBe("");
  });

  it("are counted where there are many", async () => {
    const many = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`k${n}/.netrc`, ""]));
    expect(await refusal(many)).toContain("\n  and 2 more\n");
  });
});
