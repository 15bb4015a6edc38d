import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Workspace } from "./workspace.ts";

/**
 * Thumb code at 0x40 behind its vectors: movs r0, #4; adr r1, text; bkpt 0xAB (SYS_WRITE0); movs r0, #1; adr r1, block;
 * bkpt 0xAB (SYS_OPEN of the name in the block); movs r0, #0x20; adr r1, exit; bkpt 0xAB; b .
 */
const CODE = "042005a1abbe012008a1abbe202005a1abbefee7";

/**
 * movs r0, #1; adr r1, block (SYS_OPEN of the name at 0xF0 for reading); bkpt 0xAB; where that is no file, the same for
 * writing, a loop of 500,000 rounds, and SYSRESETREQ. Where it is one: SYS_CLOCK, and SYS_EXIT_EXTENDED with 0x10 for
 * each handle up to this one, and one for each hundredth of a second.
 */
const RESETTING =
  "01200da1abbe002809dc01200da1abbe0f4a013afdd10f490f4a0a60fee704011020abbe24184ff000510c4808604c602020abbefee700bff00000000000000005000000f0000000040000000500000020a107000ced00e00400fa0526000200";

const word = (value: number): readonly number[] =>
  [value, value >>> 8, value >>> 16, value >>> 24].map((b) => b & 0xff);

/** A firmware that prints, opens a file for writing and ends with `reason` and `code`. */
function firmware(reason: number, code: number): Uint8Array {
  const bytes = new Uint8Array(0x100);
  bytes.set([...word(0x20001000), ...word(0x41), ...word(0x53), ...word(0x53)]);
  bytes.set(Buffer.from(CODE, "hex"), 0x40);
  bytes.set(new TextEncoder().encode("in test\n\0"), 0x58);
  bytes.set([...word(reason), ...word(code)], 0x64);
  bytes.set([...word(0x80), ...word(4), ...word(5)], 0x6c);
  bytes.set(new TextEncoder().encode("a.txt\0"), 0x80);
  return bytes;
}

describe("run --semihosting", () => {
  const workspace = new Workspace();
  const board = workspace.board();
  const flash = async (reason: number, code: number) => {
    workspace.write("firmware.bin", firmware(reason, code));
    await workspace.json("flash", `${workspace.path("firmware.bin")}@0`, "--halt", ...board);
  };
  beforeAll(() => flash(0x20026, 5));
  afterAll(() => workspace.clear());

  it("prints what the firmware prints, exits with its code, and reports the code as an error", async () => {
    const { exit, out, err } = await workspace.fp("run", "--semihosting", ...board);
    expect({ exit, out }).toEqual({ exit: 5, out: "in test\n" });
    expect(err).toContain('"a.txt" was refused: --semihosting-dir names a folder for it');
    const json = await workspace.json("run", "--semihosting", ...board);
    expect(json).toMatchObject({ exit: 5, ok: false, error: { code: "firmware-exit" } });
    expect(json.result).toEqual({
      exit: 5,
      words: "the firmware has ended by SYS_EXIT_EXTENDED with 5",
      output: "in test\n",
    });
  });

  it("gives the firmware the files of one folder", async () => {
    const run = await workspace.fp("run", "--semihosting", "--semihosting-dir", workspace.folder, ...board);
    expect(run.err).not.toContain("refused");
    expect(workspace.has("a.txt")).toBe(true);
    const missing = await workspace.fp("run", "--semihosting", "--semihosting-dir", workspace.path("none"), ...board);
    expect(missing.exit).toBe(7);
  });

  it.each([
    ["0 for an ordinary end", 0x20026, 0, 0],
    ["1 for another reason", 0x20023, 0, 1],
    ["1 for a code whose low byte is 0", 0x20026, 0x100, 1],
  ])("exits with %s", async (_, reason, code, exit) => {
    await flash(reason, code);
    expect((await workspace.fp("run", "--semihosting", ...board)).exit).toBe(exit);
  });

  it("ends at --for on a firmware that makes calls without an end", async () => {
    const bytes = firmware(0x20026, 0);
    // Behind the first call: b 0x40.
    bytes.set([0xfb, 0xe7], 0x46);
    workspace.write("firmware.bin", bytes);
    await workspace.json("flash", `${workspace.path("firmware.bin")}@0`, "--halt", ...board);
    const json = await workspace.json("run", "--semihosting", "--for", "5", ...board);
    expect(json).toMatchObject({ ok: false, error: { code: "firmware-no-exit" } });
  });

  it("closes a firmware's files and starts its clock anew at a reset of its own", async () => {
    const bytes = new Uint8Array(0x100);
    bytes.set([...word(0x20001000), ...word(0x41), ...word(0x53), ...word(0x53)]);
    bytes.set(Buffer.from(RESETTING, "hex"), 0x40);
    bytes.set(new TextEncoder().encode("r.txt\0"), 0xf0);
    workspace.write("firmware.bin", bytes);
    await workspace.json("flash", `${workspace.path("firmware.bin")}@0`, "--halt", ...board);
    const json = await workspace.json("run", "--semihosting", "--semihosting-dir", workspace.folder, ...board);
    // The first handle again. The loop alone takes seven hundredths of a second.
    expect(json.result["exit"]).toBeGreaterThanOrEqual(0x10);
    expect(json.result["exit"]).toBeLessThan(0x14);
  });

  it("ends on a firmware that waits for input which an open stdin doesn't give", async () => {
    const bytes = firmware(0x20026, 0);
    // movs r0, #7; bkpt 0xAB (SYS_READC)
    bytes.set([0x07, 0x20, 0xab, 0xbe], 0x40);
    workspace.write("firmware.bin", bytes);
    await workspace.json("flash", `${workspace.path("firmware.bin")}@0`, "--halt", ...board);
    const run = spawn(process.execPath, ["bin/flashproof.js", "run", "--semihosting", "--json", ...board]);
    let out = "";
    run.stdout.on("data", (data: Buffer) => {
      out += data.toString();
    });
    const [exit] = await once(run, "close");
    expect({ exit, code: JSON.parse(out).error?.code }).toEqual({ exit: 1, code: "firmware-no-exit" });
    expect(out).toContain("it has waited 5000 ms for input");
  });

  it("fails on a firmware that does not end in time, and on one that halts elsewhere", async () => {
    const endless = firmware(0x20026, 0);
    endless.set([0xfe, 0xe7], 0x40);
    workspace.write("endless.bin", endless);
    await workspace.json("flash", `${workspace.path("endless.bin")}@0`, "--halt", ...board);
    const late = await workspace.json("run", "--semihosting", "--for", "50", ...board);
    expect(late).toMatchObject({ exit: 1, error: { code: "firmware-no-exit" } });
    const halting = firmware(0x20026, 0);
    halting.set([0x00, 0xbe], 0x40);
    workspace.write("halting.bin", halting);
    await workspace.json("flash", `${workspace.path("halting.bin")}@0`, "--halt", ...board);
    const stopped = await workspace.json("run", "--semihosting", ...board);
    expect(stopped).toMatchObject({ exit: 1, error: { code: "firmware-stopped" } });
    expect(stopped.error?.message).toContain("the core halted at 0x00000040");
  });
});
