import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** Where the workflow is written. */
export const WORKFLOW = ".github/workflows/fairlead.yml";
/** The GitHub environment of the job that plans: the role that it assumes trusts jobs of this one, whatever branch they are for. */
export const PLAN_ENVIRONMENT = "fairlead-plan";

/** What a workflow is written for. */
export interface WorkflowOf {
  readonly name: string;
  readonly environment: string;
  readonly region: string;
  /** The branch whose pushes are deployed. */
  readonly branch: string;
  /** How the command line is started: `npx fairlead`. */
  readonly cli: string;
  /** What installs it before, if anything. */
  readonly install: string | undefined;
  /** Flags of every command, such as `--env prod`. */
  readonly flags: string;
  readonly roles: { readonly plan: string; readonly deploy: string };
}

const job = ({ region, install }: WorkflowOf, role: string) => `    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-node@v5
        with:
          node-version: 22
${install === undefined ? "" : `      - run: ${install}\n`}      - uses: aws-actions/configure-aws-credentials@v6
        with:
          role-to-assume: arn:aws${region.startsWith("cn-") ? "-cn" : region.startsWith("us-gov-") ? "-us-gov" : ""}:iam::\${{ vars.AWS_ACCOUNT_ID }}:role/${role}
          aws-region: ${region}
`;

/** A workflow of GitHub Actions: a plan for each pull request, as a comment, and a deployment of each push to the branch. */
export const workflowText = (
  of: WorkflowOf,
): string => `# Written by fairlead init --github; yours to edit. Its roles are those that "fairlead policy --role github" creates.
name: Fairlead

on:
  pull_request:
    branches: [${of.branch}]
  push:
    branches: [${of.branch}]

jobs:
  plan:
    # A pull request from a fork gets no credentials.
    if: github.event_name == 'pull_request' && github.event.pull_request.head.repo.full_name == github.repository
    runs-on: ubuntu-latest
    # The role ${of.roles.plan} trusts jobs of this environment. It can read only.
    environment: ${PLAN_ENVIRONMENT}
    permissions:
      id-token: write
      contents: read
      pull-requests: write
    concurrency: fairlead-plan-\${{ github.event.number }}
${job(of, of.roles.plan)}      - name: Plan
        env:
          GH_TOKEN: \${{ github.token }}
          PULL_REQUEST: \${{ github.event.number }}
        run: |
          status=0
          ${of.cli} plan --target aws${of.flags} --markdown > comment.md || status=$?
          cat comment.md
          [ -s comment.md ] || echo "The plan of ${of.name} ${of.environment} could not be made: see the log of the job." > comment.md
          gh pr comment "$PULL_REQUEST" --body-file comment.md --edit-last --create-if-none
          exit "$status"

  deploy:
    if: github.event_name == 'push'
    runs-on: ubuntu-latest
    permissions:
      id-token: write
      contents: read
    # One after the other; a deployment in progress is never cancelled.
    concurrency:
      group: fairlead-deploy
      cancel-in-progress: false
${job(of, of.roles.deploy)}      - name: Reconcile
        run: ${of.cli} reconcile --target aws --yes${of.flags}
      # The merge is the approval. Without --approve, the release waits for "fairlead approve".
      - name: Deploy
        run: ${of.cli} deploy --target aws --approve${of.flags}
`;

/** The repository on GitHub that a folder is a checkout of, as OWNER/REPOSITORY, and its branch that pull requests are for. */
export function githubRepository(directory: string): {
  readonly repository: string | undefined;
  readonly branch: string;
} {
  const git = gitFolder(resolve(directory));
  const read = (path: string) => {
    try {
      return git === undefined ? "" : readFileSync(join(git, path), "utf8");
    } catch {
      // A bare or unusual checkout has other files; then nothing is known.
      return "";
    }
  };
  const url = /^\[remote "origin"\][^[]*?^\s*url\s*=\s*(\S+)/m.exec(read("config"))?.[1];
  const [, repository] = /github\.com[:/]([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(url ?? "") ?? [];
  const branch = /refs\/remotes\/origin\/(\S+)/.exec(read("refs/remotes/origin/HEAD"))?.[1];
  return { repository, branch: branch ?? "main" };
}

/** The nearest `.git` folder, from a folder upwards. */
function gitFolder(directory: string): string | undefined {
  const git = join(directory, ".git");
  if (existsSync(git)) return git;
  return dirname(directory) === directory ? undefined : gitFolder(dirname(directory));
}
