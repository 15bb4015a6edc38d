import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { MK24FN1M0xxx12 as chip } from "../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { directLoader } from "../../../src/families/kinetis-ftfe/direct.ts";
import { ramLoader } from "../../../src/families/kinetis-ftfe/ram.ts";
import { planErase } from "../../../src/flash/plan/plan.ts";
import { runPlan } from "../../../src/flash/run.ts";
import { Stopwatch } from "../../../src/flash/stopwatch.ts";
import { type EraseTarget, eraseFlash } from "../../../src/session/erase-job.ts";
import { flashImage } from "../../../src/session/flash-job.ts";
import type { Session } from "../../../src/session/session.ts";
import type { Twin } from "../../../src/twin/usb.ts";
import { board, example, flashBoard, onTarget, programmedBoard } from "../../support/board.ts";

const firmware = example("bootloader-open.raw.bin");

const programmed = (): Promise<Twin> => programmedBoard(firmware, { flash: "zero" });

/** The digest of what could have been harmed: the flash, whole. */
const flashOf = (twin: Twin): string => createHash("sha256").update(twin.peekFlash(0, 0x100000)).digest("hex");

/** Ranges that are none of this chip's flash: start and length. */
const WRONG: readonly (readonly [name: string, start: number, length: number])[] = [
  ["behind the flash, where 24 address bits would make it sector 0", 0x1000000, 0x1000],
  ["in RAM", 0x20000000, 0x1000],
  ["ending beyond the flash", 0xff000, 0x2000],
  ["ending a byte beyond the flash", 0xff000, 0x1001],
  ["ending at the top of the address space", 0xfffff000, 0x1000],
  ["ending beyond 32 bits", 0xff000, 0x1_0000_0000],
  ["from the flash to the top of the address space", 0, 0xffffffff],
  ["empty", 0x1000, 0],
  ["backwards", 0x2000, -0x1000],
  ["negative", -0x1000, 0x1000],
  ["no number", Number.NaN, 0x1000],
  ["in fractions", 0.5, 0x1000],
];

describe("an erase of a range", () => {
  for (const what of ["sectors", "range"] as const)
    it.each(WRONG)(`is refused before the chip is touched: ${what} %s`, async (_, start, length) => {
      const twin = await programmed();
      const before = flashOf(twin);
      await onTarget(twin, async (session) => {
        const from = twin.clock.now();
        const target: EraseTarget = { what, start, length };
        await expect(eraseFlash(session, target)).rejects.toMatchObject({ code: "flash-range" });
        expect(twin.clock.now()).toBe(from);
      });
      expect(flashOf(twin)).toBe(before);
    });

  it("names the range and the chip's flash, and wraps no address", async () => {
    const twin = board();
    const erase = (start: number, length: number) =>
      onTarget(twin, (session) => eraseFlash(session, { what: "sectors", start, length }));
    await expect(erase(0x1000000, 0x1000)).rejects.toMatchObject({
      message:
        "0x01000000 to 0x01000FFF was to be erased, but the flash of the MK24FN1M0xxx12 is 0x00000000 to 0x000FFFFF",
    });
    await expect(erase(0xfffff000, 0x2000)).rejects.toMatchObject({
      message: expect.stringContaining("0xFFFFF000 to 0x100000FFF was"),
    });
    await expect(erase(0x2000, -0x1000)).rejects.toMatchObject({
      message: expect.stringContaining("begins at 0x00002000 and ends before it holds a byte"),
    });
  });

  it("is done where it ends at the flash's last byte", async () => {
    const twin = board({ flash: "zero" });
    const segments = [{ name: "end", address: 0xfe000, bytes: new Uint8Array(0x2000).fill(0x55) }];
    await flashBoard(twin, { format: "raw", segments, symbols: [] });
    await onTarget(twin, (session) => eraseFlash(session, { what: "sectors", start: 0xff000, length: 0x1000 }));
    expect(twin.peekFlash(0xfefff, 2)).toEqual(Uint8Array.of(0x55, 0xff));
    expect(twin.peekFlash(0xfffff, 1)).toEqual(Uint8Array.of(0xff));
  });
});

describe("a range to keep", () => {
  it.each(WRONG)("is refused before the chip is touched: %s", async (_, start, length) => {
    const twin = await programmed();
    const before = flashOf(twin);
    const keep = [{ start, length }];
    await onTarget(twin, async (session) => {
      const from = twin.clock.now();
      const image = { image: firmware, policy: "refuse", keepRest: true, permits: [], keep } as const;
      await expect(flashImage(session, image)).rejects.toMatchObject({ code: "flash-range" });
      await expect(eraseFlash(session, { what: "chip" }, { keep })).rejects.toMatchObject({ code: "flash-range" });
      expect(twin.clock.now()).toBe(from);
    });
    expect(flashOf(twin)).toBe(before);
  });
});

describe("a loader or plan behind the jobs' own check", () => {
  const [bank] = chip.banks;
  const sectorAt = (address: number) => ({ bank, address, size: 0x1000, run: 0 });
  const loaders = {
    direct: (session: Session) => directLoader(session.core, bank, session.clock),
    ram: (session: Session) => ramLoader(session.core, chip, bank, session.clock),
  };

  it.each([0x1000000, 0x100000, 0xfffff000])("a plan with a sector at %x is not begun", async (address) => {
    const twin = await programmed();
    const before = flashOf(twin);
    const run = onTarget(twin, (session) =>
      runPlan(planErase(chip, [{ sector: sectorAt(address), blank: false }]), {
        loaderFor: () => loaders.direct(session),
        clock: twin.clock,
        permits: [],
        stopwatch: new Stopwatch(twin.clock),
      }),
    );
    await expect(run).rejects.toMatchObject({ code: "flash-range" });
    expect(flashOf(twin)).toBe(before);
  });

  it("a plan that erases from the middle of a sector is not begun", async () => {
    const run = onTarget(board(), (session) =>
      runPlan(planErase(chip, [{ sector: sectorAt(0x1800), blank: false }]), {
        loaderFor: () => loaders.direct(session),
        clock: session.clock,
        permits: [],
        stopwatch: new Stopwatch(session.clock),
      }),
    );
    await expect(run).rejects.toMatchObject({ code: "flash-unaligned" });
  });

  it.each(["direct", "ram"] as const)("the %s loader gives no command for an address outside", async (name) => {
    const twin = await programmed();
    const before = flashOf(twin);
    const phrase = { address: 0x1000408, bytes: new Uint8Array(8) };
    const refused = { code: "flash-range" };
    await onTarget(twin, async (session) => {
      const loader = loaders[name](session);
      await loader.start();
      await expect(loader.eraseSector(bank, 0x1000000, [])).rejects.toMatchObject(refused);
      await expect(loader.eraseSector(bank, 0x1000, [phrase])).rejects.toMatchObject(refused);
      await expect(loader.eraseBank?.(bank, [phrase])).rejects.toMatchObject(refused);
      await expect(loader.program(bank, phrase.address, phrase.bytes)).rejects.toMatchObject(refused);
      await expect(loader.program(bank, 0x1000000, new Uint8Array(16))).rejects.toMatchObject(refused);
      const look = loader.ensureBlank?.(bank, 0x1000000, 0x1000, []) ?? loader.isBlank?.(bank, 0x1000000, 0x1000);
      await expect(look).rejects.toMatchObject(refused);
      await loader.stop();
    });
    expect(flashOf(twin)).toBe(before);
  });
});
