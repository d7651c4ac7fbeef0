/** The languages that an empty folder can start with. */
export const LANGUAGES = ["node", "python", "go"] as const;
export type Language = (typeof LANGUAGES)[number];
