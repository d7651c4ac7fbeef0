// Loaded into a measured command by the bench: when the command ends, its peak memory is written where the bench reads it.
import { appendFileSync } from "node:fs";

const file = process.env["FAIRLEAD_BENCH_PEAK"];
if (file !== undefined)
  process.on("exit", () => appendFileSync(file, `${Math.round(process.resourceUsage().maxRSS / 1024)}\n`));
