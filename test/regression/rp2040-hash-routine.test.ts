import { describe, expect, it } from "vitest";
import { RP2040_HASH_CODE } from "../../src/families/rp2040/hash-code.ts";
import { codeBytes } from "../../src/flash/ram-mailbox.ts";
import { buildImage } from "../../src/image/build-image.ts";
import { board, flashBoard, onTarget } from "../support/board.ts";
import { flashWithLie } from "./lying-routine.ts";

const START = 0x10000000;
/** Parts of the chip that are held off, core 1 among them (RP2040 data sheet, 2.13.5). */
const PSM_FRCE_OFF = 0x40010004;
/** Where the routine's code and its job stand in the work RAM. */
const [CODE, JOB] = [0x24, 0x700];
/** `ldr r3, [r2, #0x60]`, `rev r3, r3`: a word that is taken while the flash is out of the address space. */
const TAKE_WORD = Buffer.from([0x13, 0x6e, 0x1b, 0xba]);

const imageOf = (address: number, length: number, byte: number) =>
  buildImage({ format: "raw", segments: [{ name: "a", address, bytes: new Uint8Array(length).fill(byte) }] });

describe("a hash routine of an RP2040 that lies", () => {
  const inPiece = CODE + Buffer.from(codeBytes(RP2040_HASH_CODE)).indexOf(TAKE_WORD);

  it.each([
    ["returns at once (bx lr)", CODE, [0x70, 0x47]],
    ["never ends (b .)", CODE, [0xfe, 0xe7]],
    ["runs into an undefined instruction", CODE, [0x00, 0xde]],
    ["stops amid a read, with the flash out of the address space (bkpt)", inPiece, [0x00, 0xbe]],
    ["faults amid a read, with the flash out of the address space", inPiece, [0x00, 0xde]],
    ["hangs amid a read, with the flash out of the address space", inPiece, [0xfe, 0xe7]],
    ["does not swap a word's bytes (nop)", inPiece + 2, [0x00, 0xbf]],
  ] as const)("%s: the job reads instead, and what the image does not name is as before", async (_, at, code) => {
    const twin = board({ chip: "RP2040", flash: "zero" });
    await flashBoard(twin, imageOf(START, 0x2000, 0x5a));
    expect(inPiece).toBeGreaterThan(CODE);
    expect(await flashWithLie(twin, imageOf(START, 0x800, 0x77), { code: CODE, job: JOB }, { at, code })).toBe("equal");
    const bytes = twin.peekFlash(START, 0x2000);
    expect(new Set(bytes.subarray(0, 0x800))).toEqual(new Set([0x77]));
    expect(new Set(bytes.subarray(0x800))).toEqual(new Set([0x5a]));
    const held = await onTarget(twin, ({ core }) => core.memory.read(PSM_FRCE_OFF, 4, 32));
    expect([...held]).toEqual([0, 0, 0, 0]);
  });
});
