import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { VERSION } from "./version.ts";
import { create, type Written } from "../init/files.ts";
import { githubRepository, PLAN_ENVIRONMENT, WORKFLOW, workflowText } from "../init/workflow.ts";
import type { CliContext } from "./context.ts";
import { configsIn } from "./find-config.ts";
import { githubRoleName } from "./github-role.ts";
import { paste } from "./paste.ts";
import { readStack } from "./session.ts";
import { UsageError } from "./exit.ts";

/** Writes the workflow for the config of a folder, and says what it needs of GitHub and of the account. */
export async function githubWorkflow(
  directory: string,
  { env }: { readonly env?: string },
  context: CliContext,
): Promise<{ readonly files: readonly Written[]; readonly steps: readonly string[] }> {
  const flags = { target: "aws", ...(env !== undefined && { env }) } as const;
  const [config] = configsIn(directory);
  const stack = await readStack({ ...flags, ...(config !== undefined && { config }) }, { ...context, directory });
  const { repository, branch } = githubRepository(directory);
  if (!existsSync(join(directory, ".git")) && repository !== undefined)
    throw new UsageError(
      `${directory} is not the root of its repository, where GitHub looks for workflows. Run fairlead init --github there, with the config beside it. The other files were written.`,
    );
  const own = installsOwn(directory);
  const file = create(
    directory,
    WORKFLOW,
    workflowText({
      name: stack.name,
      environment: stack.environment,
      region: stack.region,
      branch,
      cli: own ? "npx fairlead" : `npx --yes fairlead@${VERSION}`,
      install: own ? "npm ci" : undefined,
      flags: env === undefined ? "" : ` --env ${env}`,
      roles: { plan: githubRoleName(stack, "read"), deploy: githubRoleName(stack, "everything") },
    }),
  );
  const role = (...words: string[]) =>
    paste(flags, "policy", "--role", "github", repository ?? "OWNER/REPOSITORY", ...words);
  return {
    files: [file],
    steps: [
      ...(config !== undefined && !namesRegion(join(directory, config))
        ? [
            `The config names no region, so the workflow works in ${stack.region}. For another one, add it to the config (region: "us-east-1"), delete ${WORKFLOW} and run: ${paste({ target: "local", ...(env !== undefined && { env }) }, "init", "--github")}`,
          ]
        : []),
      ...(stack.state.s3 === undefined
        ? ["Jobs start without the state of the last one, so it has to be in S3. Add to the config: state: { s3: {} }"]
        : []),
      `Create the bucket of the state: ${paste(flags, "state init")}`,
      `Create the role that deploys; this prints the commands: ${role("--branch", branch)}`,
      `Create the role that plans and can read only: ${role("--environment", PLAN_ENVIRONMENT, "--read-only")}`,
      `Tell GitHub the account: gh variable set AWS_ACCOUNT_ID --body "$(aws sts get-caller-identity --query Account --output text)"`,
    ],
  };
}

/** Whether a config sets `region` or `regions`, read as a text: the stack has the default either way. */
const namesRegion = (file: string): boolean =>
  /^(?!\s*(?:\/\/|\*)).*\bregions?\b["']?\s*:/m.test(readFileSync(file, "utf8"));

/** Whether the folder's package installs this command line, from a lock file that `npm ci` takes. */
function installsOwn(directory: string): boolean {
  if (!existsSync(join(directory, "package-lock.json"))) return false;
  try {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as {
      readonly dependencies?: object;
      readonly devDependencies?: object;
    };
    return "fairlead" in { ...dependencies, ...devDependencies };
  } catch {
    return false;
  }
}
