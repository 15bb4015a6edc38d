import { ERRNO, SemihostingFailure } from "./failure.ts";
import type { HostConsole, HostFile } from "./host.ts";

/** What stands behind a handle: a file with its place, bytes that are known here, or a standard stream. */
export type Handle =
  | { readonly kind: "file"; readonly file: HostFile; readonly appends: boolean; readonly access: Access; at: number }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array; at: number }
  | { readonly kind: "console"; readonly console: HostConsole; readonly stream: "in" | "out" | "err" };

/** What a file was opened for. */
export type Access = "read" | "write" | "both";

/** More open files than any firmware needs. */
const MOST_HANDLES = 64;

/** The handles that a firmware has open; 0 is none. */
export class Handles {
  private readonly open = new Map<number, Handle>();

  /** A new handle, the lowest that is free. Throws `SemihostingFailure` EMFILE. */
  add(handle: Handle): number {
    for (let number = 1; number <= MOST_HANDLES; number++)
      if (!this.open.has(number)) {
        this.open.set(number, handle);
        return number;
      }
    throw new SemihostingFailure(ERRNO.EMFILE, `more than ${MOST_HANDLES} files are open`);
  }

  /** Throws `SemihostingFailure` EMFILE where none is free. */
  checkFree(): void {
    if (this.open.size >= MOST_HANDLES)
      throw new SemihostingFailure(ERRNO.EMFILE, `more than ${MOST_HANDLES} files are open`);
  }

  /** Throws `SemihostingFailure` EBADF. */
  get(number: number): Handle {
    const handle = this.open.get(number);
    if (!handle) throw new SemihostingFailure(ERRNO.EBADF, `handle ${number} is not open`);
    return handle;
  }

  /** Throws `SemihostingFailure` EBADF. */
  async close(number: number): Promise<void> {
    const handle = this.get(number);
    this.open.delete(number);
    if (handle.kind === "file") await handle.file.close();
  }

  /** Closes all that are open now; what fails is left. */
  async closeAll(): Promise<void> {
    const handles = [...this.open.values()];
    this.open.clear();
    for (const handle of handles) if (handle.kind === "file") await handle.file.close().catch(() => {});
  }
}
