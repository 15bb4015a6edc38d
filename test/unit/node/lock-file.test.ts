import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { codeOf } from "../../../src/base/errors.ts";
import { lockFile } from "../../../src/node/boards/lock-file.ts";

const folder = mkdtempSync(join(tmpdir(), "flashproof-lock-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const path = (name: string) => join(folder, name);

/** The code of what taking the lock throws; gives it back where it was got. */
function codeOfTaking(name: string): string | undefined {
  try {
    lockFile(path(name))();
    return undefined;
  } catch (error) {
    return codeOf(error);
  }
}

describe("the lock beside a state file", () => {
  it("holds its owner's process id, and is gone when it is given back", () => {
    const giveBack = lockFile(path("a"));
    expect(readFileSync(path("a.lock"), "utf8")).toMatch(new RegExp(`^${process.pid}( \\d+)?\n$`));
    giveBack();
    expect(existsSync(path("a.lock"))).toBe(false);
  });

  it("is refused while it is held", () => {
    const giveBack = lockFile(path("b"));
    expect(codeOfTaking("b")).toBe("twin-in-use");
    giveBack();
    expect(codeOfTaking("b")).toBeUndefined();
  });

  it.each(["", "nobody\n", "-5\n", "0\n", `${spawnSync(process.execPath, ["-e", ""]).pid}\n`])(
    "that names no living process (%j) is taken over",
    (owner) => {
      writeFileSync(path("c.lock"), owner);
      const giveBack = lockFile(path("c"));
      expect(readFileSync(path("c.lock"), "utf8")).toMatch(new RegExp(`^${process.pid}( \\d+)?\n$`));
      giveBack();
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it("of a living stranger stays his, and the error names him", () => {
    writeFileSync(path("d.lock"), `${process.ppid}\n`);
    expect(() => lockFile(path("d"))).toThrow(`in use by process ${process.ppid}`);
    expect(readFileSync(path("d.lock"), "utf8")).toBe(`${process.ppid}\n`);
    rmSync(path("d.lock"));
  });

  it("that names a process which has ended and was not collected yet is taken over", () => {
    // The shell becomes a sleep, which collects no children.
    const parent = spawn("sh", ["-c", "sh -c 'exit 0' & echo $!; exec sleep 20"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    return new Promise<void>((resolve, reject) => {
      parent.stdout.once("data", (text: Buffer) => {
        const pid = Number(text.toString());
        try {
          while (existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "latin1")));
          writeFileSync(path("z.lock"), `${pid}\n`);
          expect(codeOfTaking("z")).toBeUndefined();
          resolve();
        } catch (error) {
          reject(error as Error);
        } finally {
          parent.kill();
        }
      });
    });
  });

  it.runIf(process.platform === "linux")("that names a living process's id and another start is taken over", () => {
    writeFileSync(path("r.lock"), `${process.ppid} 1\n`);
    expect(codeOfTaking("r")).toBeUndefined();
  });

  it("whose name a folder has can't be made, and the folder stays", () => {
    mkdirSync(path("f.lock"));
    expect(codeOfTaking("f")).toBe("file-unwritable");
    expect(readdirSync(folder)).toEqual(["f.lock"]);
    rmSync(path("f.lock"), { recursive: true });
  });

  it("whose name a link has can't be made, and the link stays", () => {
    symlinkSync("nowhere", path("l.lock"));
    expect(codeOfTaking("l")).toBe("file-unwritable");
    rmSync(path("l.lock"));
  });

  it("in a folder that is not there can't be made", () => {
    expect(codeOfTaking("no/such/folder")).toBe("file-unwritable");
  });
});
