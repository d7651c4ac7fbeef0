// What is too large for the memory lies in files beside the world, each named by its digest and written once.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { FileBytes, ReceivedBytes } from "./bytes.ts";

const KEPT = /^bytes:([0-9a-f]{64})$/;
const ENDING = ".bin";
const INCOMING = "incoming-";

/** What stands for a large content in a record. */
export const isLarge = (kept: string): boolean => KEPT.test(kept);

/** The large contents in a folder, which need not exist yet. */
export class LargeContents {
  readonly #folder: string;
  #incoming = 0;
  /** Those that have come in and may not be in a record yet. */
  readonly #unsettled = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The file of what `kept` stands for. */
  pathOf(kept: string): string {
    return join(this.#folder, `${KEPT.exec(kept)?.[1] ?? ""}${ENDING}`);
  }

  /** What `kept` stands for. Throws where its file is gone. */
  bytes(kept: string): FileBytes {
    const path = this.pathOf(kept);
    return new FileBytes(path, statSync(path).size);
  }

  /**
   * Writes a body as it comes in; it is on disk, whole, once this resolves, and stays until `settle`. Throws what the body throws, and leaves nothing then. Files of processes
   * that died, and those that nothing refers to any more by `isReferred`, go first: only one process at a time changes a world.
   */
  async receive(body: AsyncIterable<Uint8Array>, isReferred: (kept: string) => boolean): Promise<ReceivedBytes> {
    mkdirSync(this.#folder, { recursive: true });
    this.#sweep(isReferred);
    const temporary = join(this.#folder, `${INCOMING}${process.pid}-${this.#incoming++}`);
    const [sha256, md5] = [createHash("sha256"), createHash("md5")];
    let size = 0;
    try {
      const file = await open(temporary, "wx", 0o600);
      try {
        for await (const piece of body) {
          sha256.update(piece);
          md5.update(piece);
          size += piece.length;
          await file.appendFile(piece);
        }
        // The world that names it is written after it, and may be on disk before it otherwise.
        await file.sync();
      } finally {
        await file.close();
      }
      const digest = sha256.digest("hex");
      const kept = `bytes:${digest}`;
      const path = this.pathOf(kept);
      this.#unsettled.add(kept);
      renameSync(temporary, path);
      return new ReceivedBytes(path, size, { digest, md5: md5.digest("hex") });
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  }

  /** Removes what has come in where nothing refers to it after all. */
  settle({ digest, path }: ReceivedBytes, isReferred: (kept: string) => boolean): void {
    this.#unsettled.delete(`bytes:${digest}`);
    if (!isReferred(`bytes:${digest}`)) rmSync(path, { force: true });
  }

  #sweep(isReferred: (kept: string) => boolean): void {
    for (const name of existsSync(this.#folder) ? readdirSync(this.#folder) : []) {
      const isLost = name.startsWith(INCOMING) && !name.startsWith(`${INCOMING}${process.pid}-`);
      const kept = `bytes:${name.slice(0, -ENDING.length)}`;
      const isForgotten = name.endsWith(ENDING) && !this.#unsettled.has(kept) && !isReferred(kept);
      if (isLost || isForgotten) rmSync(join(this.#folder, name), { force: true });
    }
  }
}
