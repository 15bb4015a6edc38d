import { codeOf } from "../../../base/errors.ts";
import { PackError } from "../../../packs/pack-error.ts";
import { lockFile } from "../../boards/lock-file.ts";

/**
 * Takes a lock of the store for this process; the returned function gives it back. Throws `pack-store-busy` where another
 * process has it, and `file-unwritable`.
 */
export function lockStore(path: string): () => void {
  try {
    return lockFile(path);
  } catch (cause) {
    if (codeOf(cause) !== "twin-in-use") throw cause;
    throw new PackError("pack-store-busy", "Another process is changing the packs", { cause });
  }
}
