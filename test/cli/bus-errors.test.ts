import { afterAll, describe, expect, it } from "vitest";
import { example, Workspace } from "./workspace.ts";

const workspace = new Workspace();
afterAll(() => workspace.clear());

const CODE = 0x410;

/** Firmware that reads the DMAMUX three times, which the twin lacks, and UART0 without its clock once; its handler skips. */
function firmware(): Uint8Array {
  const bytes = new Uint8Array(0x500).fill(0xff);
  const view = new DataView(bytes.buffer);
  const put = (at: number, halfwords: readonly number[]) => {
    for (const [i, half] of halfwords.entries()) view.setUint16(at + 2 * i, half, true);
  };
  view.setUint32(0, 0x20001000, true);
  view.setUint32(4, CODE | 1, true);
  view.setUint32(12, 0x441, true); // HardFault
  bytes[0x40c] = 0xfe;
  put(CODE, [
    0x4805, // ldr r0, [pc, #20] -> 0x40021000
    0x7801, // ldrb r1, [r0]
    0x7801,
    0x7801,
    0x4804, // ldr r0, [pc, #16] -> 0x4006A000
    0x7841, // ldrb r1, [r0, #1]
    0xe7fe, // b .
  ]);
  view.setUint32(0x428, 0x40021000, true);
  view.setUint32(0x42c, 0x4006a000, true);
  // The stacked PC goes past the two bytes of the load that faulted.
  put(0x440, [0x9806, 0x3002, 0x9006, 0x4770]); // ldr r0, [sp, #24]; adds r0, #2; str r0, [sp, #24]; bx lr
  return bytes;
}

describe("run on a twin", () => {
  it("names what the firmware asked of its bus in vain: place, address, reason, count, and the first one's PC", async () => {
    const board = workspace.board("errors.k24");
    await workspace.fp("flash", workspace.write("errors.bin", firmware()), "--base", "0", ...board);
    await workspace.fp("reset", "--halt", ...board);
    const run = await workspace.json("run", "--uart", "stdout", "--for", "5", ...board);
    expect(run.result["busErrors"]).toEqual([
      { address: "0x40021000", place: "DMAMUX", access: "read", why: "not modelled", count: 3, pc: "0x00000412" },
      { address: "0x4006A001", place: "UART0", access: "read", why: "clock off", count: 1, pc: "0x0000041A" },
    ]);
  });

  it("prints a line for each, and none where the bus refused nothing", async () => {
    const board = workspace.board("lines.k24");
    await workspace.fp("flash", workspace.write("lines.bin", firmware()), "--base", "0", ...board);
    await workspace.fp("reset", "--halt", ...board);
    const run = await workspace.fp("run", "--uart", "stdout", "--for", "5", ...board);
    expect(run.out).toContain("bus error: read 0x40021000 (DMAMUX: not modelled)");
    const quiet = workspace.board("quiet.k24");
    await workspace.fp("flash", example("small.hex"), "--halt", ...quiet);
    expect((await workspace.fp("run", ...quiet)).out).toBe("the core runs\n");
  });
});

describe("extal", () => {
  it("is the rate of the board's clock in hertz; nothing that no oscillator takes", async () => {
    expect((await workspace.fp("info", ...workspace.board("extal.k24", ",extal=50000000"))).exit).toBe(0);
    const refused = await workspace.json("info", ...workspace.board("extal.k24", ",extal=1"));
    expect(refused).toMatchObject({ exit: 2, error: { code: "twin-unknown-key" } });
  });
});
