import { build } from "esbuild";

/** The script of the console's pages, as one text. */
export async function clientScript(root) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ["src/page/client/main.ts"],
    bundle: true,
    platform: "browser",
    // What has `:has()`, which the style needs.
    target: ["chrome111", "firefox121", "safari16.4"],
    format: "iife",
    minify: true,
    charset: "ascii",
    write: false,
    logLevel: "warning",
  });
  return outputFiles[0].text;
}
