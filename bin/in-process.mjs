// What dist/index.js and dist/index.cjs load with the first command that a program runs: the code of the command line, from its chunks.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runChunks } from "./chunks.mjs";

const folder = fileURLToPath(new URL("../dist/cli", import.meta.url));
const { main } = JSON.parse(readFileSync(`${folder}.json`, "utf8"));
const { exported } = runChunks({ folder, main, textOf: (name) => readFileSync(`${folder}/${name}`, "latin1") });

export const { runInProcess } = exported;
