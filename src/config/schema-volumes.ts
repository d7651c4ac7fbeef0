import { closed, field, flag, named, needed, optional, text, whole } from "./fields.ts";

/* The settings of the volumes of a service. */

/** A label of a DNS name (RFC 1123), short enough for the names that are made of it. */
export const label = () =>
  text(
    /^[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?$/,
    "at most 20 lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen",
  );

/** POSIX ids as EFS access points take them (Amazon EFS API Reference, PosixUser). */
const posixId = () => whole(0, 4_294_967_295);

export const volume = named(
  "VolumeConfig",
  "A directory of the stack's EFS file system that outlives tasks; all tasks of the service share it.",
  closed({
    path: needed(
      text(/^\/[\w\-./]{0,254}$/, "an absolute path of at most 255 characters"),
      "Where the volume is mounted.",
    ),
    of: optional(
      label(),
      "the service's own volume",
      "Another service whose volume of the same name this service mounts too.",
    ),
    readOnly: field(flag(), false, "Mount the volume read-only, and give the task role no write permission."),
    uid: optional(
      posixId(),
      "`container.user` if it is a number",
      "Numeric id of the user that owns the volume's files and accesses them, whatever user the container runs as.",
    ),
    gid: optional(
      posixId(),
      "the group of `container.user`, or else as `uid`",
      "Numeric id of the group that owns the volume's files.",
    ),
  }),
);
