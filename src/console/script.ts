/** The script of the pages as the build has made it of src/page/client. Only in the build, which puts its text here. */
declare const CONSOLE_SCRIPT: string | undefined;

/** The script of the pages; empty where this runs from the sources, and pages then work as without a script. */
export const consoleScript = (): string => (typeof CONSOLE_SCRIPT === "undefined" ? "" : CONSOLE_SCRIPT);
