import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { Stage } from "../support/stage.ts";

const BIN = fileURLToPath(new URL("../../bin/fairlead.mjs", import.meta.url));

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}
interface Workflow {
  readonly on: object;
  readonly jobs: Readonly<
    Record<string, { readonly permissions: object; readonly environment?: string; readonly steps: readonly Step[] }>
  >;
}

/** The author of a workflow, whose runner is this machine, and whose AWS the simulated one. */
describe("init --github", () => {
  let stage: Stage;
  const file = (...path: string[]) => join(stage.directory, ...path);
  beforeEach(() => {
    stage = new Stage();
    rmSync(file("stack.config.ts"));
    mkdirSync(file(".git"));
    writeFileSync(file(".git/config"), '[remote "origin"]\n\turl = git@github.com:octo-org/shop.git\n');
  });
  afterEach(() => stage.remove());

  /** Runs the commands of a job as GitHub does: each step with `bash -e`, expressions replaced. */
  function runJob(job: string): string {
    const bin = file("bin");
    mkdirSync(bin, { recursive: true });
    // `npx fairlead` is this checkout's, on the target local; `gh` writes down what it is told.
    writeFileSync(
      join(bin, "npx"),
      `#!/bin/bash\nargs=()\nfor one in "$@"; do case "$one" in --yes|fairlead*) [ "$seen" ] && args+=("$one");; aws) args+=(local);; *) seen=1; args+=("$one");; esac\ndone\nexec "${process.execPath}" "${BIN}" "\${args[@]}"\n`,
    );
    writeFileSync(join(bin, "gh"), `#!/bin/bash\necho "gh $*" >> "${file("gh.log")}"\n`);
    for (const name of ["npx", "gh"]) chmodSync(join(bin, name), 0o755);
    const workflow = parse(readFileSync(file(".github/workflows/fairlead.yml"), "utf8")) as Workflow;
    const value = (text: string) =>
      text.replaceAll("${{ github.event.number }}", "7").replaceAll("${{ github.token }}", "t");
    return (workflow.jobs[job]?.steps ?? [])
      .flatMap(({ run, env = {} }) => (run === undefined ? [] : [{ run, env }]))
      .map(({ run, env }) =>
        execFileSync("bash", ["-e", "-c", value(run)], {
          cwd: stage.directory,
          encoding: "utf8",
          env: {
            ...process.env,
            NO_COLOR: "1",
            CI: "true",
            PATH: `${bin}:${process.env["PATH"]}`,
            ...Object.fromEntries(Object.entries(env).map(([key, text]) => [key, value(text)])),
          },
        }),
      )
      .join("");
  }

  it("writes a workflow that plans, reconciles and releases, and says what it needs", async () => {
    const said = await stage.type(
      "init",
      "--github",
      "--yes",
      "--name",
      "shop",
      "--region",
      "eu-west-1",
      "--env",
      "prod",
    );
    expect([said.exit, said.lines.join("\n")]).toEqual([
      0,
      expect.stringContaining("created  .github/workflows/fairlead.yml"),
    ]);
    for (const step of [
      "npx fairlead state init --target aws --env prod",
      "npx fairlead policy --role github octo-org/shop --branch main --target aws --env prod",
      "npx fairlead policy --role github octo-org/shop --environment fairlead-plan --read-only --target aws --env prod",
    ])
      expect(said.lines.join("\n")).toContain(step);

    // The roles of the workflow are those that the printed commands create.
    const text = readFileSync(file(".github/workflows/fairlead.yml"), "utf8");
    const { jobs, on } = parse(text) as Workflow;
    expect(on).toEqual({ pull_request: { branches: ["main"] }, push: { branches: ["main"] } });
    const account = ["--account", "123456789012", "--env", "prod"];
    const named = async (...flags: string[]) =>
      /create-role --role-name (\S+)/.exec(
        (await stage.type("policy", "--role", "github", "octo-org/shop", ...flags, ...account)).answer,
      )?.[1];
    expect(jobs["deploy"]?.steps.find(({ uses }) => uses?.startsWith("aws-actions/"))?.with?.["role-to-assume"]).toBe(
      `arn:aws:iam::\${{ vars.AWS_ACCOUNT_ID }}:role/${await named("--branch", "main")}`,
    );
    expect(jobs["plan"]?.steps.find(({ uses }) => uses?.startsWith("aws-actions/"))?.with?.["role-to-assume"]).toBe(
      `arn:aws:iam::\${{ vars.AWS_ACCOUNT_ID }}:role/${await named("--environment", "fairlead-plan", "--read-only")}`,
    );
    expect(jobs["plan"]).toMatchObject({
      environment: "fairlead-plan",
      permissions: { "id-token": "write", contents: "read", "pull-requests": "write" },
    });

    expect(runJob("plan")).toContain("### Plan of shop prod: 42 to create");
    expect(readFileSync(file("gh.log"), "utf8")).toBe(
      "gh pr comment 7 --body-file comment.md --edit-last --create-if-none\n",
    );
    expect(readFileSync(file("comment.md"), "utf8")).toMatch(
      /^### Plan of shop prod: 42 to create; 0 unchanged\n\n[^]*<summary>create <b>network\/vpc<\/b> [^]*\n<\/details>\n$/,
    );
    const deployed = runJob("deploy");
    expect(deployed).toContain("42 created");
    expect(deployed).toContain("Live in");
    expect(runJob("plan")).toContain("### Plan of shop prod: No changes. 42 resources match the config");
    // A plan that fails is commented too, and fails the job.
    writeFileSync(
      file("stack.config.ts"),
      'export default { name: "shop", environments: { prod: { containr: {} } } };\n',
    );
    expect(() => runJob("plan")).toThrow("Command failed: bash");
    expect(readFileSync(file("comment.md"), "utf8")).toContain("did you mean environments.prod.container?");
  });

  it("keeps a workflow that exists, and asks for a state in S3", async () => {
    writeFileSync(file("stack.config.ts"), 'export default { name: "shop", region: "eu-west-1" };\n');
    mkdirSync(file(".github/workflows"), { recursive: true });
    writeFileSync(file(".github/workflows/fairlead.yml"), "mine");
    const { lines } = await stage.type("init", "--github");
    expect(lines.join("\n")).toContain("kept     .github/workflows/fairlead.yml (it exists already)");
    expect(lines.join("\n")).toContain("Add to the config: state: { s3: {} }");
    expect(readFileSync(file(".github/workflows/fairlead.yml"), "utf8")).toBe("mine");
    expect(lines.join("\n")).not.toContain("names no region");
  });

  it("says which region the workflow works in, if the config leaves that to the default", async () => {
    writeFileSync(file("stack.config.ts"), '// region: "eu-west-1"\nexport default { name: "shop" };\n');
    const { lines } = await stage.type("init", "--github");
    expect(lines.join("\n")).toMatch(
      /The config names no region, so the workflow works in ([a-z0-9-]+)\. .* run: npx fairlead init --github$/m,
    );
    const [, region = "none"] = /works in ([a-z0-9-]+)/.exec(lines.join("\n")) ?? [];
    expect(readFileSync(file(".github/workflows/fairlead.yml"), "utf8")).toContain(region);
  });
});
