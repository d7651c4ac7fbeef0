import type {
  AddRoleToInstanceProfileCommandInput,
  CreateInstanceProfileCommandInput,
  CreateInstanceProfileCommandOutput,
  ListInstanceProfilesForRoleCommandInput,
  ListInstanceProfilesForRoleCommandOutput,
} from "@aws-sdk/client-iam";
import { refuse } from "../errors.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { instanceProfiles, roleOf, type SimInstanceProfile } from "./roles.ts";

const answerOf = (sim: Sim, { name, id, createdAt }: SimInstanceProfile) => ({
  Path: "/",
  InstanceProfileName: name,
  InstanceProfileId: id,
  Arn: sim.arn("iam", `instance-profile/${name}`, ""),
  CreateDate: new Date(createdAt),
  Roles: [],
});

const profileOf = (sim: Sim, name = ""): SimInstanceProfile =>
  instanceProfiles(sim)[name] ?? refuse("NoSuchEntityException", `Instance Profile ${name} cannot be found.`, 404);

/** Instance profiles of others, as far as they keep a role. */
export const profileOperations = {
  CreateInstanceProfile(input: CreateInstanceProfileCommandInput, sim): Answer<CreateInstanceProfileCommandOutput> {
    const name = input.InstanceProfileName ?? "";
    if (name in instanceProfiles(sim))
      refuse("EntityAlreadyExistsException", `Instance Profile ${name} already exists.`, 409);
    const made = { name, id: `AIPA${sim.world.hex(17).toUpperCase()}`, createdAt: sim.now, roles: [] };
    instanceProfiles(sim)[name] = made;
    return { InstanceProfile: answerOf(sim, made) };
  },

  AddRoleToInstanceProfile(input: AddRoleToInstanceProfileCommandInput, sim) {
    const profile = profileOf(sim, input.InstanceProfileName);
    if (profile.roles.length > 0)
      refuse("LimitExceededException", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1", 409);
    profile.roles.push(roleOf(sim, input.RoleName).name);
    return {};
  },

  RemoveRoleFromInstanceProfile(input: AddRoleToInstanceProfileCommandInput, sim) {
    const profile = profileOf(sim, input.InstanceProfileName);
    profile.roles = profile.roles.filter((name) => name !== input.RoleName);
    return {};
  },

  ListInstanceProfilesForRole(
    input: ListInstanceProfilesForRoleCommandInput,
    sim,
  ): Answer<ListInstanceProfilesForRoleCommandOutput> {
    const { name } = roleOf(sim, input.RoleName);
    const having = Object.values(instanceProfiles(sim)).filter(({ roles }) => roles.includes(name));
    return { InstanceProfiles: having.map((profile) => answerOf(sim, profile)), IsTruncated: false };
  },
} satisfies Operations;
