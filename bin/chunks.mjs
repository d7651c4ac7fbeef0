// Loads the CLI from the chunks that scripts/build/chunks.mjs writes.
import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Script } from "node:vm";

/**
 * Runs the first chunk and answers what it exports; the others run when something of theirs is first used. What Node compiled of each is kept
 * in `compiled/` beside them, which makes the next start faster by a fifth of a second.
 */
export function loadChunks(folder, command) {
  const { main } = JSON.parse(readFileSync(`${folder}.json`, "utf8"));
  const compiled = `${folder}/compiled/${process.version}`;
  const { exported, scripts } = runChunks({
    folder,
    main,
    // As Latin-1, a file of this size stays outside of the heap, where it is neither decoded nor collected.
    textOf: (name) => readFileSync(`${folder}/${name}`, "latin1"),
    compiledOf: (name) => contentOf(`${compiled}/${name}`),
  });
  process.on("exit", (code) => {
    if (code === 0) keepCompiled(compiled, `${main}.commands`, command, scripts);
  });
  return exported;
}

/**
 * Runs the chunk `main`, whose text is had from `textOf` like that of the others, and answers what it exports and the scripts that have run
 * so far. `folder` is where stack traces say that they are, and need not exist.
 */
export function runChunks({ folder, main, textOf, compiledOf = () => undefined }) {
  const require = createRequire(`${folder}/${main}`);
  const running = new Map();
  const scripts = new Map();

  function run(name) {
    const known = running.get(name);
    if (known) return known.exports;
    const filename = `${folder}/${name}`;
    const cachedData = compiledOf(name);
    const script = new Script(textOf(name), { filename, ...(cachedData ? { cachedData } : {}) });
    scripts.set(name, script);
    const module = { exports: {} };
    running.set(name, module);
    script.runInThisContext()(module.exports, require, module, filename, folder, chunkOf, importOf);
    return module.exports;
  }

  /** Stands for what a chunk exports, and runs it when the first export is asked for. */
  const chunkOf = (name) =>
    new Proxy(
      {},
      {
        get: (_, key) => run(name)[key],
        has: (_, key) => key in run(name),
        ownKeys: () => Reflect.ownKeys(run(name)),
        getOwnPropertyDescriptor: (_, key) => ({
          ...Reflect.getOwnPropertyDescriptor(run(name), key),
          configurable: true,
        }),
      },
    );

  return { exported: run(main), scripts };
}

const importOf = (id) => import(id);

const contentOf = (path) => {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
};

/**
 * Keeps what a command has compiled, now that it is over: the first time that this build runs it, since each command uses other functions,
 * and where a chunk had nothing that this Node takes. Where the folder cannot be written to, nothing is lost.
 */
function keepCompiled(folder, list, command, scripts) {
  const isSeen = contentOf(`${folder}/${list}`)?.toString().split("\n").includes(command) ?? false;
  if (isSeen && Array.from(scripts.values()).every(({ cachedDataRejected }) => cachedDataRejected === false)) return;
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, script] of scripts) {
      writeFileSync(`${folder}/${name}.${process.pid}`, script.createCachedData());
      renameSync(`${folder}/${name}.${process.pid}`, `${folder}/${name}`);
    }
    if (!isSeen) appendFileSync(`${folder}/${list}`, `${command}\n`);
  } catch {
    // The next start takes as long as this one.
  }
}
