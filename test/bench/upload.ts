// A large source: what it takes to pack and to upload it.
import { randomFillSync } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startMoto } from "../acceptance/world.ts";
import { command } from "../support/command.ts";
import { project } from "../support/project.ts";
import { measure, PEAK } from "./measure.ts";

const SERVICE = fileURLToPath(new URL("../../service", import.meta.url));
const FILE_BYTES = 10_000_000;

/** Deploys a source with so many bytes that do not compress, on the wire: seconds until it is uploaded, and the peak memory in MiB. */
export async function largeUpload(bytes: number): Promise<{ wall: number; memory: number }> {
  const moto = await startMoto({ judged: false });
  const stack = project();
  const file = join(tmpdir(), `fairlead-bench-upload-${process.pid}`);
  try {
    const folder = join(stack.directory, "service");
    cpSync(SERVICE, folder, { recursive: true, filter: (from) => !/node_modules/.test(from) });
    mkdirSync(join(folder, "data"));
    const content = Buffer.alloc(FILE_BYTES);
    for (let number = 0; number < bytes / FILE_BYTES; number++)
      writeFileSync(join(folder, "data", `${number}.bin`), randomFillSync(content));
    await measure(stack.directory, ["reconcile", "--target", "aws", "--yes"], moto.env);
    // Moto starts no execution for an upload: the command ends with that, once it has uploaded.
    const ended = await command(stack.directory, ["deploy", "--target", "aws", "--detach"], {
      ...moto.env,
      NODE_OPTIONS: `--import=${PEAK}`,
      FAIRLEAD_BENCH_PEAK: file,
    });
    if (!ended.stdout.includes("\nUploaded ")) throw new Error(`Nothing was uploaded: ${ended.stdout}${ended.stderr}`);
    return { wall: ended.ms / 1000, memory: Math.max(...readFileSync(file, "utf8").trim().split("\n").map(Number)) };
  } finally {
    rmSync(file, { force: true });
    moto.stop();
    stack.remove();
  }
}
