import type {
  CreateRoleCommandInput,
  CreateRoleCommandOutput,
  DeleteRoleCommandInput,
  DeleteRolePermissionsBoundaryCommandInput,
  GetRoleCommandInput,
  GetRoleCommandOutput,
  ListRolesCommandInput,
  ListRolesCommandOutput,
  PutRolePermissionsBoundaryCommandInput,
  TagRoleCommandInput,
  UntagRoleCommandInput,
  UpdateAssumeRolePolicyCommandInput,
  UpdateRoleCommandInput,
} from "@aws-sdk/client-iam";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { linger, lingering, type Lingering } from "../lingering.ts";
import { pageOf } from "../pages.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { tagsOfInput, withoutTags, withTags, type SimTags } from "../tagging.ts";
import { TIMING } from "../timing.ts";
import { checkTrust } from "./documents.ts";

/** An instance profile, which keeps its role (IAM API Reference, DeleteRole). */
export interface SimInstanceProfile {
  name: string;
  id: string;
  createdAt: number;
  roles: string[];
}

export const instanceProfiles = (sim: Sim) => sim.global<SimInstanceProfile>("iam.instanceProfiles");

/** A role of the simulated world. */
export interface SimRole {
  name: string;
  path: string;
  id: string;
  arn: string;
  description: string;
  /** Who may assume it, as the text that was given. */
  trust: string;
  /** Inline policies by name, as the texts that were given. */
  policies: Record<string, string>;
  managedPolicyArns: string[];
  /** The policy that bounds what the others allow. */
  boundary?: string;
  /** Seconds that a session may last. */
  sessionSeconds?: number;
  tags: SimTags;
  createdAt: number;
  /** When it last changed whom it trusts. */
  trustedAt: number;
  /** Until when policies that were taken off still count. */
  policiesUntil?: number;
  /** When it was last written to: IAM refuses a second change at the same time. */
  changedAt: number;
}

const roles = (sim: Sim) => sim.global<SimRole>("iam.roles");

/**
 * Deleted roles that GetRole and ListRoles still show (IAM user guide, "Troubleshoot IAM", "Changes that I make are not always immediately
 * visible": IAM is eventually consistent). Any change of such a role is rejected.
 */
const former = (sim: Sim) => sim.global<Lingering<SimRole>>("~iam.roles");

/**
 * Keeps a policy that was taken off counting for a moment: DeleteRole answers DeleteConflict (terraform-provider-aws,
 * internal/service/iam/role.go, DeleteRole: asks again for two minutes).
 */
export function policyOff(sim: Sim, role: SimRole): void {
  role.policiesUntil = sim.in(sim.world.random() * TIMING.release);
}

/** The role `name`, or IAM's refusal where there is none. */
export function roleOf(sim: Sim, name: string | undefined): SimRole {
  const role = roles(sim)[name ?? ""];
  return role ?? refuse("NoSuchEntityException", `The role with name ${name} cannot be found.`, 404);
}

/** The role `name` to be changed; two changes at once are one too many. */
export function roleToChange(sim: Sim, name: string | undefined): SimRole {
  const role = roleOf(sim, name);
  if (role.changedAt === sim.now)
    refuse("ConcurrentModificationException", `The role ${role.name} is being modified, please retry.`, 409);
  role.changedAt = sim.now;
  return role;
}

/** The role with `arn`, if there is one. */
/**
 * IAM User Guide, "Tags for AWS Identity and Access Management resources": keys are not case sensitive and case is kept; a key in another
 * spelling replaces the first, and a call that has both is refused (moto, `DuplicateTags`; the same words are in users' reports).
 */
function roleTags(list: TagRoleCommandInput["Tags"]): SimTags {
  const tags = tagsOfInput(list, "InvalidInputException");
  const keys = Object.keys(tags).map((key) => key.toLowerCase());
  if (new Set(keys).size < keys.length)
    refuse("InvalidInputException", "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
  return tags;
}

/** The keys of `tags` that IAM accepts for one of `keys`. */
const spelledAlike = (tags: SimTags, keys: readonly string[] = []): string[] => {
  const wanted = new Set(keys.map((key) => key.toLowerCase()));
  return Object.keys(tags).filter((key) => wanted.has(key.toLowerCase()));
};

export const roleByArn = (sim: Sim, arn: string | undefined): SimRole | undefined =>
  Object.values(roles(sim)).find((candidate) => candidate.arn === arn);

/** IAM hands documents out URL-encoded by RFC 3986. */
export const encoded = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

const answerOf = (role: SimRole) => ({
  Path: role.path,
  RoleName: role.name,
  RoleId: role.id,
  Arn: role.arn,
  CreateDate: new Date(role.createdAt),
  AssumeRolePolicyDocument: encoded(role.trust),
  MaxSessionDuration: role.sessionSeconds ?? 3600,
  ...(role.boundary === undefined
    ? {}
    : {
        PermissionsBoundary: {
          PermissionsBoundaryType: "PermissionsBoundaryPolicy" as const,
          PermissionsBoundaryArn: role.boundary,
        },
      }),
  Tags: Object.entries(role.tags).map(([Key, Value]) => ({ Key, Value })),
  ...(role.description === "" ? {} : { Description: role.description }),
});

/** All AWS managed policies exist here; the account has no customer managed ones. */
const boundaryOf = (arn = "") =>
  /^arn:[^:]+:iam::aws:policy\/.+/.test(arn)
    ? arn
    : refuse("NoSuchEntityException", `Scope ARN: ${arn} does not exist or is not attachable.`, 404);

function checkDescription(description: string) {
  if (description.length > 1000 || !/^[\t\n\r -~\u00a1-\u00ff]*$/.test(description))
    refuse("ValidationError", "1 validation error detected: Value at 'description' failed to satisfy constraint");
}

export const roleOperations = {
  CreateRole(input: CreateRoleCommandInput, sim): Answer<CreateRoleCommandOutput> {
    const name = input.RoleName ?? "";
    if (!/^[\w+=,.@-]{1,64}$/.test(name))
      refuse("ValidationError", "1 validation error detected: Value at 'roleName' failed to satisfy constraint");
    checkDescription(input.Description ?? "");
    // Names that differ in case only are the same to IAM.
    if (Object.keys(roles(sim)).some((existing) => existing.toLowerCase() === name.toLowerCase()))
      refuse("EntityAlreadyExistsException", `Role with name ${name} already exists.`, 409);
    checkTrust(sim, input.AssumeRolePolicyDocument);
    const path = input.Path ?? "/";
    const role: SimRole = {
      name,
      path,
      id: `AROA${sim.world.hex(17).toUpperCase()}`,
      arn: sim.arn("iam", `role${path}${name}`, ""),
      description: input.Description ?? "",
      trust: input.AssumeRolePolicyDocument ?? "",
      policies: {},
      managedPolicyArns: [],
      ...(input.PermissionsBoundary === undefined ? {} : { boundary: boundaryOf(input.PermissionsBoundary) }),
      ...(input.MaxSessionDuration === undefined ? {} : { sessionSeconds: input.MaxSessionDuration }),
      tags: withTags({}, roleTags(input.Tags)),
      createdAt: sim.now,
      trustedAt: sim.now,
      changedAt: sim.now,
    };
    roles(sim)[name] = role;
    return { Role: answerOf(role) };
  },

  GetRole: (input: GetRoleCommandInput, sim): Answer<GetRoleCommandOutput> => ({
    Role: answerOf(
      roles(sim)[input.RoleName ?? ""] ??
        lingering(sim, former(sim))[input.RoleName ?? ""] ??
        roleOf(sim, input.RoleName),
    ),
  }),

  /** Tags are left out of the list. */
  ListRoles(input: ListRolesCommandInput, sim): Answer<ListRolesCommandOutput> {
    onlyKnown("ListRoles", input, "Marker", "MaxItems");
    const all = Object.values({ ...lingering(sim, former(sim)), ...roles(sim) }).toSorted((a, b) =>
      a.name < b.name ? -1 : 1,
    );
    const asked = { token: input.Marker, size: input.MaxItems };
    const { page, next } = pageOf(all, asked, { usual: 100, most: 1_000, code: "ValidationError" });
    return {
      Roles: page.map((role) => ({ ...answerOf(role), Tags: undefined })),
      IsTruncated: next !== undefined,
      Marker: next,
    };
  },

  UpdateAssumeRolePolicy(input: UpdateAssumeRolePolicyCommandInput, sim) {
    const role = roleToChange(sim, input.RoleName);
    checkTrust(sim, input.PolicyDocument);
    role.trust = input.PolicyDocument ?? "";
    role.trustedAt = sim.now;
    return {};
  },

  /** What is not said goes back to its default (IAM API Reference, UpdateRole: "If you do not specify a value, the default is one hour"). */
  UpdateRole(input: UpdateRoleCommandInput, sim) {
    const role = roleToChange(sim, input.RoleName);
    checkDescription(input.Description ?? "");
    role.description = input.Description ?? "";
    role.sessionSeconds = input.MaxSessionDuration ?? 3_600;
    return {};
  },

  PutRolePermissionsBoundary(input: PutRolePermissionsBoundaryCommandInput, sim) {
    const role = roleToChange(sim, input.RoleName);
    role.boundary = boundaryOf(input.PermissionsBoundary);
    return {};
  },

  DeleteRolePermissionsBoundary(input: DeleteRolePermissionsBoundaryCommandInput, sim) {
    const role = roleToChange(sim, input.RoleName);
    if (role.boundary === undefined)
      refuse("NoSuchEntityException", `The role with name ${role.name} has no permissions boundary.`, 404);
    delete role.boundary;
    return {};
  },

  TagRole(input: TagRoleCommandInput, sim) {
    const role = roleToChange(sim, input.RoleName);
    const more = roleTags(input.Tags);
    role.tags = withTags(withoutTags(role.tags, spelledAlike(role.tags, Object.keys(more))), more);
    return {};
  },

  UntagRole(input: UntagRoleCommandInput, sim) {
    const role = roleToChange(sim, input.RoleName);
    role.tags = withoutTags(role.tags, spelledAlike(role.tags, input.TagKeys));
    return {};
  },

  DeleteRole(input: DeleteRoleCommandInput, sim) {
    const role = roleToChange(sim, input.RoleName);
    if (role.managedPolicyArns.length > 0)
      refuse("DeleteConflictException", "Cannot delete entity, must detach all policies first.", 409);
    if (Object.keys(role.policies).length > 0 || (role.policiesUntil ?? 0) > sim.now)
      refuse("DeleteConflictException", "Cannot delete entity, must delete policies first.", 409);
    if (Object.values(instanceProfiles(sim)).some(({ roles: having }) => having.includes(role.name)))
      refuse("DeleteConflictException", "Cannot delete entity, must remove roles from instance profile first.", 409);
    linger(sim, former(sim), role.name, role, TIMING.release);
    delete roles(sim)[role.name];
    return {};
  },
} satisfies Operations;
