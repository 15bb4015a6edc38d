import { describe, expect, it } from "vitest";
import { HASH_CODE_V7M } from "../../src/flash/hash/hash-code-v7m.ts";
import { codeBytes } from "../../src/flash/ram-mailbox.ts";
import type { Twin } from "../../src/twin/usb.ts";
import { board, example, flashBoard } from "../support/board.ts";
import { hex } from "../support/hex.ts";
import { codeFrom, firmware, holds, programmedBoard } from "./firmware.ts";
import { flashWithLie } from "./lying-routine.ts";

/** Where the routine's job stands in the work RAM: it is written after the code was read back, and before it runs. */
const JOB = 0x200;
/** Where its code begins. */
const CODE = 0x24;

const image = firmware(0x3000, { 0x1001: [0x5a], 0x2001: [0x5a] });

const flashWith = (twin: Twin, at: number, code: readonly number[]) =>
  flashWithLie(twin, image, { code: CODE, job: JOB }, { at, code });

/** The lies: where the other instructions stand, and what they are. */
const LIES: readonly (readonly [string, number, readonly number[]])[] = [
  ["returns at once (bx lr)", 0x24, [0x70, 0x47]],
  ["never ends (b .)", 0x24, [0xfe, 0xe7]],
  ["runs into an undefined instruction", 0x24, [0x00, 0xde]],
  ["does not count the words that go four at a time (b to its end)", 0xbe, [0x36, 0xe0]],
  ["does not multiply in the first check (nop)", 0xca, [0x00, 0xbf]],
  ["does not rotate in the second check (nop.w)", 0xd0, [0xaf, 0xf3, 0x00, 0x80]],
  ["leaves a word out of the first check (mul, not mla)", 0xc2, [0x07, 0xfb, 0x04, 0xf7]],
];

describe("a hash routine that lies", () => {
  it.each(LIES)("%s: the job reads instead, and its image is on the chip", async (_, at, code) => {
    const twin = await programmedBoard();
    expect(await flashWith(twin, at, code)).toBe("equal");
    expect(holds(twin, image)).toBe(true);
  });

  it.each(LIES)("%s: a bit that was programmed wrong is a difference", async (_, at, code) => {
    const twin = await programmedBoard("badprog@ftfe=2");
    const ending = await flashWith(twin, at, code).catch(() => "error");
    expect(twin.faultsFired[0].count).toBe(1);
    expect(["different", "error"]).toContain(ending);
  });

  it.each(Array.from({ length: 12 }, (_, i) => [0x7c + 12 * i, i] as const))(
    "an instruction with a flipped bit leads to no success (offset %i, bit %i)",
    async (at, bit) => {
      const twin = await programmedBoard("badprog@ftfe=2");
      const code = codeBytes(HASH_CODE_V7M).subarray(at - CODE, at - CODE + 2);
      const flipped = (code[0] | (code[1] << 8)) ^ (1 << bit);
      const ending = await flashWith(twin, at, [flipped & 0xff, flipped >> 8]).catch(() => "error");
      expect(["different", "error"], hex(at)).toContain(ending);
    },
  );
});

describe("a chip that a reset would lock", () => {
  it("is not reset by a fault of the hash routine: power cut in the erase of the field's sector", async () => {
    const twin = board();
    await flashBoard(twin, example("bootloader-open.raw.bin"));
    twin.armPowerCut(11, 0.1);
    expect(await codeFrom(flashBoard(twin, example("small.hex")))).not.toBe("none");
    await twin.clock.sleep(20_000);
    const { verify, massErased } = await flashBoard(twin, example("small.hex"), { massErase: true });
    expect(verify.verdict).toBe("equal");
    expect(massErased).toBe(false);
  });
});
