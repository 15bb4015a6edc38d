import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { codeOf } from "../../src/base/errors.ts";
import { writeWhole } from "../../src/node/files.ts";
import { appendTo } from "../../src/node/files/output-stream.ts";
import { CHIP, Workspace, example } from "./workspace.ts";

const workspace = new Workspace();
afterAll(() => workspace.clear());

const isRoot = process.getuid?.() === 0;
const board = workspace.board();
const plan = (out: string) => workspace.json("plan", example("small.hex"), "--chip", CHIP, "--out", out);

/** The code of what an act throws. */
function codeFrom(act: () => void): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return codeOf(error) ?? "not ours";
  }
}

describe("a file that is written", () => {
  it("keeps the old file's mode", async () => {
    workspace.write("private", "old");
    chmodSync(workspace.path("private"), 0o600);
    expect((await plan(workspace.path("private"))).exit).toBe(0);
    expect(statSync(workspace.path("private")).mode & 0o777).toBe(0o600);
    expect(readFileSync(workspace.path("private"), "utf8")).toContain("flashproof-plan");
  });

  it.runIf(isRoot)("keeps the old file's owner where root writes it", () => {
    workspace.write("theirs", "old");
    chownSync(workspace.path("theirs"), 1234, 2345);
    writeWhole(workspace.path("theirs"), "new");
    expect(statSync(workspace.path("theirs"))).toMatchObject({ uid: 1234, gid: 2345 });
  });

  it("leaves the other names of a hard-linked file their content", () => {
    workspace.write("one", "old");
    linkSync(workspace.path("one"), workspace.path("other"));
    writeWhole(workspace.path("one"), "new");
    expect([readFileSync(workspace.path("one"), "utf8"), readFileSync(workspace.path("other"), "utf8")]).toEqual([
      "new",
      "old",
    ]);
  });

  it("does not go through a link that stands at the name which it once had while it was written", () => {
    workspace.write("victim", "kept");
    symlinkSync(workspace.path("victim"), workspace.path(`out.bin.${process.pid}.part`));
    writeWhole(workspace.path("out.bin"), "new");
    expect(readFileSync(workspace.path("victim"), "utf8")).toBe("kept");
  });

  it("leaves nothing behind where it can't be written", () => {
    mkdirSync(workspace.path("closed"));
    workspace.write("closed/old", "old");
    const name = workspace.path(`closed/${"x".repeat(256)}`);
    expect(codeFrom(() => writeWhole(name, "new"))).toBe("file-unwritable");
    expect(readdirSync(workspace.path("closed"))).toEqual(["old"]);
  });
});

describe("a target that is no file", () => {
  it.each(["read", "plan", "state", "erase", "uart"])(
    "that is a link is refused by %s before anything is done",
    async (way) => {
      workspace.write(`real-${way}`, "kept");
      const link = workspace.path(`link-${way}`);
      symlinkSync(`real-${way}`, link);
      const argv = {
        read: ["read", "0:16", "-o", link, ...board],
        plan: ["plan", example("small.hex"), "--chip", CHIP, "--out", link],
        state: ["info", "--probe", `twin:${CHIP},state=${link}`],
        erase: ["erase", "--sectors", "0x1000:0x2000", "--save", link, ...board],
        uart: ["info", "--probe", `twin:${CHIP},uart=${link}`],
      }[way] as [string, ...string[]];
      const run = await workspace.json(...argv);
      expect(run).toMatchObject({
        exit: 7,
        error: { code: "file-is-link" },
        details: { path: link, to: `real-${way}` },
      });
      expect(readFileSync(workspace.path(`real-${way}`), "utf8")).toBe("kept");
      expect(lstatSync(link).isSymbolicLink()).toBe(true);
    },
  );

  it("that is a dangling link makes no file where it leads to", () => {
    symlinkSync(workspace.path("nowhere"), workspace.path("dangling"));
    expect(codeFrom(() => writeWhole(workspace.path("dangling"), "new"))).toBe("file-is-link");
    expect(existsSync(workspace.path("nowhere"))).toBe(false);
  });

  it("that is a folder is refused", async () => {
    expect(await plan(workspace.folder)).toMatchObject({ exit: 7, error: { code: "file-is-folder" } });
  });

  it("that is a pipe is written into, and stays a pipe", () => {
    spawnSync("mkfifo", [workspace.path("pipe")]);
    const reader = openSync(workspace.path("pipe"), constants.O_RDONLY | constants.O_NONBLOCK);
    writeWhole(workspace.path("pipe"), "through");
    const buffer = Buffer.alloc(100);
    expect(buffer.toString("utf8", 0, readSync(reader, buffer))).toBe("through");
    closeSync(reader);
    expect(lstatSync(workspace.path("pipe")).isFIFO()).toBe(true);
  });

  it("that is a pipe without a reader is an error, soon", () => {
    spawnSync("mkfifo", [workspace.path("lonely")]);
    expect(codeFrom(() => writeWhole(workspace.path("lonely"), "x"))).toBe("file-unwritable");
  });

  it.runIf(isRoot)("that is a device stays one", () => {
    const device = workspace.path("null");
    spawnSync("mknod", [device, "c", "1", "3"]);
    writeWhole(device, "gone");
    expect(lstatSync(device).isCharacterDevice()).toBe(true);
  });

  it("that is a descriptor which this process was not given is refused", () => {
    expect(codeFrom(() => writeWhole("/dev/fd/999", "x"))).toBe("file-unwritable");
  });
});

describe("stdout as a file", () => {
  it("takes the bytes of read -o -, and messages go to stderr", async () => {
    const bytes: Uint8Array[] = [];
    workspace.terminal = { outBytes: (part) => void bytes.push(part) };
    const run = await workspace.fp("read", "0:16", "-o", "-", ...board);
    workspace.terminal = {};
    expect(run).toMatchObject({ exit: 0, out: "" });
    expect(run.err).toContain("16 bytes from 0x00000000");
    expect(Buffer.concat(bytes)).toHaveLength(16);
  });

  it("takes the plan of plan --out -", async () => {
    const run = await workspace.fp("plan", example("small.hex"), "--chip", CHIP, "--out", "-");
    expect(JSON.parse(run.out)).toMatchObject({ chip: CHIP });
  });

  it.each([
    ["read", "0:16", "-o", "-", ...board],
    ["read", "0:16", "-o", "/dev/stdout", ...board],
    ["plan", example("small.hex"), "--chip", CHIP, "--out", "-"],
  ])("holds one result: %s %s %s %s beside --json is a usage error", async (verb, ...argv) => {
    expect(await workspace.json(verb, ...argv)).toMatchObject({ exit: 2, error: { code: "usage" } });
  });
});

describe("uart=FILE of a simulated board", () => {
  it("is appended to", () => {
    workspace.write("uart.txt", "before ");
    const uart = appendTo(workspace.path("uart.txt"));
    uart.take(Buffer.from("and after"));
    uart.finish();
    expect(readFileSync(workspace.path("uart.txt"), "utf8")).toBe("before and after");
  });

  it("is refused where other names would change with it", () => {
    workspace.write("a", "");
    linkSync(workspace.path("a"), workspace.path("b"));
    expect(codeFrom(() => appendTo(workspace.path("a")))).toBe("file-unwritable");
  });

  it("that can't be written is reported as such when the job is done", async () => {
    const run = await workspace.fp(
      ...["flash", example("bootloader-open.hex"), "--chip", CHIP, "--uart", "stdout", "--for", "300"],
      ...["--probe", `twin:${CHIP},uart=/dev/full`],
    );
    expect(run.exit).toBe(7);
    expect(run.err).toContain("The file /dev/full can't be written");
    expect(run.err).not.toMatch(/[Uu]nplug/);
  });
});

describe("jlink-shims install", () => {
  it("writes through no link", async () => {
    mkdirSync(workspace.path("shims"));
    workspace.write("mine", "kept");
    symlinkSync(workspace.path("mine"), join(workspace.path("shims"), "JLinkExe"));
    expect((await workspace.fp("jlink-shims", "install", workspace.path("shims"))).exit).toBe(7);
    expect(readFileSync(workspace.path("mine"), "utf8")).toBe("kept");
  });
});
