import { TagResourceCommand, UntagResourceCommand } from "@aws-sdk/client-efs";
import type { Aws } from "../aws.ts";
import type { NotYet } from "../call.ts";
import { tagChanges, tagList, type Tags } from "../tags.ts";

export const NO_FILE_SYSTEM = "FileSystemNotFound";

/**
 * A file system can be worked on once it is `available` (EFS API Reference, CreateMountTarget, CreateAccessPoint, PutFileSystemPolicy:
 * IncorrectFileSystemLifeCycleState): ten minutes, as in terraform-provider-aws (internal/service/efs/file_system.go). What was made a
 * moment ago may be unknown for a while to a call that refers to it.
 */
export const NOT_AVAILABLE_YET: readonly NotYet[] = [
  { code: "IncorrectFileSystemLifeCycleState", budget: 600 },
  { code: NO_FILE_SYSTEM, budget: 60 },
];

/** Writes and removes tags so that the file system or the access point bears `desired`. */
export async function changeTags(aws: Aws, ResourceId: string, desired: Tags, observed: Tags = {}): Promise<void> {
  const { write, remove } = tagChanges(desired, observed);
  if (Object.keys(write).length > 0) await aws.efs(new TagResourceCommand({ ResourceId, Tags: tagList(write) }));
  if (remove.length > 0) await aws.efs(new UntagResourceCommand({ ResourceId, TagKeys: remove }));
}
