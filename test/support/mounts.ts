import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** File systems of a process of ours with mounts of its own, seen through its root in /proc. */
export interface OwnMounts {
  /** Of the given size, and empty. */
  readonly full: string;
  readonly readOnly: string;
  end(): void;
}

/** Mounts a small and a read-only file system where no other process sees them; undefined where that is not allowed. */
export async function ownMounts(kilobytes = 8): Promise<OwnMounts | undefined> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return undefined;
  const at = mkdtempSync(join(tmpdir(), "flashproof-mounts-"));
  const script = `mkdir full read-only && mount -t tmpfs -o size=${kilobytes}k tmpfs full && mount -t tmpfs -o ro tmpfs read-only && echo ready && read end`;
  const child = spawn("unshare", ["--mount", "--propagation", "private", "sh", "-c", script], {
    cwd: at,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const isReady = await new Promise<boolean>((resolve) => {
    child.once("error", () => resolve(false)).once("exit", () => resolve(false));
    child.stdout.once("data", () => resolve(true));
  });
  const end = () => {
    child.stdin.destroy();
    rmSync(at, { recursive: true, force: true });
  };
  if (!isReady) {
    end();
    return undefined;
  }
  const seenFromHere = join(`/proc/${child.pid}/root`, at);
  return { full: join(seenFromHere, "full"), readOnly: join(seenFromHere, "read-only"), end };
}
