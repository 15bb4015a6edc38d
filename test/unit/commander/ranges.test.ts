import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { MILLISECOND } from "../../../src/base/clock.ts";
import { permit } from "../../../src/flash/permit.ts";
import { board, example, flashBoard } from "../../support/board.ts";
import { answerTo, run } from "./lab.ts";

/** Ranges that leave the flash of the K24, or hold nothing. */
const OUTSIDE = [
  "erase 1000000 1000FFF",
  "erase 1000400, 1000410, noreset",
  "erase 20000000 20001000",
  "erase FFFFF000 FFFFFFFF",
  "erase FF000 101000",
  "erase 0 1FFFFF",
  "erase 0 FFFFFF",
  "erase 100000 200000",
  "erase 0 FFFFFFFF",
  "erase 2000 1000",
  "erase 1000 1000",
];

describe("erase with a range that is not the chip's flash", () => {
  it.each(OUTSIDE)("fails under ExitOnError with nothing touched: %s", async (line) => {
    const twin = board({ flash: "zero" });
    await flashBoard(twin, example("bootloader-open.raw.bin"));
    const digest = () => createHash("sha256").update(twin.peekFlash(0, 0x100000)).digest("hex");
    const before = digest();
    const ran = await run(["connect", line, "mem8 0 1"], { twin, exitOnError: true });
    expect(ran.exit).toBe(1);
    expect(answerTo(line, ran)).toEqual([
      "",
      "****** Error: Failed to erase sectors.",
      "ERROR: Erase returned with error code -5.",
    ]);
    expect(ran.notes.join("\n")).toContain("the flash of the MK24FN1M0xxx12 is 0x00000000 to 0x000FFFFF");
    expect(ran.out.join("\n")).not.toContain("J-Link>mem8");
    expect(digest()).toBe(before);
  });
});

describe("an open chip that its next reset would lock", () => {
  it("is erased without that reset, and stays open", async () => {
    const twin = board({ flash: "zero" });
    await flashBoard(twin, example("bootloader.raw.bin"), { policy: "as-image", permits: [permit("lock")] });
    const ran = await run(["erase", "r", "mem8 0 1"], { twin });
    expect(answerTo("erase", ran).at(-1)).toBe("Erasing done.");
    expect(answerTo("mem8 0 1", ran)).toEqual(["00000000 = FF "]);
    expect(ran.notes).toContain(
      "the core was halted, not reset: FSEC 0x7B (secured) stands in flash, and a reset would lock the chip",
    );
  });
});

describe("verifybin where there is no memory", () => {
  it("ends after a few refused accesses, however long the file is", async () => {
    const twin = board({ flash: "zero" });
    const files = { "big.bin": new Uint8Array(0x400000) };
    const ran = await run(["verifybin big.bin 60000000"], { twin, files, exitOnError: true });
    expect(answerTo("verifybin big.bin 60000000", ran).at(-1)).toBe("Could not read memory.");
    expect(ran.exit).toBe(1);
    expect(twin.clock.now() / MILLISECOND).toBeLessThan(2_000);
  });
});
