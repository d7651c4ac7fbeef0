// Counts the orders of the last 24 hours.
import { readdir, readFile } from "node:fs/promises";

const FOLDER = "/data/orders";
const since = Date.now() - 24 * 60 * 60 * 1000;
const files = (await readdir(FOLDER)).filter((file) => file.endsWith(".json"));
const orders = await Promise.all(files.map(async (file) => JSON.parse(await readFile(`${FOLDER}/${file}`, "utf8"))));
const recent = orders.filter(({ at }) => Date.parse(at) >= since);
process.stdout.write(`${recent.length} orders in the last 24 hours, ${orders.length} in all.\n`);
