import { describe, expect, it } from "vitest";
import type { BatchMemory } from "../../../src/adi/memory.ts";
import type { Chip } from "../../../src/chips/chip.ts";
import { CHIPS } from "../../../src/chips/list.ts";
import { type Act, permit } from "../../../src/flash/permit.ts";
import {
  checkHolds,
  checkRawWrite,
  downloadToMemory,
  rawPermit,
  writeMemory,
} from "../../../src/session/write-memory.ts";
import { connectMadeUp, MADE_UP, madeUp } from "../../support/made-up-chip.ts";

const OPTIONS = { name: "the options", kind: "options", start: 0x40000100, length: 0x10, can: "it locks" } as const;
const chip: Chip = { ...MADE_UP, guarded: [OPTIONS] };
const RAM = 0x20000000;

const write = (address: number, length = 1) => ({ address, bytes: new Uint8Array(length) });

/** Memory that holds what is written, but for the bytes that it lacks, and lists the addresses that were read. */
function memoryWithout(lacks: (address: number) => boolean = () => false) {
  const cells = new Map<number, number>();
  const reads: number[] = [];
  const memory: Pick<BatchMemory, "read" | "write"> = {
    read: async (address, count) => {
      reads.push(address);
      return Uint8Array.from({ length: count }, (_, i) => cells.get(address + i) ?? 0);
    },
    write: async (address, bytes) => {
      for (const [i, byte] of bytes.entries()) if (!lacks(address + i)) cells.set(address + i, byte);
    },
  };
  return { memory, reads, cells };
}

describe("a raw write into a guarded range", () => {
  it.each([
    ["its first byte", write(0x40000100)],
    ["its last byte", write(0x4000010f)],
    ["its first byte alone, from before it", write(0x400000fc, 5)],
    ["all of it, from before it to behind it", write(0x40000000, 0x200)],
  ])("needs a consent for %s, and the error names the range and the address", (_, at) => {
    expect(() => checkRawWrite(at, chip, [])).toThrow(
      expect.objectContaining({
        code: "raw-write-consent",
        details: { address: `0x${at.address.toString(16).toUpperCase()}`, range: OPTIONS.name },
        message: expect.stringContaining("(0x40000100 to 0x4000010F)"),
      }),
    );
  });

  it.each([
    ["ends where it begins", write(0x400000f0, 0x10)],
    ["begins where it ends", write(0x40000110, 0x10)],
    ["has no byte", write(0x40000100, 0)],
  ])("needs none where the write %s", (_, at) => {
    expect(() => checkRawWrite(at, chip, [])).not.toThrow();
  });

  it.each<Act>(["lock", "lock-for-ever", "near-lock", "mass-erase"])("is not allowed by a permit for %s", (act) => {
    expect(() => checkRawWrite(write(0x40000100), chip, [permit(act)])).toThrow(
      expect.objectContaining({ code: "raw-write-consent" }),
    );
  });

  it("is allowed by the permit for raw writes, beside permits for other acts, too", () => {
    expect(() => checkRawWrite(write(0x40000100), chip, [rawPermit()])).not.toThrow();
    expect(() => checkRawWrite(write(0x40000100), chip, [permit("lock"), rawPermit()])).not.toThrow();
  });

  it("needs a consent for the ranges of every chip where no chip is named", () => {
    for (const { guarded } of CHIPS)
      for (const { start } of guarded)
        expect(() => checkRawWrite(write(start), undefined, [])).toThrow(
          expect.objectContaining({ code: "raw-write-consent" }),
        );
    expect(() => checkRawWrite(write(0x40000100), undefined, [])).not.toThrow();
  });

  it("writes nothing without the permit, and is done with it", async () => {
    const lab = madeUp();
    const session = await connectMadeUp(lab, chip);
    lab.core.log.length = 0;
    const bytes = Uint8Array.of(1, 0, 0, 0);
    const raw = { address: OPTIONS.start, bytes, width: 32 } as const;
    await expect(writeMemory(session, raw, [])).rejects.toMatchObject({ code: "raw-write-consent" });
    expect(lab.core.log).toEqual([]);
    await writeMemory(session, raw, [rawPermit()]);
    expect(lab.core.log).toEqual(["w 40000100 1"]);
  });
});

describe("a download to memory", () => {
  const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6);

  it("writes every byte where it belongs", async () => {
    const { memory, cells } = memoryWithout();
    await downloadToMemory(memory, { address: RAM + 1, bytes }, undefined);
    expect([...cells]).toEqual([...bytes].map((byte, i) => [RAM + 1 + i, byte]));
  });

  it("throws memory-unchanged with the first address that has no RAM, where the chip is not known", async () => {
    const { memory } = memoryWithout((address) => address >= RAM + 4);
    await expect(downloadToMemory(memory, { address: RAM, bytes }, undefined)).rejects.toMatchObject({
      code: "memory-unchanged",
      details: { address: "0x20000004" },
    });
  });

  it("is not read back where the chip is known", async () => {
    const { memory, reads } = memoryWithout(() => true);
    await downloadToMemory(memory, { address: RAM, bytes }, MADE_UP);
    expect(reads).toEqual([]);
  });

  // ARMv7-M ARM (DDI 0403E), B3.1: the bit-band alias, the peripherals and the devices have side effects.
  it.each([
    [0x00000000, true],
    [0x21ffffff, true],
    [0x22000000, false],
    [0x23ffffff, false],
    [0x24000000, true],
    [0x3fffffff, true],
    [0x40000000, false],
    [0x5fffffff, false],
    [0x60000000, true],
    [0x9fffffff, true],
    [0xa0000000, false],
    [0xe0000000, false],
  ])("at 0x%x of a chip that is not known is read back: %s", async (address, isRead) => {
    const { memory, reads } = memoryWithout();
    await downloadToMemory(memory, { address, bytes: Uint8Array.of(9) }, undefined);
    expect(reads).toEqual(isRead ? [address] : []);
  });
});

describe("a check of what memory holds", () => {
  it("passes where every byte is as it was written, and names the first that is not", async () => {
    const { memory, cells } = memoryWithout();
    const bytes = Uint8Array.of(7, 8, 9);
    await memory.write(RAM, bytes, 8);
    await expect(checkHolds(memory, RAM, bytes)).resolves.toBeUndefined();
    cells.set(RAM + 2, 0);
    await expect(checkHolds(memory, RAM, bytes)).rejects.toMatchObject({ details: { address: "0x20000002" } });
    cells.set(RAM, 0);
    await expect(checkHolds(memory, RAM, bytes)).rejects.toMatchObject({ details: { address: "0x20000000" } });
  });
});
