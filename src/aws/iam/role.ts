// A new role is visible in IAM immediately, but other services may reject it for some seconds: their calls are retried, not IAM's. And
// a role cannot be deleted while it has a policy, so policies that were added outside Fairlead are detached as drift.
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  GetRoleCommand,
  ListInstanceProfilesForRoleCommand,
  ListRolesCommand,
  PutRolePermissionsBoundaryCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from "@aws-sdk/client-iam";
import { equal } from "../../engine/equal.ts";
import { Snapshot } from "../../engine/snapshot.ts";
import { ahead } from "../ahead.ts";
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
import { policiesOf, setPolicies, type RolePolicies } from "./role-policies.ts";
import { tagChanges, tagList, tagsFrom, type Tags } from "../tags.ts";

export interface RoleSpec extends RolePolicies {
  name: string;
  description: string;
  /** Who may assume the role. */
  trust: PolicyDocument;
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
  traits: { markedAtOnce: true },
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
    const { policies = {}, managedPolicyArns = [] } = look.spec;
    const likely = look.expected ? Object.keys(policies) : [];
    // Its delete looks for others than the recorded ones if it is refused.
    const policiesIn = look.toDelete
      ? async () => ({ policies, managedPolicyArns })
      : ahead(look, look.knownId, (name) => policiesOf(aws, name, likely));
    const found = await byName(look, (name) => readOnce(aws, look.snapshot, name));
    const role = found?.Role;
    if (!role?.RoleName) return undefined;
    const RoleName = role.RoleName;
    const attached = await policiesIn(RoleName);
    // It was deleted, and GetRole keeps answering for a while (IAM user guide, "Changes that I make are not always immediately visible").
    if (!attached) return undefined;
    const tags = tagsFrom(role.Tags);
    return {
      id: RoleName,
      attrs: { name: RoleName, arn: role.Arn ?? "" },
      spec: {
        name: RoleName,
        description: role.Description ?? "",
        trust: parsePolicy(role.AssumeRolePolicyDocument ?? "{}"),
        ...attached,
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
      const there = (await policiesOf(aws, RoleName)) ?? { policies: {}, managedPolicyArns: [] };
      await setPolicies(aws, RoleName, there, { policies: {}, managedPolicyArns: [] }, NOT_YET);
      return [];
    },
  ],
});

const read = (aws: Aws, RoleName: string) => absent(aws.iam(new GetRoleCommand({ RoleName })), GONE);

/** A role with its tags, which no list returns. */
const readOnce = (aws: Aws, snapshot: Snapshot, name: string) =>
  snapshot.once(`iam/role ${name}`, () => read(aws, name));
