import { spawn } from "node:child_process";
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { patchJournal } from "../../src/node/files/patch-journal.ts";
import { codeOf } from "../../src/base/errors.ts";
import { recordOf } from "../support/killed/record.ts";
import { ownMounts, type OwnMounts } from "../support/mounts.ts";
import { CHIP, example, Workspace } from "./workspace.ts";

const workspace = new Workspace();
/** Room for one board's state of 1.4 MB, and not for a second one beside it. */
const ROOM_KB = 2048;
let mounts: OwnMounts | undefined;
beforeAll(async () => {
  mounts = await ownMounts(ROOM_KB);
  if (!mounts) process.stderr.write("skipped: full and read-only file systems (they need root and unshare)\n");
  await workspace.fp("flash", example("bootloader-open.hex"), ...workspace.board("old.k24", ",flash=zero"));
});
afterAll(() => {
  mounts?.end();
  workspace.clear();
});

const onBoard = (path: string): readonly string[] => [
  ...["--chip", CHIP],
  ...["--probe", `twin:${CHIP},flash=zero,state=${path}`],
];
const flashed = (path: string) => workspace.json("flash", example("small.hex"), ...onBoard(path));
const UNWRITABLE = { exit: 7, error: { code: "file-unwritable" } };

/** Runs with the file systems, where this user may mount any. */
const withMounts = (title: string, test: (mounts: OwnMounts) => Promise<void>) =>
  it(title, async ({ skip }) => {
    if (!mounts) return skip("it needs root and unshare");
    await test(mounts);
  });

describe("a disk that is full", () => {
  withMounts(
    "keeps an old board's file as it was, leaves nothing beside it, and the error names the file",
    async ({ full }) => {
      const path = join(full, "board.k24");
      copyFileSync(workspace.path("old.k24"), path);
      const before = readFileSync(path);
      const run = await flashed(path);
      expect(run).toMatchObject({ ...UNWRITABLE, details: { path } });
      expect(readFileSync(path).equals(before)).toBe(true);
      expect(readdirSync(full)).toEqual(["board.k24"]);
      rmSync(path);
    },
  );

  withMounts("takes neither a dump nor a plan in part, and keeps the old ones", async ({ full }) => {
    const [filler, dump, plan] = ["filler", "dump.bin", "plan.json"].map((name) => join(full, name));
    workspace.write("small", "old");
    for (const path of [dump, plan]) copyFileSync(workspace.path("small"), path);
    workspace.write("filler", new Uint8Array(ROOM_KB * 1024 - 8192));
    copyFileSync(workspace.path("filler"), filler);
    const read = await workspace.json("read", "0:0x8000", "-o", dump, ...onBoard(workspace.path("old.k24")));
    const save = await workspace.json(
      ...(["erase", "--range", "0x1000:0x8000", "--save", dump] as const),
      ...onBoard(workspace.path("old.k24")),
    );
    const planned = await workspace.json("plan", example("small.hex"), "--chip", CHIP, "--out", plan);
    expect([read, save, planned]).toMatchObject([UNWRITABLE, UNWRITABLE, UNWRITABLE]);
    // The erase was not begun: what it would lose could not be saved.
    expect(
      (await workspace.fp("verify", example("bootloader-open.hex"), ...onBoard(workspace.path("old.k24")))).exit,
    ).toBe(0);
    expect([dump, plan].map((path) => readFileSync(path, "utf8"))).toEqual(["old", "old"]);
    expect(readdirSync(full).sort()).toEqual(["dump.bin", "filler", "plan.json"]);
    for (const path of [filler, dump, plan]) rmSync(path);
  });

  withMounts("has no half record of breakpoints in flash", async ({ full }) => {
    const filler = join(full, "filler");
    workspace.write("filler", new Uint8Array(ROOM_KB * 1024 - 4096));
    copyFileSync(workspace.path("filler"), filler);
    const journal = patchJournal(full, (path) => expect.fail(`${path} is no whole record`));
    expect(codeThrownBy(() => journal.put(recordOf("new")))).toBe("file-unwritable");
    expect(readdirSync(full)).toEqual(["filler"]);
    rmSync(filler);
  });
});

function codeThrownBy(act: () => void): string | undefined {
  try {
    act();
    return "nothing";
  } catch (error) {
    return codeOf(error);
  }
}

describe("a folder on a read-only file system", () => {
  withMounts("is refused for a board's file before the board is made", async ({ readOnly }) => {
    expect(await flashed(join(readOnly, "board.k24"))).toMatchObject(UNWRITABLE);
  });

  withMounts("is refused for outputs before the chip is touched", async ({ readOnly }) => {
    const board = onBoard(workspace.path("old.k24"));
    const path = join(readOnly, "out");
    const runs = [
      await workspace.json("read", "0:0x100", "-o", path, ...board),
      await workspace.json("erase", "--range", "0x1000:0x2000", "--save", path, ...board),
      await workspace.json("plan", example("small.hex"), "--chip", CHIP, "--out", path),
    ];
    expect(runs).toMatchObject([UNWRITABLE, UNWRITABLE, UNWRITABLE]);
    expect((await workspace.fp("verify", example("bootloader-open.hex"), ...board)).exit).toBe(0);
  });

  withMounts("is refused for records of breakpoints in flash", async ({ readOnly }) => {
    expect(codeThrownBy(() => patchJournal(readOnly).put(recordOf("new")))).toBe("file-unwritable");
    expect(codeThrownBy(() => patchJournal(join(readOnly, "deeper")).put(recordOf("new")))).toBe("file-unwritable");
  });
});

const PROGRAM = resolve("bin/flashproof.js");

/** Runs the program by a shell's line, with which its descriptors may be closed. */
function shell(line: string): Promise<{ exit: number | null; out: string; err: string }> {
  const child = spawn("bash", ["-c", line], { stdio: ["ignore", "pipe", "pipe"] });
  const printed = { out: "", err: "" };
  child.stdout.on("data", (part: Buffer) => {
    printed.out += part.toString();
  });
  child.stderr.on("data", (part: Buffer) => {
    printed.err += part.toString();
  });
  return new Promise((settle) => child.once("close", (exit) => settle({ exit, ...printed })));
}

const fp = (...argv: readonly string[]) => [process.execPath, PROGRAM, ...argv].map((word) => `'${word}'`).join(" ");

describe("two processes on one board's file", () => {
  it("end one after the other, or one of them with twin-in-use; the file is whole", async () => {
    const path = workspace.path("shared.k24");
    copyFileSync(workspace.path("old.k24"), path);
    const line = fp("flash", example("small.hex"), ...onBoard(path), "--json");
    const runs = await Promise.all([shell(line), shell(line)]);
    const codes = runs.map(({ exit, out }) => [exit, (JSON.parse(out) as { error?: { code: string } }).error?.code]);
    expect(codes).toContainEqual([0, undefined]);
    for (const code of codes)
      expect([
        [0, undefined],
        [3, "twin-in-use"],
      ]).toContainEqual(code);
    expect((await workspace.fp("verify", example("small.hex"), ...onBoard(path))).exit).toBe(0);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });
});

describe("a process without stdin, stdout and stderr", () => {
  it("does its job, and writes nothing of what it prints into the files that it opens", async () => {
    const path = workspace.path("closed.k24");
    const run = await shell(`${fp("flash", example("small.hex"), ...onBoard(path))} <&- >&- 2>&-`);
    expect(run).toEqual({ exit: 0, out: "", err: "" });
    expect((await workspace.fp("verify", example("small.hex"), ...onBoard(path))).exit).toBe(0);
  });

  it("that is to read its image from stdin has one error with a code, and the board's file is not made", async () => {
    const path = workspace.path("nothing.k24");
    const run = await shell(`${fp("flash", "-", ...onBoard(path), "--json")} <&-`);
    expect([run.exit, JSON.parse(run.out)]).toMatchObject([7, { ok: false, error: { code: "image-empty" } }]);
    expect(existsSync(path)).toBe(false);
  });
});
