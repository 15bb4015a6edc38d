import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readImage } from "../../src/image/read-image.ts";
import { CHIP, example, Workspace } from "./workspace.ts";

const BLINKY = resolve("examples/rp2040-blinky/firmware.hex");
const PROBES = ["jlink", "jlink-hs", "cmsis-dap", "cmsis-dap-hs", "cmsis-dap-v1"] as const;

let workspace: Workspace;
beforeEach(() => {
  workspace = new Workspace();
});
afterEach(() => workspace.clear());

/** A UF2 file of one block for the flash's beginning (UF2 specification, "Block"). */
function uf2(family: number, bytes: Uint8Array): Uint8Array {
  const block = new Uint8Array(0x200);
  const view = new DataView(block.buffer);
  const header = [0x0a324655, 0x9e5d5157, 0x2000, 0x10000000, bytes.length, 0, 1, family];
  header.forEach((word, i) => void view.setUint32(4 * i, word, true));
  view.setUint32(0x1fc, 0x0ab16f30, true);
  block.set(bytes, 0x20);
  return block;
}

const twin = (keys = "") => `twin:RP2040,flash=zero,state=${workspace.path("board")}${keys}`;
const board = (keys = "") => ["--chip", "RP2040", "--probe", twin(keys)];

describe("an RP2040", () => {
  it.each(PROBES)("is recognised, flashed, verified, read and erased through %s", async (probe) => {
    const named = board(`,probe=${probe}`);
    expect((await workspace.json("info", ...named)).result).toMatchObject({ chip: "RP2040", match: "yes" });
    const flash = await workspace.json("flash", BLINKY, ...named);
    expect(flash.result).toMatchObject({ chip: "RP2040", origin: "own", verify: { verdict: "equal" } });
    expect((await workspace.json("verify", BLINKY, ...named)).exit).toBe(0);
    const file = workspace.path("read.bin");
    expect((await workspace.fp("read", "0x10000000:0x10000200", "-o", file, ...named)).exit).toBe(0);
    expect([...readFileSync(file).subarray(0x100, 0x104)]).toEqual([0x00, 0x20, 0x04, 0x20]);
    expect((await workspace.json("erase", "--sectors", "0x10000000:0x10001000", ...named)).exit).toBe(0);
    expect((await workspace.json("verify", BLINKY, ...named)).exit).toBe(6);
  });

  it.each(["ram", "direct"])("is programmed by the %s loader, which gives RAM back", async (loader) => {
    const flash = await workspace.json("flash", BLINKY, ...board(), "--loader", loader);
    expect(flash.result).toMatchObject({ verify: { verdict: "equal" } });
  });

  it("boots what was flashed, through its boot ROM and the second stage, and its UART is printed", async () => {
    await workspace.fp("flash", BLINKY, ...board());
    const keys = `,power=cycle,uart=${workspace.path("uart.txt")}`;
    const run = await workspace.fp("run", ...board(keys), "--uart", "stdout", "--for", "250");
    // What came while it connected went to the file.
    expect(run.out).toContain("blink 2\n");
    expect(readFileSync(workspace.path("uart.txt"), "latin1")).toContain("RP2040 blinky 1.0");
  });

  it("is found without --chip, by its TARGETID, and no other port of its wire is touched", async () => {
    await workspace.fp("flash", BLINKY, ...board());
    expect((await workspace.json("info", "--probe", twin())).result).toMatchObject({ chip: "RP2040", match: "yes" });
    const run = await workspace.fp("run", ...board(), "--uart", "stdout", "--for", "250");
    expect(run.out).toContain("blink 3\n");
  });

  it("reports an erase that left a programmed bit as a difference, of one sector and of everything", async () => {
    await workspace.fp("flash", BLINKY, ...board());
    for (const what of [["--sectors", "0x10000000:0x10001000"], ["--chip-all"]]) {
      const erase = await workspace.json("erase", ...what, ...board(",fault=badprog@flash=1"));
      expect([erase.exit, erase.error?.code]).toEqual([6, "verify-differs"]);
    }
  });

  it("is not taken for a K24, nor a K24 for it: chip-mismatch", async () => {
    const other = await workspace.json("flash", BLINKY, "--chip", CHIP, "--probe", twin());
    expect(other.error?.code).toMatch(/chip-mismatch|image-outside-chip/);
    await workspace.fp("flash", example("small.hex"), "--chip", CHIP, "--probe", workspace.twin());
    const k24 = await workspace.json("flash", BLINKY, "--chip", "RP2040", "--probe", workspace.twin());
    expect(k24.error?.code).toBe("chip-mismatch");
  });

  it("erases all of its flash", async () => {
    await workspace.fp("flash", BLINKY, ...board());
    expect((await workspace.json("erase", "--chip-all", ...board())).exit).toBe(0);
    expect((await workspace.json("verify", BLINKY, ...board())).exit).toBe(6);
  });

  it("has the sum behind its second boot stage looked at before anything is written", async () => {
    const image = readImage(readFileSync(BLINKY), { name: BLINKY });
    const bytes = image.segments[0].bytes.slice(0, 0x100);
    const good = workspace.write("good.uf2", uf2(0xe48bff56, bytes));
    expect((await workspace.fp("plan", good, ...board(), "--connect", "halt")).err).not.toContain("boot-sum");
    const spoiled = workspace.write("spoiled.uf2", uf2(0xe48bff56, bytes.with(4, bytes[4] ^ 1)));
    const plan = await workspace.fp("plan", spoiled, ...board(), "--connect", "halt");
    expect(plan.out + plan.err).toContain("[boot-sum]");
  });

  it("is not read while the ROM has the flash out of the address space: flash-not-shown, until it is halted", async () => {
    const image = readImage(readFileSync(BLINKY), { name: BLINKY });
    // A sum that is wrong keeps the ROM from starting the second stage, which would show the flash.
    const bytes = image.segments[0].bytes.slice(0, 0x100);
    const file = workspace.write("stopped.uf2", uf2(0xe48bff56, bytes.with(4, bytes[4] ^ 1)));
    expect((await workspace.fp("flash", file, ...board())).exit).toBe(0);
    const cycled = board(",power=cycle");
    for (const argv of [
      ["read", "0x10000000:+8"],
      ["read", "0x13000000:+8"],
      ["verify", file],
      ["plan", file],
    ]) {
      const [verb, ...rest] = argv;
      const run = await workspace.json(verb, ...rest, ...cycled);
      expect([verb, run.exit, run.error?.code]).toEqual([verb, 4, "flash-not-shown"]);
    }
    expect((await workspace.fp("verify", file, ...cycled, "--connect", "halt")).exit).toBe(0);
    expect((await workspace.fp("read", "0x10000000:+4", ...cycled, "--connect", "halt")).out).toContain("0A 48");
    expect((await workspace.fp("read", "0x20000000:+4", ...cycled)).exit).toBe(0);
  });

  it("refuses a UF2 file of another chip's family, with exit 7, and nothing is written", async () => {
    const file = workspace.write("nrf.uf2", uf2(0xada52840, new Uint8Array(0x100)));
    const run = await workspace.json("flash", file, ...board());
    expect(run.exit).toBe(7);
    expect(run.error?.message).toContain("family 0xADA52840");
    const read = await workspace.fp("read", "0x10000000:+4", ...board(), "--connect", "halt");
    expect(read.out).toContain("FF FF FF FF");
  });

  it("whose flash's status register protects it is refused as flash-protected, with the range", async () => {
    const run = await workspace.json("flash", BLINKY, ...board(",locked=1"));
    expect(run.error).toMatchObject({ code: "flash-protected" });
    expect(run.error?.message).toContain("0x10000000 to 0x101FFFFF");
  });
});
