import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CHIP, Workspace, example } from "./workspace.ts";

let workspace: Workspace;
beforeEach(() => {
  workspace = new Workspace();
});
afterEach(() => workspace.clear());

const FLASH_IS = "the flash of the MK24FN1M0xxx12 is 0x00000000 to 0x000FFFFF";

describe("a range that is not the chip's flash", () => {
  it.each([
    ["--sectors", "0x1000000:0x1001000"],
    ["--sectors", "0xFF000:0x101000"],
    ["--range", "0x100000:0x200000"],
    ["--range", "0:0x100000000"],
    ["--range", "0xFFFFF:+2"],
    ["--range", "0x20000000:+4"],
    ["--chip-all", "--keep", "0x200000:+4"],
    ["--chip-all", "--keep", "0xFFFFC:+8"],
  ])("is a usage error of erase, before a probe is opened: %s %s %s", async (...words) => {
    const ran = await workspace.json("erase", ...words, ...workspace.board());
    expect(ran.exit).toBe(2);
    expect(ran.error?.code).toBe("flash-range");
    expect(ran.error?.message).toContain(FLASH_IS);
    expect(workspace.has("board.k24")).toBe(false);
  });

  it.each(["plan", "flash"])("is a usage error of %s --keep", async (verb) => {
    const file = example("bootloader-open.hex");
    const ran = await workspace.json(verb, file, "--keep", "0x100000:+4", ...workspace.board());
    expect(ran.exit).toBe(2);
    expect(ran.error?.code).toBe("flash-range");
    expect(ran.error?.message).toContain(FLASH_IS);
    expect(workspace.has("board.k24")).toBe(false);
  });

  it("is a usage error of plan --keep without a probe, too", async () => {
    const ran = await workspace.json("plan", example("bootloader-open.hex"), "--keep", "0x100000:+4", "--chip", CHIP);
    expect(ran.exit).toBe(2);
    expect(ran.error?.code).toBe("flash-range");
  });

  it.each([
    ["erase", "--sectors", "0x1000:0x1000"],
    ["erase", "--range", "0x2000:0x1000"],
    ["read", "0x2000:0x1000"],
    ["read", "0xFFFFF000:+0x1001"],
  ])("is a usage error where it is empty, backwards or beyond 32 bits: %s %s %s", async (...words) => {
    expect((await workspace.fp(...words, ...workspace.board())).exit).toBe(2);
  });
});

describe("a chip that an image with a lock was flashed to, and that was not reset", () => {
  beforeEach(async () => {
    const locking = ["flash", example("bootloader.hex"), "--security", "as-image", "--halt"];
    expect((await workspace.fp(...locking, ...workspace.board())).exit).toBe(0);
  });

  it("is erased without the reset that would lock it, prints so, and stays open", async () => {
    const erase = await workspace.fp("erase", "--chip-all", ...workspace.board());
    expect(erase.exit).toBe(0);
    expect(erase.err).toContain(
      "the core was halted, not reset: FSEC 0x7B (secured) stands in flash, and a reset would lock the chip",
    );
    expect((await workspace.json("reset", "--halt", ...workspace.board())).result["locked"]).toBe(false);
  });

  it("is flashed with another image without that reset", async () => {
    const flash = await workspace.fp("flash", example("bootloader-open.hex"), ...workspace.board());
    expect(flash.exit).toBe(0);
    expect(flash.err).toContain("the core was halted, not reset");
    expect((await workspace.json("reset", ...workspace.board())).result["locked"]).toBe(false);
  });

  it("is locked by a reset, and an erase then exits 5", async () => {
    expect((await workspace.json("reset", ...workspace.board())).result["locked"]).toBe(true);
    const erase = await workspace.json("erase", "--chip-all", ...workspace.board());
    expect(erase.exit).toBe(5);
    expect(erase.error?.code).toBe("target-locked");
  });
});
