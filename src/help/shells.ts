/** The shells that there is a completion script for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** What a config names, and a shell can complete. */
export const NAMES = ["services", "jobs", "environments", "regions"] as const;
export type Names = (typeof NAMES)[number];
