// The role that GitHub's workflows assume with OpenID Connect (GitHub docs, "Configuring OpenID Connect in Amazon Web Services"): no keys are
// stored, and AWS checks of every token which repository, branch or environment it was issued for.
import type { Answer } from "./answers/answer.ts";
import { quoted } from "../aws/command-line.ts";
import type { PolicyDocument, Purpose } from "../aws/permissions/policy.ts";
import { prefixOf } from "../aws/owner.ts";
import { UsageError } from "./exit.ts";
import type { Holder } from "./policy-request.ts";

/** Which workflows may assume the role. */
interface Workflows {
  readonly branch: string | undefined;
  readonly environment: string | undefined;
  /** The repository's numeric id. */
  readonly repositoryId: string | undefined;
}

/** A role, as documents and as commands that create it. */
export interface CiRole {
  readonly json: Answer<"role">;
  readonly text: string;
}

const ISSUER = "token.actions.githubusercontent.com";

/** Prepares the role for a repository; throws `UsageError` where it is not clear who may assume it. */
export function githubRole(repository: string | undefined, { branch, environment, repositoryId }: Workflows) {
  const [, owner, name] = /^([A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)\/([\w.-]{1,100})$/.exec(repository ?? "") ?? [];
  if (owner === undefined || name === undefined)
    throw new UsageError(
      `${repository === undefined ? "The repository is missing" : `${repository} is no repository on GitHub`}; allowed: OWNER/REPOSITORY, as in policy --role github octo-org/shop. Nothing was printed.`,
    );
  if (branch !== undefined && environment !== undefined)
    throw new UsageError(
      "--branch and --environment exclude each other: a token names the environment of its job if it has one, and otherwise the branch. Nothing was printed.",
    );
  // `*` and `?` would let other branches in.
  for (const [flag, value] of [
    ["--branch", branch],
    ["--environment", environment],
  ] as const)
    if (value !== undefined && !/^[^\s*?:]{1,255}$/.test(value))
      throw new UsageError(`${flag} ${value} is not one name without spaces, colons, * and ?. Nothing was printed.`);
  if (repositoryId !== undefined && !/^\d+$/.test(repositoryId))
    throw new UsageError(
      `--repository-id ${repositoryId} is not a number. To find it: gh api repos/${owner}/${name} --jq .id. Nothing was printed.`,
    );
  const what = environment === undefined ? `ref:refs/heads/${branch ?? "main"}` : `environment:${environment}`;
  return (
    stack: { readonly name: string; readonly environment: string; readonly region: string },
    holder: Holder,
    policies: readonly PolicyDocument[],
    purpose: Purpose,
  ): CiRole => {
    const trust = trustOf(holder, owner, name, what, repositoryId);
    const role = githubRoleName(stack, purpose);
    return { json: { role, trust, policies }, text: commands(role, trust, policies, holder, stack.region) };
  };
}

/** The name of the role for a stack, as long as IAM allows. */
export const githubRoleName = (
  stack: { readonly name: string; readonly environment: string; readonly region: string },
  purpose: Purpose,
): string => `${prefixOf(stack)}-${stack.region}-github${purpose === "everything" ? "" : `-${purpose}`}`.slice(-64);

/** Who may assume the role: workflows of the repository, for AWS, on this branch or in this environment. */
function trustOf({ account, partition }: Holder, owner: string, name: string, what: string, id: string | undefined) {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "GitHub",
        Effect: "Allow",
        Principal: { Federated: `arn:${partition}:iam::${account}:oidc-provider/${ISSUER}` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            [`${ISSUER}:aud`]: "sts.amazonaws.com",
            ...(id !== undefined && { [`${ISSUER}:repository_id`]: id }),
          },
          // Subjects of repositories that were created from mid-2026 on have the ids of owner and repository in them (GitHub changelog,
          // 2026-04-23); names of owners and repositories have no @.
          StringLike: {
            [`${ISSUER}:sub`]: [`repo:${owner}/${name}:${what}`, `repo:${owner}@*/${name}@${id ?? "*"}:${what}`],
          },
        },
      },
    ],
  };
}

/**
 * The commands that create the role. An account has one provider for GitHub, which all repositories share: its create is refused if there
 * is one (IAM API Reference, CreateOpenIDConnectProvider: EntityAlreadyExists), and no command deletes it.
 */
function commands(
  role: string,
  trust: object,
  policies: readonly PolicyDocument[],
  { account, partition }: Holder,
  region: string,
): string {
  const json = (value: object) => quoted(JSON.stringify(value));
  const made = policies.flatMap((document, index) => {
    const name = `${role}-${index + 1}`;
    return [
      `aws iam create-policy --policy-name ${name} --policy-document ${json(document)}`,
      `aws iam attach-role-policy --role-name ${role} --policy-arn arn:${partition}:iam::${account}:policy/${name}`,
    ];
  });
  return [
    `# GitHub as an identity provider, once per account. If it exists (EntityAlreadyExists), use it: others do too.`,
    `aws iam create-open-id-connect-provider --url https://${ISSUER} --client-id-list sts.amazonaws.com`,
    "",
    "# The role, and what it may do.",
    `aws iam create-role --role-name ${role} --assume-role-policy-document ${json(trust)}`,
    ...made,
    "",
    "# In the workflow:",
    "#   permissions: { id-token: write, contents: read }",
    "#   steps:",
    "#     - uses: aws-actions/configure-aws-credentials@v4",
    `#       with: { role-to-assume: "arn:${partition}:iam::${account}:role/${role}", aws-region: ${region} }`,
  ].join("\n");
}
