// A new role is visible in IAM immediately, but other services may reject it for some seconds: their calls are retried, not IAM's. And
// a role cannot be deleted while it has a policy, so policies that were added outside Fairlead are detached as drift.
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListInstanceProfilesForRoleCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from "@aws-sdk/client-iam";
import { equal } from "../../engine/equal.ts";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Seen } from "../../engine/resource-kind.ts";
import type { Aws } from "../aws.ts";
import type { NotYet } from "../call.ts";
import { absent, isDenied } from "../errors.ts";
import { awsCommand } from "../command-line.ts";
import { unlessHeld, type Held, type Obstacle } from "../obstacles.ts";
import { byName } from "../named.ts";
import { namedAfter, ownedAmong } from "../owned.ts";
import { everyPage } from "../pages.ts";
import { canonicalPolicy, parsePolicy, policyText, type PolicyDocument } from "../policy.ts";
import { defineKind } from "../define-kind.ts";
import { tagChanges, tagList, tagsFrom, type Tags } from "../tags.ts";

export interface RoleSpec {
  name: string;
  description: string;
  /** Who may assume the role. */
  trust: PolicyDocument;
  /** Inline policies by name: all policies of the role. */
  policies: Record<string, PolicyDocument>;
  /** Attached managed policies, sorted: all of the role's. */
  managedPolicyArns: string[];
  /** The permissions boundary; empty: none. */
  permissionsBoundary: string;
  /** The maximum session duration. */
  maxSessionSeconds: number;
  tags: Tags;
}

export interface RoleAttrs {
  name: string;
  arn: string;
}

const GONE = "NoSuchEntityException";
/** IAM's default for the maximum session duration, in seconds (IAM API Reference, CreateRole: MaxSessionDuration). */
export const SESSION = 3_600;

/** IAM is eventually consistent: a principal, a role or a change may not have propagated. Terraform's propagationTimeout is two minutes. */
const NOT_YET: readonly NotYet[] = [
  { code: "MalformedPolicyDocumentException", says: "Invalid principal in policy" },
  { code: "ConcurrentModificationException" },
  { code: "EntityTemporarilyUnmodifiableException" },
];
const JUST_MADE: readonly NotYet[] = [...NOT_YET, { code: GONE, says: "role with name", budget: 60 }];

export const Role = defineKind<RoleSpec, RoleAttrs>({
  type: "iam/role",
  fields: {
    name: { immutable: true, unique: true },
    description: {},
    trust: {},
    policies: {},
    managedPolicyArns: {},
    permissionsBoundary: {},
    maxSessionSeconds: {},
    tags: {},
  },
  inventory: { lists: "stateless" },

  canonical: (spec) => ({
    ...spec,
    trust: canonicalPolicy(spec.trust),
    policies: Object.fromEntries(
      Object.entries(spec.policies).map(([name, policy]) => [name, canonicalPolicy(policy)]),
    ),
    managedPolicyArns: [...new Set(spec.managedPolicyArns)].toSorted(),
  }),

  async observe(aws, look) {
    const found = await byName(look, (name) => readOnce(aws, look.snapshot, name));
    const role = found?.Role;
    if (!role?.RoleName) return undefined;
    const RoleName = role.RoleName;
    const [policies, managed] = await Promise.all([inlinePolicies(aws, RoleName), attached(aws, RoleName)]);
    // It was deleted, and GetRole keeps answering for a while (IAM user guide, "Changes that I make are not always immediately visible").
    if (!policies || !managed) return undefined;
    const tags = tagsFrom(role.Tags);
    return {
      id: RoleName,
      attrs: { name: RoleName, arn: role.Arn ?? "" },
      spec: {
        name: RoleName,
        description: role.Description ?? "",
        trust: parsePolicy(role.AssumeRolePolicyDocument ?? "{}"),
        policies,
        managedPolicyArns: managed,
        permissionsBoundary: role.PermissionsBoundary?.PermissionsBoundaryArn ?? "",
        maxSessionSeconds: role.MaxSessionDuration ?? SESSION,
        tags,
      },
      ready: true,
    };
  },

  async list(aws, _ids, snapshot = new Snapshot()) {
    const all = await everyPage(async (Marker) => {
      const page = await aws.iam(new ListRolesCommand({ MaxItems: 1000, Marker }));
      return { items: page.Roles, next: page.Marker };
    });
    // The list does not return tags.
    const tagsOf = async (name: string) => {
      try {
        const found = await readOnce(aws, snapshot, name);
        return found && tagsFrom(found.Role?.Tags);
      } catch (error) {
        // `fairlead policy` allows to read the roles of the stack in this region, which have the region in their names: this one is of another.
        if (isDenied(error) && !namedAfter(`${aws.stack}-${aws.region}`, name)) return undefined;
        throw error;
      }
    };
    const candidates = all.filter(({ RoleName }) => namedAfter(aws.stack, RoleName));
    return ownedAmong(
      aws,
      candidates.map(({ RoleName: id = "" }) => ({ id, tags: () => tagsOf(id) })),
    );
  },

  async create(aws, spec, making) {
    const { Role: role } = await aws.iam(
      new CreateRoleCommand({
        RoleName: spec.name,
        Description: spec.description,
        AssumeRolePolicyDocument: policyText(spec.trust),
        ...(spec.permissionsBoundary === "" ? {} : { PermissionsBoundary: spec.permissionsBoundary }),
        ...(spec.maxSessionSeconds === SESSION ? {} : { MaxSessionDuration: spec.maxSessionSeconds }),
        Tags: tagList(spec.tags),
      }),
      { once: true, notYet: NOT_YET },
    );
    await making.created(spec.name);
    await setPolicies(aws, spec.name, {}, spec, JUST_MADE);
    return { id: spec.name, attrs: { name: spec.name, arn: role?.Arn ?? "" } };
  },

  async update(aws, { id: RoleName, spec: now }, spec) {
    const notYet = NOT_YET;
    if (!equal(now.trust, spec.trust))
      await aws.iam(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: policyText(spec.trust) }), {
        notYet,
      });
    // UpdateRole resets omitted members to their defaults: both are sent.
    if (now.description !== spec.description || now.maxSessionSeconds !== spec.maxSessionSeconds)
      await aws.iam(
        new UpdateRoleCommand({
          RoleName,
          Description: spec.description,
          MaxSessionDuration: spec.maxSessionSeconds,
        }),
        { notYet },
      );
    const PermissionsBoundary = spec.permissionsBoundary;
    if (now.permissionsBoundary !== PermissionsBoundary)
      await (PermissionsBoundary === ""
        ? absent(aws.iam(new DeleteRolePermissionsBoundaryCommand({ RoleName }), { notYet }), GONE)
        : aws.iam(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary }), { notYet }));
    await setPolicies(aws, RoleName, now, spec, notYet);
    const { write, remove } = tagChanges(spec.tags, now.tags ?? {});
    // Remove first, then add: IAM treats `Team` and `team` as one key ("Tags for AWS Identity and Access Management resources", rules), so to
    // removing the old spelling after adding the new one would remove both.
    if (remove.length > 0) await aws.iam(new UntagRoleCommand({ RoleName, TagKeys: remove }), { notYet });
    if (Object.keys(write).length > 0)
      await aws.iam(new TagRoleCommand({ RoleName, Tags: tagList(write) }), { notYet });
  },

  async delete(aws, { id: RoleName, spec }) {
    await setPolicies(aws, RoleName, spec, { policies: {}, managedPolicyArns: [] }, NOT_YET);
    const notYet = [...NOT_YET, ...unlessHeld(aws, heldRole(aws, RoleName), CONFLICT)];
    await absent(aws.iam(new DeleteRoleCommand({ RoleName }), { notYet }), GONE);
  },
});

/** A detached policy may still be counted: two minutes, as in terraform-provider-aws (internal/service/iam/role.go). */
const CONFLICT: readonly NotYet[] = [{ code: "DeleteConflictException", budget: 120 }];

/**
 * What blocks deleting a role (IAM API Reference, DeleteRole): instance profiles that contain it, and policies. A policy that was added in the
 * meantime is removed, like any other undeclared one.
 */
const heldRole = (aws: Aws, RoleName: string): Held => ({
  refusal: `IAM role ${RoleName} cannot be deleted`,
  looks: [
    async () => {
      const profiles = await everyPage(async (Marker) => {
        const page = await absent(aws.iam(new ListInstanceProfilesForRoleCommand({ RoleName, Marker })), GONE);
        return { items: page?.InstanceProfiles, next: page?.Marker };
      });
      return profiles.map(({ InstanceProfileName: name = "" }): Obstacle => {
        const words = ["iam", "remove-role-from-instance-profile", "--instance-profile-name", name];
        return {
          what: `instance profile ${name}`,
          how: "contains it",
          remove: awsCommand([...words, "--role-name", RoleName]),
        };
      });
    },
    async (waited) => {
      if (waited === 0) return [];
      const [policies, managed] = await Promise.all([inlinePolicies(aws, RoleName), attached(aws, RoleName)]);
      const there = { policies: policies ?? {}, managedPolicyArns: managed ?? [] };
      await setPolicies(aws, RoleName, there, { policies: {}, managedPolicyArns: [] }, NOT_YET);
      return [];
    },
  ],
});

const read = (aws: Aws, RoleName: string) => absent(aws.iam(new GetRoleCommand({ RoleName })), GONE);

/** A role with its tags, which no list returns. */
const readOnce = (aws: Aws, snapshot: Snapshot, name: string) =>
  snapshot.once(`iam/role ${name}`, () => read(aws, name));

/** The managed policies of a role, sorted; `undefined` where the role is gone. */
async function attached(aws: Aws, RoleName: string): Promise<string[] | undefined> {
  const listing = everyPage(async (Marker) => {
    const page = await aws.iam(new ListAttachedRolePoliciesCommand({ RoleName, Marker }));
    return { items: page.AttachedPolicies, next: page.Marker };
  });
  return (await absent(listing, GONE))?.map(({ PolicyArn = "" }) => PolicyArn).toSorted();
}

type Policies = Pick<RoleSpec, "policies" | "managedPolicyArns">;

/** The inline policies of a role, `undefined` if it does not exist: IAM lists their names and returns one document per call. */
async function inlinePolicies(aws: Aws, RoleName: string): Promise<Record<string, PolicyDocument> | undefined> {
  const listing = everyPage(async (Marker) => {
    const page = await aws.iam(new ListRolePoliciesCommand({ RoleName, Marker }));
    return { items: page.PolicyNames, next: page.Marker };
  });
  const names = await absent(listing, GONE);
  if (!names) return undefined;
  const policies = await Promise.all(
    names.map(async (PolicyName) => {
      const answer = await absent(aws.iam(new GetRolePolicyCommand({ RoleName, PolicyName })), GONE);
      return [PolicyName, answer?.PolicyDocument] as const;
    }),
  );
  return Object.fromEntries(
    policies.flatMap(([name, text]) => (text === undefined ? [] : [[name, parsePolicy(text)]])),
  );
}

/** Adds missing policies, then removes excess ones, so that permissions that stay are never interrupted. Sequential calls, since IAM
 * rejects concurrent changes to one role. */
async function setPolicies(
  aws: Aws,
  RoleName: string,
  { policies: inline = {}, managedPolicyArns: managed = [] }: Seen<Policies>,
  wanted: Policies,
  notYet: readonly NotYet[],
) {
  for (const [PolicyName, policy] of Object.entries(wanted.policies))
    if (!equal(inline[PolicyName], policy))
      await aws.iam(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: policyText(policy) }), { notYet });
  for (const PolicyArn of wanted.managedPolicyArns)
    if (!managed.includes(PolicyArn)) await aws.iam(new AttachRolePolicyCommand({ RoleName, PolicyArn }), { notYet });
  for (const PolicyName of Object.keys(inline))
    if (!(PolicyName in wanted.policies))
      await absent(aws.iam(new DeleteRolePolicyCommand({ RoleName, PolicyName }), { notYet }), GONE);
  for (const PolicyArn of managed)
    if (!wanted.managedPolicyArns.includes(PolicyArn))
      await absent(aws.iam(new DetachRolePolicyCommand({ RoleName, PolicyArn }), { notYet }), GONE);
}
