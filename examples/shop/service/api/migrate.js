// Brings the volume to the layout that this version of the shop uses. Steps that were done are not repeated.
import { mkdir, readFile, writeFile } from "node:fs/promises";

export const ORDERS = "/data/orders";
const VERSION = "/data/version";

const steps = [() => mkdir(ORDERS, { recursive: true })];

if (process.argv[1] === import.meta.filename) {
  const done = Number(await readFile(VERSION, "utf8").catch(() => "0"));
  for (const [index, step] of steps.entries()) {
    if (index < done) continue;
    await step();
    await writeFile(VERSION, String(index + 1));
  }
  process.stdout.write(`The volume has layout ${steps.length}.\n`);
}
