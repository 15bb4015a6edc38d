import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { filesOfShim } from "../../../src/cli/semihosting-host.ts";
import { filesIn } from "../../../src/node/semihosting/folder-files.ts";
import { SemihostingFailure } from "../../../src/semihosting/failure.ts";
import type { HostFiles, OpenMode } from "../../../src/semihosting/host.ts";

const READ: OpenMode = { base: "r", isUpdate: false };
const WRITE: OpenMode = { base: "w", isUpdate: false };
const EACCES = 13;

describe("a firmware's files", () => {
  let outside: string;
  let folder: string;
  let files: HostFiles;
  let refused: string[];

  beforeEach(() => {
    outside = mkdtempSync(join(tmpdir(), "flashproof-semihosting-"));
    folder = join(outside, "shared");
    mkdirSync(join(folder, "sub"), { recursive: true });
    writeFileSync(join(outside, "secret"), "secret");
    refused = [];
    files = filesIn(folder, (text) => void refused.push(text));
  });
  afterEach(() => rmSync(outside, { recursive: true }));

  const failsWith = async (errno: number, act: Promise<unknown>): Promise<void> => {
    const error = await act.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(SemihostingFailure);
    expect((error as SemihostingFailure).errno).toBe(errno);
  };

  it("are written, read, renamed and removed inside the folder", async () => {
    const file = await files.open("sub/a.txt", WRITE);
    await file.write(0, new TextEncoder().encode("hello"));
    await file.write(5, new TextEncoder().encode("!"));
    expect(await file.length()).toBe(6);
    await file.close();
    expect(readFileSync(join(folder, "sub/a.txt"), "utf8")).toBe("hello!");
    await files.rename("sub/a.txt", "b.txt");
    const again = await files.open(join(folder, "b.txt"), READ);
    expect(new TextDecoder().decode(await again.read(1, 100))).toBe("ello!");
    await again.close();
    await files.remove("b.txt");
    await failsWith(2, files.open("b.txt", READ));
    expect(refused).toEqual([]);
  });

  it("are refused outside of it, by name and by symbolic link", async () => {
    symlinkSync(join(outside, "secret"), join(folder, "link"));
    symlinkSync(outside, join(folder, "linked-folder"));
    symlinkSync(join(outside, "new"), join(folder, "dangling"));
    const names = ["../secret", "sub/../../secret", join(outside, "secret"), "/etc/passwd", "link"];
    for (const name of [...names, "linked-folder/secret", "sub/../b.txt"])
      await failsWith(EACCES, files.open(name, READ));
    for (const name of ["../new", "dangling", "linked-folder/new"]) await failsWith(EACCES, files.open(name, WRITE));
    await failsWith(EACCES, files.remove("../secret"));
    await failsWith(EACCES, files.remove("link"));
    await failsWith(EACCES, files.rename("../secret", "mine"));
    writeFileSync(join(folder, "mine"), "");
    await failsWith(EACCES, files.rename("mine", "../new"));
    expect(readFileSync(join(outside, "secret"), "utf8")).toBe("secret");
    expect(refused).toHaveLength(14);
    expect(refused[0]).toContain('"../secret" was refused: it leads out of the folder');
  });

  it("are regular files alone: folders and pipes are refused at once", async () => {
    execFileSync("mkfifo", [join(folder, "pipe")]);
    await failsWith(EACCES, files.open("pipe", READ));
    await failsWith(21, files.open("sub", READ));
    await failsWith(21, files.remove("sub"));
    await failsWith(21, files.open(".", READ));
    await failsWith(2, files.open("", READ));
  });

  it("are no longer than 1 GB", async () => {
    const file = await files.open("far", WRITE);
    await failsWith(28, file.write(0xffff_fff0, Uint8Array.of(1)));
    await file.close();
  });

  it("together grow by no more than 1 GB, and what is removed is free again", async () => {
    const far = 0x3000_0000;
    const write = async (name: string) => {
      const file = await files.open(name, WRITE);
      await file.write(far, Uint8Array.of(1)).finally(() => file.close());
    };
    await write("a");
    await failsWith(28, write("b"));
    // The same file anew takes its own room.
    await write("a");
    await files.remove("a");
    await write("b");
    writeFileSync(join(folder, "c"), "");
    await files.rename("c", "b");
    await write("d");
  });

  it("answer errno for a name that the system refuses, and for a folder that has gone", async () => {
    writeFileSync(join(folder, "file.txt"), "");
    const long = "n".repeat(300);
    for (const [name, errno] of [
      [long, 91],
      [`${long}/x`, 91],
      ["file.txt/x", 20],
    ] as const) {
      await failsWith(errno, files.open(name, WRITE));
      await failsWith(errno, files.remove(name));
      await failsWith(errno, files.rename(name, "x"));
      await failsWith(errno, files.rename("file.txt", name));
    }
    rmSync(folder, { recursive: true });
    await failsWith(2, files.open("file.txt", WRITE));
    await failsWith(2, files.remove("file.txt"));
    expect(refused).toEqual([]);
  });

  it("are refused without a folder, in a few lines however many names are tried", async () => {
    const lines: string[] = [];
    const none = filesOfShim((line) => void lines.push(line));
    for (let i = 0; i < 100; i++) await failsWith(EACCES, none.open(`${i}.txt`, WRITE));
    for (let i = 0; i < 100; i++) await failsWith(EACCES, none.open("0.txt", WRITE));
    expect(lines).toHaveLength(16);
    expect(lines[0]).toContain('"0.txt" was refused: J-Link\'s command line names no folder');
  });

  it("need a folder that is there", () => {
    expect(() => filesIn(join(folder, "none"), () => {})).toThrow(/isn't there/);
    expect(() => filesIn(join(outside, "secret"), () => {})).toThrow(/is no folder/);
  });
});
