import { describe, expect, it } from "vitest";
import { bytesOfWords } from "../../../src/base/bytes.ts";
import type { Chip } from "../../../src/chips/chip.ts";
import type { Segment } from "../../../src/image/image.ts";
import { VTOR } from "../../../src/registers/scs.ts";
import { programRam, type RamStart, ramStart, runInRam } from "../../../src/session/run-in-ram.ts";
import { rawPermit } from "../../../src/session/write-memory.ts";
import { connectMadeUp, MADE_UP, madeUp } from "../../support/made-up-chip.ts";

const RAM = 0x20000000;
const RAM_END = 0x20010000;

interface Program {
  readonly segments: readonly Segment[];
  readonly entry?: number;
}

/** Where a program lies, its two vectors, and how long it is. */
interface Start {
  readonly address: number;
  readonly stack: number;
  readonly reset: number;
  readonly length: number;
}

/** A program of 16 bytes: stack, reset vector, and eight bytes of code. */
function program({ address = RAM, stack = RAM_END, reset = address + 9, length = 16 }: Partial<Start> = {}): Program {
  const bytes = new Uint8Array(length);
  bytes.set(bytesOfWords([stack, reset]).subarray(0, length));
  return { segments: [{ name: "program", address, bytes }] };
}

const noStart = expect.objectContaining({ code: "program-no-start" });

describe("the start of a program in RAM", () => {
  it("is its stack, and its reset vector without the Thumb bit", () => {
    expect(ramStart(program())).toEqual<RamStart>({ vectors: RAM, stack: RAM_END, pc: RAM + 8 });
  });

  it("is the entry that the file names, with or without the Thumb bit", () => {
    expect(ramStart({ ...program(), entry: RAM + 0xd }).pc).toBe(RAM + 0xc);
    expect(ramStart({ ...program(), entry: RAM + 0xe }).pc).toBe(RAM + 0xe);
  });

  it("may have its handler in another segment than its vectors", () => {
    const [vectors] = program({ reset: RAM + 0x1001, length: 8 }).segments;
    const code = { name: "code", address: RAM + 0x1000, bytes: new Uint8Array(4) };
    expect(ramStart({ segments: [vectors, code] }).pc).toBe(RAM + 0x1000);
  });

  // ARMv7-M ARM (DDI 0403E), B1.4.1 and B3.1: a full descending stack may begin one past the end of memory.
  it.each([RAM + 4, 0x22000000, 0x40000000, 0xa0000000, 0x60000004])("may have its stack at 0x%x", (stack) => {
    expect(ramStart(program({ stack })).stack).toBe(stack);
  });

  it.each([
    ["has no segment", { segments: [] }],
    ["has less than the two vectors", program({ length: 7 })],
    ["has a reset vector without the Thumb bit", program({ reset: RAM + 8 })],
    ["has a reset vector before its first byte", program({ reset: RAM - 1 })],
    ["has a reset vector behind its last byte", program({ reset: RAM + 17 })],
    ["has a stack at 0", program({ stack: 0 })],
    ["has a stack that is not aligned to 4 bytes", program({ stack: RAM_END - 2 })],
    ["has a stack within the bit-band alias", program({ stack: 0x22000004 })],
    ["has a stack within the peripherals", program({ stack: 0x40000004 })],
    ["has a stack at the begin of external RAM, where no byte is below it", program({ stack: 0x60000000 })],
    ["has a stack above external RAM", program({ stack: 0xa0000004 })],
    ["has vectors that are aligned to 0x40 bytes only", program({ address: RAM + 0x40 })],
    ["has vectors that are aligned to 4 bytes only", program({ address: RAM + 4 })],
  ])("is refused where the image %s", (_, image) => {
    expect(() => ramStart(image)).toThrow(noStart);
  });

  it.each([
    ["within the vectors", RAM + 4],
    ["behind the last byte", RAM + 16],
    ["before the first byte", RAM - 4],
  ])("is refused for an entry %s, which the error names", (_, entry) => {
    expect(() => ramStart({ ...program(), entry })).toThrow(
      expect.objectContaining({
        code: "program-no-start",
        details: { entry: `0x${entry.toString(16).toUpperCase()}` },
      }),
    );
  });
});

describe("where a program may be put without flash", () => {
  it("is the RAM of a known chip, and none of its ROM and peripherals", () => {
    const others = (["rom", "peripheral"] as const).map((kind) => ({ name: kind, kind, start: 0, length: 0x100 }));
    const chip: Chip = { ...MADE_UP, memories: [...others, ...MADE_UP.memories] };
    expect(programRam(chip)).toMatchObject([{ start: RAM, length: 0x10000 }]);
  });

  it("is code, SRAM and external RAM where no chip is known", () => {
    const isIn = (at: number) => programRam(undefined).some(({ start, length }) => at >= start && at < start + length);
    expect([0, RAM, 0x60000000, 0x9fffffff].every(isIn)).toBe(true);
    expect([0x22000000, 0x40000000, 0xa0000000, 0xe000ed08].some(isIn)).toBe(false);
  });
});

describe("running a program in RAM", () => {
  const connected = async (chip: Chip = MADE_UP, options: Parameters<typeof connectMadeUp>[2] = {}) => {
    const lab = madeUp();
    const session = await connectMadeUp(lab, chip, options);
    lab.core.log.length = 0;
    return { lab, session };
  };

  it("resets, downloads, points VTOR at the vectors, and lets the core run last", async () => {
    const { lab, session } = await connected();
    expect(await runInRam(session, program())).toEqual({ vectors: RAM, stack: RAM_END, pc: RAM + 8 });
    const at = (line: string) => lab.core.log.indexOf(line);
    const steps = ["reset by SYSRESETREQ", `w ${RAM.toString(16)} ${RAM_END.toString(16)}`].map(at);
    const vectors = at(`w ${VTOR.address.toString(16)} ${RAM.toString(16)}`);
    expect([...steps, vectors, at("run")]).toEqual([...steps, vectors, at("run")].sort((a, b) => a - b));
    expect(Math.min(...steps, vectors)).toBeGreaterThanOrEqual(0);
    expect([at("run"), lab.core.isHalted]).toEqual([lab.core.log.length - 1, false]);
  });

  it.each([
    ["that is not in RAM alone", program({ address: RAM_END - 0x80, length: 0x81 }), "image-outside-chip"],
    ["without a start", program({ stack: 0 }), "program-no-start"],
  ])("is refused before the chip is touched for an image %s", async (_, image, code) => {
    const { lab, session } = await connected();
    await expect(runInRam(session, image)).rejects.toMatchObject({ code });
    expect(lab.core.log).toEqual([]);
  });

  it("needs the permit for raw writes where any segment lies in a guarded range", async () => {
    const guarded = [{ name: "a door", kind: "options", start: RAM + 0x1000, length: 4, can: "it locks" }] as const;
    const { lab, session } = await connected({ ...MADE_UP, guarded });
    const more = { name: "more", address: RAM + 0x1000, bytes: new Uint8Array(4) };
    const image = { segments: [...program().segments, more] };
    await expect(runInRam(session, image)).rejects.toMatchObject({ code: "raw-write-consent" });
    expect(lab.core.log).toEqual([]);
    await runInRam(session, image, [rawPermit()]);
    expect(lab.core.isHalted).toBe(false);
  });

  it.each([
    ["first", RAM],
    ["last", RAM + 0x1000],
  ])("throws memory-unchanged with a halted core where the %s segment is in no RAM", async (_, missing) => {
    const { lab, session } = await connected();
    lab.core.onWrite = (address) => (address === missing ? "dropped" : undefined);
    const more = { name: "more", address: RAM + 0x1000, bytes: Uint8Array.of(1, 2, 3, 4) };
    const work = runInRam(session, { segments: [...program().segments, more] });
    await expect(work).rejects.toMatchObject({ code: "memory-unchanged" });
    expect([lab.core.isHalted, lab.core.log.includes("run")]).toEqual([true, false]);
  });
});
