import { describe, expect, it } from "vitest";
import { Stopwatch } from "../../../../src/flash/stopwatch.ts";
import type { Image } from "../../../../src/image/image.ts";
import { type FlashJob, flashImage, type PlannedJob, planOnChip } from "../../../../src/session/flash-job.ts";
import type { Session } from "../../../../src/session/session.ts";
import type { Twin } from "../../../../src/twin/usb.ts";
import { onTarget, programmedBoard } from "../../../support/board.ts";

const filled = (address: number, length: number, byte = 0x55): Image => ({
  format: "raw",
  segments: [{ name: "filled", address, bytes: new Uint8Array(length).fill(byte) }],
  symbols: [],
});

const SECTOR = 0x5000;
const NEXT = 0x6000;
const FLASH_END = 0x100000;
const HEADED = 0x9000;
/** What stands on the chip: two sectors, and the first bytes of another one. */
const before: Image = {
  ...filled(SECTOR, 0x2000, 0x33),
  segments: [filled(SECTOR, 0x2000, 0x33), filled(HEADED, 0x100, 0x33)].flatMap(({ segments }) => segments),
};
const programmed = () => programmedBoard(before, { flash: "zero" });
/** A whole sector, and sixteen bytes of it. */
const [WHOLE, PART] = [filled(SECTOR, 0x1000), filled(SECTOR + 0x100, 16)];

/** Counts the readings of addresses in flash, and damages the byte at one of them in its first reading. */
function watch(twin: Twin, { core: { memory } }: Session, addresses: readonly number[], damaged?: number) {
  const counts = addresses.map(() => 0);
  const read = memory.read.bind(memory);
  memory.read = async (start, count, width, io) => {
    if (start >= FLASH_END) return read(start, count, width, io);
    const bytes = twin.peekFlash(start, count);
    for (const [i, address] of addresses.entries()) {
      if (address < start || address >= start + count) continue;
      if (counts[i]++ === 0 && address === damaged) bytes[address - start] ^= 1;
    }
    return bytes;
  };
  return counts;
}

const plain = { policy: "refuse", keepRest: true, permits: [] } as const;

describe("a look before a plan", () => {
  it.each<[string, Partial<PlannedJob>, readonly number[]]>([
    ["once where all of a sector is written", { image: WHOLE }, [1, 0]],
    ["twice where the rest of a sector stays", { image: PART }, [2, 0]],
    ["once where the rest need not stay", { image: PART, keepRest: false }, [1, 0]],
    ["twice where a small image keeps the rest", { image: PART, keepRest: { below: 17 } }, [2, 0]],
    ["once where an image is too large for that", { image: PART, keepRest: { below: 16 } }, [1, 0]],
    ["twice where a range in it is kept", { image: WHOLE, keep: [{ start: SECTOR, length: 1 }] }, [2, 0]],
    ["twice where a range in another sector is kept", { image: WHOLE, keep: [{ start: NEXT, length: 1 }] }, [1, 2]],
    ["twice where what is lost is saved", { image: WHOLE, onLost: () => {} }, [2, 0]],
    ["never where everything is erased", { image: WHOLE, erase: "chip" }, [0, 0]],
    ["twice where everything is erased and saved", { image: WHOLE, erase: "chip", onLost: () => {} }, [2, 2]],
  ])("reads %s", async (_, job, counts) => {
    const twin = await programmed();
    const seen = await onTarget(twin, async (session) => {
      const readings = watch(twin, session, [SECTOR, NEXT]);
      await planOnChip(session, { ...plain, image: WHOLE, ...job }, new Stopwatch(session.clock));
      return readings;
    });
    expect(seen).toEqual(counts);
  });

  it.each<[string, Partial<FlashJob>]>([
    ["the rest of a sector", { image: PART }],
    ["a range that is kept", { keep: [{ start: SECTOR, length: 0x20 }] }],
    ["what is saved", { onLost: () => {} }],
    ["what is saved of everything", { erase: "chip", onLost: () => {} }],
  ])("throws unsteady-read where two readings of %s differ, and nothing is erased", async (_, job) => {
    const twin = await programmed();
    const work = onTarget(twin, (session) => {
      watch(twin, session, [SECTOR], SECTOR);
      return flashImage(session, { ...plain, image: WHOLE, verifyBy: "read", ...job });
    });
    await expect(work).rejects.toMatchObject({ code: "unsteady-read", details: { address: "0x00005000" } });
    expect(twin.peekFlash(SECTOR, 0x2000)).toEqual(before.segments[0].bytes);
  });

  it.each([
    ["is not read where checks on the chip prove it erased", 0xf0000, 0],
    ["is not read where they do so of it alone, and the bytes before it differ", HEADED, 0],
    ["is read twice where they don't", SECTOR, 2],
  ])("the rest of a sector that stays %s", async (_, sector, readings) => {
    const twin = await programmed();
    const seen = await onTarget(twin, async (session) => {
      const counts = watch(twin, session, [sector, sector + 0x800]);
      await flashImage(session, { ...plain, image: filled(sector, 0x100) });
      return counts;
    });
    expect(seen).toEqual([readings, readings]);
  });
});

describe("a job that is to erase everything", () => {
  it("is refused where a range is to be kept, before the chip is touched", async () => {
    const twin = await programmed();
    const job = { ...plain, image: WHOLE, erase: "chip", keep: [{ start: 0x8000, length: 4 }] } as const;
    const work = onTarget(twin, (session) => flashImage(session, job));
    await expect(work).rejects.toMatchObject({ code: "flash-keep" });
    expect(twin.peekFlash(SECTOR, 0x2000)).toEqual(before.segments[0].bytes);
  });
});
