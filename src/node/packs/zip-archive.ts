import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { Reader } from "@zip.js/zip.js";
import { HostError } from "../../base/errors.ts";
import { type Archive, readArchive } from "../../packs/archive/zip-archive.ts";

/**
 * Opens a zip archive (a `.pack`), read where it is wanted; call `close` at the end. Throws what `readArchive` throws, and
 * `HostError` `file-unreadable`.
 */
export async function openArchive(path: string): Promise<Archive> {
  const file = new FileReader(path);
  try {
    const archive = await readArchive(file, path);
    return {
      ...archive,
      close: async () => {
        await archive.close();
        file.close();
      },
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Reads ranges of a file, so that an archive is never in memory as a whole. */
class FileReader extends Reader<string> {
  private readonly descriptor: number;

  constructor(path: string) {
    super(path);
    this.descriptor = opened(path);
    this.size = fstatSync(this.descriptor).size;
  }

  override async readUint8Array(index: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - index)));
    const count = readSync(this.descriptor, bytes, 0, bytes.length, index);
    return bytes.subarray(0, count);
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

/** Throws `file-unreadable` where the system refuses. */
function opened(path: string): number {
  try {
    return openSync(path, "r");
  } catch (cause) {
    throw new HostError("file-unreadable", `${path} can't be read`, { details: { path }, cause });
  }
}
