import { EXIT } from "../cli/exit.ts";

/** A variable of the environment, and what it does here. */
export interface Variable {
  readonly names: readonly string[];
  readonly what: string;
  /** Who reads it: this program, or the AWS SDK that it is built with. */
  readonly by: "fairlead" | "sdk";
}

/** All variables that change what a command does. A test compares those of this program with what its sources read. */
export const ENVIRONMENT: readonly Variable[] = [
  {
    names: ["FAIRLEAD_DEBUG"],
    what: "If set, an unexpected error is printed with its stack trace.",
    by: "fairlead",
  },
  {
    names: ["NO_COLOR"],
    what: "If set to anything but the empty string, nothing is printed in colour (no-color.org).",
    by: "fairlead",
  },
  {
    names: ["FORCE_COLOR"],
    what: "If set, colours are printed to files and pipes too; with `0` or `false`, nowhere (force-color.org). `NO_COLOR` comes first.",
    by: "fairlead",
  },
  {
    names: ["TERM"],
    what: "With `dumb`, there are no colours, and no line is drawn over.",
    by: "fairlead",
  },
  {
    names: ["CI"],
    what: "If set, nothing is asked and no line is drawn over, also on a terminal.",
    by: "fairlead",
  },
  {
    names: ["AWS_REGION"],
    what: "The region of a stack whose config has none, with `--target aws`; `init` writes it into the config.",
    by: "fairlead",
  },
  {
    names: ["AWS_ENDPOINT_URL"],
    what: "An endpoint that receives all calls instead of AWS's own, with `--target aws`. What runs there is named in each headline.",
    by: "fairlead",
  },
  {
    names: ["AWS_PROFILE"],
    what: "The profile whose credentials and region are used.",
    by: "sdk",
  },
  {
    names: ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"],
    what: "Credentials; they come before those of a profile unless `AWS_PROFILE` is set.",
    by: "sdk",
  },
  {
    names: ["AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"],
    what: "A role that is assumed with a token of OpenID Connect, as on EKS and by CI services.",
    by: "sdk",
  },
  {
    names: ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"],
    what: "Other places for `~/.aws/config` and `~/.aws/credentials`.",
    by: "sdk",
  },
];

/** Variables that the sources read and that no user sets for this program. */
export const INTERNAL: readonly string[] = [
  // npm sets it, and `paste` reads it to print commands that begin as this one did.
  "npm_lifecycle_script",
  // Set by the single-file build, for the commands that it prints.
  "FAIRLEAD_PROGRAM",
  // Set by bin/fairlead.mjs for the SDK.
  "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED",
  // Left out of the environment of git, so that it asks about the folder that is released.
  "GIT_DIR",
  "GIT_WORK_TREE",
  "GIT_INDEX_FILE",
];

const MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  done: "success",
  failed: "failed or only partly done; the next run continues from there",
  usage: "invalid flag or config; no changes were made",
  changes: "`plan --check` found changes",
  locked: "another run holds the lock",
};

/** What each exit code says. */
export const EXITS: readonly (readonly [code: string, what: string])[] = [
  ...Object.entries(EXIT).map(([name, code]) => [String(code), MEANINGS[name as keyof typeof EXIT]] as const),
  ["130", "stopped at once by a second Ctrl-C"],
];

/** The exit codes that are not ours. */
export const CONTAINER_EXITS =
  "`task` and `job run` end with the exit code of the container, or with 1 if it never started.";
