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
import { plain, type Refusal } from "../plain.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { tagList } from "../tagging.ts";
import { TIMING } from "../timing.ts";
import { checkTrust } from "./documents.ts";
import type { SimRole } from "./records.ts";

/** An instance profile, which keeps its role (IAM API Reference, DeleteRole). */
export interface SimInstanceProfile {
  name: string;
  id: string;
  createdAt: number;
  roles: string[];
}

export const instanceProfiles = (sim: Sim) => sim.global<SimInstanceProfile>("iam.instanceProfiles");

const missing = (name: string | undefined): Refusal => [
  "NoSuchEntityException",
  `The role with name ${name} cannot be found.`,
  404,
];

const conflict = (what: string): never =>
  refuse("DeleteConflictException", `Cannot delete entity, must ${what} first.`, 409);

const rows = plain<SimRole, CreateRoleCommandInput>({
  table: "iam.roles",
  isGlobal: true,
  arn: (sim, name, { Path: path = "/" }) => sim.arn("iam", `role${path}${name}`, ""),
  names: {
    rule: /^[\w+=,.@-]{1,64}$/,
    refusal: ["ValidationError", "1 validation error detected: Value at 'roleName' failed to satisfy constraint"],
  },
  check(sim, { Description, AssumeRolePolicyDocument }) {
    checkDescription(Description);
    checkTrust(sim, AssumeRolePolicyDocument);
  },
  made: (sim, { PermissionsBoundary, MaxSessionDuration, ...input }, name) => ({
    name,
    path: input.Path ?? "/",
    id: `AROA${sim.world.hex(17).toUpperCase()}`,
    description: input.Description ?? "",
    trust: input.AssumeRolePolicyDocument ?? "",
    policies: {},
    managedPolicyArns: [],
    ...(PermissionsBoundary === undefined ? {} : { boundary: boundaryOf(PermissionsBoundary) }),
    ...(MaxSessionDuration === undefined ? {} : { sessionSeconds: MaxSessionDuration }),
    createdAt: sim.now,
    trustedAt: sim.now,
    changedAt: sim.now,
  }),
  // Names that differ in case only are the same to IAM.
  sameAs: ({ name }, { RoleName = "" }) => name.toLowerCase() === RoleName.toLowerCase(),
  again: ({ name }) => refuse("EntityAlreadyExistsException", `Role with name ${name} already exists.`, 409),
  missing,
  // GetRole and ListRoles still show deleted roles (IAM user guide, "Troubleshoot IAM", "Changes that I make are not always immediately
  // visible": IAM is eventually consistent). Any change of such a role is rejected.
  lag: { deleted: TIMING.release },
  // IAM User Guide, "Tags for AWS Identity and Access Management resources": keys are not case sensitive and case is kept.
  tags: { code: "InvalidInputException", limitCode: "LimitExceededException", anyCase: true },
  pages: { usual: 100, most: 1_000, code: "ValidationError", sorted: true },
  inUse(sim, { name, managedPolicyArns, policies, policiesUntil = 0 }) {
    if (managedPolicyArns.length > 0) conflict("detach all policies");
    if (Object.keys(policies).length > 0 || policiesUntil > sim.now) conflict("delete policies");
    if (Object.values(instanceProfiles(sim)).some(({ roles: having }) => having.includes(name)))
      conflict("remove roles from instance profile");
  },
});

const roles = rows.records;

/**
 * Keeps a policy that was taken off counting for a moment: DeleteRole answers DeleteConflict (terraform-provider-aws,
 * internal/service/iam/role.go, DeleteRole: asks again for two minutes).
 */
export function policyOff(sim: Sim, role: SimRole): void {
  role.policiesUntil = sim.in(sim.world.random() * TIMING.release);
}

/** The role `name`, or IAM's refusal where there is none. */
export const roleOf = (sim: Sim, name: string | undefined): SimRole =>
  roles(sim)[name ?? ""] ?? refuse(...missing(name));

/** The role `name` to be changed; two changes at once are one too many. */
export function roleToChange(sim: Sim, name: string | undefined): SimRole {
  const role = roleOf(sim, name);
  if (role.changedAt === sim.now)
    refuse("ConcurrentModificationException", `The role ${role.name} is being modified, please retry.`, 409);
  role.changedAt = sim.now;
  return role;
}

/** The role with `arn`, if there is one. */
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
  Tags: tagList(role.tags),
  ...(role.description === "" ? {} : { Description: role.description }),
});

/** All AWS managed policies exist here; the account has no customer managed ones. */
const boundaryOf = (arn = "") =>
  /^arn:[^:]+:iam::aws:policy\/.+/.test(arn)
    ? arn
    : refuse("NoSuchEntityException", `Scope ARN: ${arn} does not exist or is not attachable.`, 404);

function checkDescription(description = "") {
  if (description.length > 1000 || !/^[\t\n\r -~\u00a1-\u00ff]*$/.test(description))
    refuse("ValidationError", "1 validation error detected: Value at 'description' failed to satisfy constraint");
}

export const roleOperations = {
  CreateRole: (input: CreateRoleCommandInput, sim): Answer<CreateRoleCommandOutput> => ({
    Role: answerOf(rows.create(sim, { key: input.RoleName ?? "", tags: input.Tags }, input)),
  }),

  GetRole: (input: GetRoleCommandInput, sim): Answer<GetRoleCommandOutput> => ({
    Role: answerOf(rows.find(sim, input.RoleName)),
  }),

  /** Tags are left out of the list. */
  ListRoles(input: ListRolesCommandInput, sim): Answer<ListRolesCommandOutput> {
    onlyKnown("ListRoles", input, "Marker", "MaxItems");
    const { page, next } = rows.list(sim, { token: input.Marker, size: input.MaxItems });
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
    checkDescription(input.Description);
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

  TagRole: (input: TagRoleCommandInput, sim) => rows.tag(sim, roleToChange(sim, input.RoleName).arn, input.Tags),
  UntagRole: (input: UntagRoleCommandInput, sim) =>
    rows.untag(sim, roleToChange(sim, input.RoleName).arn, input.TagKeys),

  DeleteRole(input: DeleteRoleCommandInput, sim) {
    rows.delete(sim, roleToChange(sim, input.RoleName).name);
    return {};
  },
} satisfies Operations;
