import { createHash } from "node:crypto";
import { inMemory, type Bytes } from "../bytes.ts";
import { eachPiece, entriesIn, type ZipEntry } from "./zip.ts";

/**
 * The files that a build works with: their texts by their paths. Those of its source stay in their archive until they are read, because a source may be larger
 * than the memory; they are read one at a time and not kept.
 */
export class SourceFiles extends Map<string, string> {
  readonly #archive: Bytes | undefined;
  readonly #archived = new Map<string, ZipEntry>();
  readonly #digests = new Map<string, string>();

  /** The files in the bytes of a ZIP archive, all of which are read once. Throws where they are none, or are damaged. */
  constructor(archive?: Bytes) {
    super();
    this.#archive = archive;
    if (!archive) return;
    for (const entry of entriesIn(archive)) {
      const hash = createHash("sha256");
      eachPiece(archive, entry, (piece) => hash.update(piece));
      this.set(entry.path, "");
      this.#archived.set(entry.path, entry);
      this.#digests.set(entry.path, hash.digest("hex"));
    }
  }

  /** Files that are texts. */
  static of(texts: Readonly<Record<string, string>>): SourceFiles {
    const files = new SourceFiles();
    for (const [path, text] of Object.entries(texts)) files.set(path, text);
    return files;
  }

  /** The same of an archive that is in memory. */
  static in(archive: Buffer): SourceFiles {
    return new SourceFiles(inMemory(archive));
  }

  override get(path: string): string | undefined {
    const entry = this.#archived.get(path);
    if (!this.#archive || !entry) return super.get(path);
    const pieces: Uint8Array[] = [];
    eachPiece(this.#archive, entry, (piece) => pieces.push(Buffer.from(piece)));
    return Buffer.concat(pieces).toString("utf8");
  }

  override set(path: string, text: string): this {
    this.#archived.delete(path);
    this.#digests.delete(path);
    return super.set(path, text);
  }

  /** The SHA-256 of a file's bytes, in hexadecimal digits: those of the source unless a command has rewritten it. */
  sha256(path: string): string {
    return (
      this.#digests.get(path) ??
      createHash("sha256")
        .update(this.get(path) ?? "")
        .digest("hex")
    );
  }
}
