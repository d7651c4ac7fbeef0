import { common } from "./common.mjs";

/** The command line stays in its chunks, which bin/in-process.mjs loads when a program runs a command: a config needs none of it. */
const commandsInChunks = {
  name: "commands-in-chunks",
  setup: (bundling) =>
    bundling.onResolve({ filter: /^\.\/cli\/in-process\.ts$/ }, () => ({
      path: "../bin/in-process.mjs",
      external: true,
    })),
};

/** The builds of the modules that programs import. */
export const modules = (root) => {
  const base = common(root);
  return { ...base, plugins: [commandsInChunks, ...base.plugins], entryPoints: ["src/index.ts", "src/testing.ts"] };
};
