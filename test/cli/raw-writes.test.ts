import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Desk, example } from "./desk.ts";

let desk: Desk;
beforeEach(() => {
  desk = new Desk();
});
afterEach(() => desk.clear());

/** Writes that can erase, lock, or stop the debugger, and what the refusal calls the place. */
const GUARDED: readonly (readonly [place: string, ...words: string[]])[] = [
  ["the flash controller FTFE", "0x40020000", "0x80", "--width", "8"],
  ["the flash controller FTFE", "0x40020004", "0x09000000"],
  ["the flash controller FTFE", "0x4001FFFC", "0", "0"],
  ["the bit-band alias of the flash controller FTFE", "0x4240001C", "1"],
  ["the flash configuration field", "0x0000040C", "0xFFFFFFFE"],
  ["the system control and debug registers", "0xE000EDF0", "0xA05F0000"],
  ["the system control and debug registers", "0xE000ED0C", "0x05FA0004"],
];

describe("write where one write can erase or lock", () => {
  it.each(GUARDED)("is refused before a probe is opened, and named: %s", async (place, ...words) => {
    const ran = await desk.json("write", ...words, ...desk.board());
    expect(ran.exit).toBe(5);
    expect(ran.error?.code).toBe("raw-write-consent");
    expect(ran.error?.message).toContain(` lies in ${place} (`);
    expect(ran.error?.hints.join("\n")).toContain("--raw");
    expect(desk.has("board.k24")).toBe(false);
  });

  it("is refused where no chip is named", async () => {
    const ran = await desk.json("write", "0x40020000", "0x80", "--width", "8", "--probe", desk.twin());
    expect(ran.error?.code).toBe("raw-write-consent");
  });

  it("takes no consent from the environment, nor from a file", async () => {
    desk.world = { env: { HOME: desk.folder, XDG_CONFIG_HOME: desk.folder, FLASHPROOF_RAW: "1" } };
    const words = ["0x40020000", "0x80", "--width", "8", ...desk.board()];
    expect((await desk.fp("write", ...words)).exit).toBe(2);
    desk.world = {};
    desk.write("flashproof.toml", "raw = true\n");
    expect((await desk.fp("write", ...words)).exit).toBe(2);
    expect(desk.has("board.k24")).toBe(false);
  });

  it("is done with --raw", async () => {
    await desk.fp("flash", example("bootloader-open.hex"), "--halt", ...desk.board());
    expect((await desk.json("write", "0x40020004", "0x09005000", "--raw", ...desk.board())).exit).toBe(0);
    const launch = ["write", "0x40020000", "0x80", "--width", "8", "--raw", "--connect", "halt"];
    expect((await desk.fp(...launch, ...desk.board())).exit).toBe(0);
    expect([...(await desk.memory("0x5000:+4", ...desk.board()))]).toEqual([0xff, 0xff, 0xff, 0xff]);
  });

  it.each([["0x20001000"], ["0xE000E100"], ["0x40048038"]])("needs no consent elsewhere: %s", async (address) => {
    await desk.fp("flash", example("bootloader-open.hex"), "--halt", ...desk.board());
    expect((await desk.fp("write", address, "0", ...desk.board())).exit).toBe(0);
  });
});
