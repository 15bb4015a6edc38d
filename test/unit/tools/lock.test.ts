import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { NoLock, withLock } from "../../../tools/lib/lock.mjs";

const folder = mkdtempSync(join(tmpdir(), "flashproof-build-lock-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the lock around a build", () => {
  it("is held while the work is done, and gone after it", async () => {
    const lock = join(folder, "dist", "a.lock");
    await withLock(async () => expect(readFileSync(lock, "utf8")).toBe(String(process.pid)), lock);
    expect(existsSync(lock)).toBe(false);
  });

  it("that can't be made fails at once, and the work isn't begun", async () => {
    writeFileSync(join(folder, "file"), "");
    mkdirSync(join(folder, "folder.lock"));
    for (const lock of [join(folder, "file", "a.lock"), join(folder, "folder.lock")]) {
      await expect(withLock(() => Promise.reject(new Error("begun")), lock)).rejects.toBeInstanceOf(NoLock);
    }
  });

  it("that its maker left empty, or of a process that has ended, is taken over", async () => {
    const lock = join(folder, "b.lock");
    writeFileSync(lock, "");
    utimesSync(lock, 1, 1);
    await withLock(async () => {}, lock);
    writeFileSync(lock, "4194305");
    await withLock(async () => {}, lock);
    expect(existsSync(lock)).toBe(false);
  });
});
