import { readFile } from "node:fs/promises";

/**
 * The SDK's schemas name the traits of their members by constants, `{ [_xN]: _item }`. A computed key may have side effects, so esbuild would keep
 * every schema of a service instead of those of the operations that are called: half a megabyte for EC2.
 */
const plainKeys = {
  name: "plain-keys",
  setup: (bundling) =>
    bundling.onLoad({ filter: /@aws-sdk[\\/].*[\\/]schemas_\d+\.js$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const names = new Map(
        [...text.matchAll(/^const (\w+) = ("[^"\n]*");$/gm)].map(([, name, value]) => [name, value]),
      );
      return { contents: text.replaceAll(/\[(\w+)\](?=: )/g, (key, name) => names.get(name) ?? key) };
    }),
};

/** What every build has in common. */
export const common = (root) => ({
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20",
  minify: true,
  // The SDK's ESM is smaller and starts faster than its CommonJS.
  mainFields: ["module", "main"],
  plugins: [plainKeys],
  logLevel: "warning",
});
