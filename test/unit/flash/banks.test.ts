import { permit } from "../../../src/flash/permit.ts";
import { describe, expect, it } from "vitest";
import type { Memory } from "../../../src/adi/memory.ts";
import type { Clock, Io } from "../../../src/base/clock.ts";
import type { Chip } from "../../../src/chips/chip.ts";
import type { FlashBank } from "../../../src/chips/flash-bank.ts";
import { sectorAt, sectorsIn } from "../../../src/chips/sectors.ts";
import { type ChipContent, type Readable, sectorsOf } from "../../../src/flash/content.ts";
import { estimate } from "../../../src/flash/plan/estimate.ts";
import { keptSegments, lostImage } from "../../../src/flash/keep.ts";
import type { Loader } from "../../../src/flash/loader.ts";
import { type FlashPlan, planErase, planEraseAll, planFlash } from "../../../src/flash/plan/plan.ts";
import { digestOf } from "../../../src/flash/plan/plan-digest.ts";
import { readSectors } from "../../../src/flash/read-flash.ts";
import { runPlan } from "../../../src/flash/run.ts";
import { Stopwatch } from "../../../src/flash/stopwatch.ts";
import type { Write } from "../../../src/flash/plan/steps.ts";
import { verifyErased } from "../../../src/flash/verify-erased.ts";
import { verifyImage } from "../../../src/flash/verify.ts";
import { AdiError } from "../../../src/adi/adi-error.ts";
import type { Image } from "../../../src/image/image.ts";
import { bank, chipOf, LOCKING, OTP, PAGES, UNEVEN, WORDS, ZERO } from "./made-up-chips.ts";

const imageAt = (address: number, bytes: Uint8Array): Image => ({
  format: "raw",
  segments: [{ name: "test", address, bytes }],
  symbols: [],
});

const counting = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 7 + 1) & 0xff);

/** Cells of a chip as its controllers treat them: erases to the erased value, program writes; once-only units are held to it. */
class Cells implements Loader {
  readonly name = "direct";
  readonly caps = {
    runsOn: false,
    eraseThen: true,
    marginBlank: false,
    provesErase: true,
    restores: "ram-and-core",
  } as const;
  readonly calls: string[] = [];
  private readonly chip: Chip;
  private readonly bytes = new Map<number, number>();
  private readonly programmed = new Set<number>();

  constructor(chip: Chip) {
    this.chip = chip;
  }

  async start(): Promise<void> {
    this.calls.push("start");
  }
  async eraseSector(bank: FlashBank, address: number, then: readonly Write[]): Promise<void> {
    const sector = sectorAt(bank, address);
    if (!sector) throw new Error("no sector");
    this.calls.push(`erase ${sector.address.toString(16)}`);
    this.clear(sector.address, sector.size);
    for (const write of then) await this.program(bank, write.address, write.bytes);
  }
  async program(bank: FlashBank, address: number, bytes: Uint8Array): Promise<void> {
    const { unit, burst, once } = bank.write;
    this.calls.push(`program ${address.toString(16)}+${bytes.length.toString(16)}`);
    expect([(address - bank.start) % unit, bytes.length % unit]).toEqual([0, 0]);
    expect(bytes.length === unit || bytes.length % burst.unit === 0).toBe(true);
    const page = (at: number) => Math.floor((at - bank.start) / burst.size);
    expect(page(address)).toBe(page(address + bytes.length - 1));
    for (let at = address; at < address + bytes.length; at += unit) {
      if (once && this.programmed.has(at)) throw new Error(`programmed twice at ${at.toString(16)}`);
      this.programmed.add(at);
    }
    for (const [i, byte] of bytes.entries()) this.bytes.set(address + i, byte);
  }
  async settle(): Promise<void> {}
  async stop(): Promise<void> {
    this.calls.push("stop");
  }

  /** Reads; a write unit that is erased answers a fault where the bank's do. */
  readonly memory: Readable = {
    read: async (address, count) => {
      const bank = this.chip.banks.find(({ start, length }) => address >= start && address < start + length);
      const bytes = Uint8Array.from({ length: count }, (_, i) => this.at(address + i, bank?.erased ?? 0xff));
      const { unit } = bank?.write ?? { unit: 1 };
      for (let at = address - (address % unit); bank?.readErased === "faults" && at < address + count; at += unit)
        if (!this.programmed.has(at)) throw new AdiError("memory-fault", "erased");
      return bytes;
    },
  };

  private at(address: number, erased: number): number {
    return this.bytes.get(address) ?? erased;
  }

  private clear(start: number, length: number): void {
    for (let at = start; at < start + length; at++) {
      this.bytes.delete(at);
      this.programmed.delete(at);
    }
  }
}

const clock: Clock = { now: () => 0, sleep: async () => {}, alarm: () => () => {} };

/** With every consent that the plan asks for: the locks of these chips are unknown. */
const run = (plan: FlashPlan, loaderFor: (bank: FlashBank) => Loader, io: Io = {}) => {
  const permits = plan.needs.map(({ act, token }) => permit(act, token));
  return runPlan(plan, { ...io, loaderFor, clock, permits, stopwatch: new Stopwatch(clock) });
};

const lookAt = (chip: Chip, cells: Cells, start: number, length: number): Promise<ChipContent> =>
  readSectors(cells.memory, { sectors: sectorsOf(chip, { start, length }), proven: () => true });

/** Plans against the cells, runs the plan on them, and compares. */
async function flash(chip: Chip, cells: Cells, image: Image, banks: readonly string[] = []): Promise<FlashPlan> {
  const [{ address, bytes }] = image.segments;
  const content = await lookAt(chip, cells, address, bytes.length);
  const plan = planFlash({ chip, image, policy: "keep-open", keepRest: true, content, banks });
  await run(plan, () => cells);
  const { verdict } = await verifyImage(cells.memory, plan.image, [], () => {}, { banks: chip.banks });
  expect(verdict).toBe("equal");
  return plan;
}

const [uneven] = UNEVEN.banks;

describe("sectors of several sizes", () => {
  it.each([
    [0x08000000, 0x08000000, 0x4000, 0],
    [0x0800ffff, 0x0800c000, 0x4000, 0],
    [0x08010000, 0x08010000, 0x10000, 1],
    [0x0801ffff, 0x08010000, 0x10000, 1],
    [0x08020000, 0x08020000, 0x20000, 2],
    [0x080fffff, 0x080e0000, 0x20000, 2],
  ])("%x lies in the sector at %x", (at, address, size, run) => {
    expect(sectorAt(uneven, at)).toEqual({ bank: uneven, address, size, run });
  });

  it("end where the bank ends", () => {
    expect(sectorAt(uneven, 0x08100000)).toBeUndefined();
    expect(sectorsIn(uneven, { start: 0x080dffff, length: 0x1000000 }).map(({ address }) => address)).toEqual([
      0x080c0000, 0x080e0000,
    ]);
  });

  it("are erased and programmed each as a whole, and what the image does not name is kept", async () => {
    const cells = new Cells(UNEVEN);
    await flash(UNEVEN, cells, imageAt(0x0800c000, counting(0x18000)));
    const { sectors } = await flash(UNEVEN, cells, imageAt(0x0800ff00, new Uint8Array(0x10200).fill(0x5a)));
    expect(sectors.map(({ address, content, kept }) => [address, content.length, kept])).toEqual([
      [0x0800c000, 0x4000, 0x3f00],
      [0x08010000, 0x10000, 0],
      [0x08020000, 0x20000, 0x1ff00],
    ]);
    expect(cells.calls.filter((call) => call.startsWith("erase"))).toEqual([
      "erase 800c000",
      "erase 8010000",
      "erase 8020000",
    ]);
    expect(await cells.memory.read(0x0800c000, 0x100, 32)).toEqual(counting(0x100));
  });

  it("are estimated by their own erase times", () => {
    const link = { bytesPerMs: 1_000, roundTripMs: 0 };
    const sectors = sectorsOf(UNEVEN, { start: 0x0800c000, length: 0x18000 });
    const plan = planErase(
      UNEVEN,
      sectors.map((sector) => ({ sector, blank: false })),
    );
    expect(estimate(plan, link).eraseMs).toBe(300 + 700 + 1_000);
    expect(estimate(planEraseAll(UNEVEN), link).eraseMs).toBe(4 * 300 + 700 + 7 * 1_000);
  });

  it("take an image that is linked at an alias of the bank", () => {
    const plan = planFlash({ chip: UNEVEN, image: imageAt(0x4000, counting(8)), policy: "refuse", keepRest: false });
    expect(plan.sectors.map(({ address }) => address)).toEqual([0x08004000]);
    expect(plan.image.segments[0].address).toBe(0x08004000);
  });
});

describe("an erased value of 0x00", () => {
  const [{ erased }] = ZERO.banks;

  it("is what counts as blank: 0x00 is not programmed, 0xFF is", async () => {
    const cells = new Cells(ZERO);
    const bytes = new Uint8Array(0x80).fill(erased);
    bytes.fill(0xff, 0x10, 0x14);
    const plan = await flash(ZERO, cells, imageAt(0x08000080, bytes));
    expect(plan.sectors.map(({ action, found }) => [action, found])).toEqual([["program", "blank"]]);
    expect(cells.calls).toContain("program 8000090+4");
  });

  it("fills the rest of a sector that is not kept", () => {
    const plan = planFlash({
      chip: ZERO,
      image: imageAt(0x08000000, Uint8Array.of(1)),
      policy: "refuse",
      keepRest: false,
    });
    expect([...plan.sectors[0].content.subarray(0, 3)]).toEqual([1, 0, 0]);
  });
});

describe("flash words of 32 bytes with an ECC, in two banks", () => {
  it("are programmed once each, and a kept byte takes its whole word along", async () => {
    const cells = new Cells(WORDS);
    await flash(WORDS, cells, imageAt(0x08000000, counting(0x100)));
    await flash(WORDS, cells, imageAt(0x08000021, Uint8Array.of(1, 2, 3)));
    expect((await cells.memory.read(0x08000020, 1, 32))[0]).toBe(counting(0x21)[0x20]);
  });

  it("are reached across the border of the banks by one plan, each bank by its controller's loader", async () => {
    const [first, second] = [new Cells(WORDS), new Cells(WORDS)];
    const image = imageAt(0x0803ffe0, counting(0x40));
    const plan = planFlash({ chip: WORDS, image, policy: "refuse", keepRest: false });
    expect(plan.steps.map(({ bank }) => bank.id)).toEqual(["bank1", "bank1", "bank2", "bank2"]);
    await run(plan, ({ id }) => (id === "bank1" ? first : second));
    expect(first.calls).toEqual(["start", "erase 8020000", "program 803ffe0+20", "stop"]);
    expect(second.calls).toEqual(["start", "erase 8040000", "program 8040000+20", "stop"]);
  });

  it("have plans with other digests where the bank is another one", () => {
    const both = planEraseAll(WORDS);
    expect(both.steps.map(({ step, bank }) => [step, bank.id])).toEqual([
      ["erase-bank", "bank1"],
      ["erase-bank", "bank2"],
    ]);
    const [first, second] = both.steps.map((step) => digestOf(WORDS, [step]));
    expect(new Set([first, second, both.digest]).size).toBe(3);
  });

  it("need a loader for each bank before anything is touched", async () => {
    const cells = new Cells(WORDS);
    const plan = planEraseAll(WORDS);
    const refuse = ({ id }: FlashBank): Loader => {
      if (id === "bank2") throw new RangeError("none");
      return cells;
    };
    await expect(run(plan, refuse)).rejects.toThrow("none");
    expect(cells.calls).toEqual([]);
  });
});

describe("banks beside the firmware's", () => {
  const row = imageAt(0x10001080, Uint8Array.of(0x5a, 0xff, 0xff, 0xff));

  it("are refused with bank-not-named where the job does not name them, and planned where it does", () => {
    const request = { chip: PAGES, image: row, policy: "refuse", keepRest: true } as const;
    expect(() => planFlash(request)).toThrow(expect.objectContaining({ code: "bank-not-named" }));
    expect(planFlash({ ...request, banks: ["uicr"] }).sectors.map(({ bank }) => bank.id)).toEqual(["uicr"]);
  });

  it("stay in an erase of everything", () => {
    expect(planEraseAll(PAGES).steps.map(({ bank }) => bank.id)).toEqual(["main"]);
    expect(planEraseAll(OTP).steps.map(({ bank }) => bank.id)).toEqual(["main"]);
  });

  it("of one-time cells get the units that change, and are never erased", async () => {
    const cells = new Cells(OTP);
    const plan = await flash(OTP, cells, imageAt(0x1fff7808, Uint8Array.of(1, 2, 3, 4)), ["otp"]);
    expect(plan.steps).toMatchObject([{ step: "program", address: 0x1fff7808 }]);
    expect(await flash(OTP, cells, imageAt(0x1fff7808, Uint8Array.of(1, 2, 3, 4)), ["otp"])).toMatchObject({
      steps: [],
    });
    const other = flash(OTP, cells, imageAt(0x1fff7808, Uint8Array.of(9, 2, 3, 4)), ["otp"]);
    await expect(other).rejects.toMatchObject({ code: "not-erasable" });
  });

  it("that need no erase get the units that change, over what stood there", async () => {
    const cells = new Cells(OTP);
    await flash(OTP, cells, imageAt(0x08080000, counting(0x20)), ["eeprom"]);
    const plan = await flash(OTP, cells, imageAt(0x08080008, new Uint8Array(8)), ["eeprom"]);
    expect(plan.steps).toMatchObject([{ step: "program", address: 0x08080008, bytes: new Uint8Array(8) }]);
  });
});

describe("erased cells that answer a fault", () => {
  it("are blank, not unreadable, in plans and comparisons", async () => {
    const cells = new Cells(OTP);
    const bytes = counting(0x400).fill(0xff, 0x100, 0x300);
    const plan = await flash(OTP, cells, imageAt(0x2000, bytes));
    expect(plan.sectors.map(({ found }) => found)).toEqual(["blank"]);
    expect((await flash(OTP, cells, imageAt(0x2000, bytes))).steps).toEqual([]);
  });
});

describe("kept and lost bytes", () => {
  it("come from sectors of their own sizes", async () => {
    const cells = new Cells(UNEVEN);
    await flash(UNEVEN, cells, imageAt(0x0800c000, counting(0x8000)));
    const content = await lookAt(UNEVEN, cells, 0x0800c000, 0x8000);
    const [kept] = keptSegments([{ start: 0x0800ffff, length: 2 }], content, UNEVEN);
    expect([...kept.bytes]).toEqual([...counting(0x4001).subarray(0x3fff)]);
    const sectors = sectorsOf(UNEVEN, { start: 0x08010000, length: 1 }).map((s) => ({
      ...s,
      action: "erase" as const,
    }));
    expect(lostImage({ sectors }, content)?.segments.map((s) => [s.address, s.bytes.length])).toEqual([
      [0x08010000, 0x10000],
    ]);
  });
});

describe("a field that locks the chip while it is blank, by its table", () => {
  const everything = imageAt(0, counting(0x4000));

  it("has its sector last, its write unit with the erase, and the rest of the sector around it", async () => {
    const bytes = everything.segments[0].bytes.slice();
    bytes[0x2824] = 0xa5;
    const cells = new Cells(LOCKING);
    const plan = await flash(LOCKING, cells, imageAt(0, bytes));
    const erases = plan.steps.flatMap((step) => (step.step === "ensure-blank" ? [step] : []));
    expect(erases.map(({ address }) => address)).toEqual([0, 0x800, 0x1000, 0x1800, 0x2000, 0x3000, 0x3800, 0x2800]);
    expect(erases.at(-1)?.atOnce).toMatchObject([{ address: 0x2820, bytes: { length: 16 } }]);
    const pieces = plan.steps.flatMap((step) =>
      step.step === "program" && step.address >= 0x2800 && step.address < 0x2840 ? [step.address] : [],
    );
    expect(pieces).toEqual([0x2800, 0x2830]);
  });

  it("is open where the image has a gap over it, and after an erase of everything", () => {
    const gap = planFlash({
      chip: LOCKING,
      image: imageAt(0x2800, new Uint8Array(8)),
      policy: "refuse",
      keepRest: false,
    });
    expect(gap.sectors[0].content[0x24]).toBe(0xa5);
    const { steps } = planEraseAll(LOCKING);
    expect(steps.map(({ bank }) => bank.id)).toEqual(["bank1", "bank2"]);
    expect(steps[1]).toMatchObject({ step: "erase-bank", atOnce: [{ address: 0x2820 }] });
  });

  it("is programmed behind the erase where the loader can't do both at once", async () => {
    const cells = new Cells(LOCKING);
    const slow: Loader = Object.assign(Object.create(cells) as Cells, { caps: { ...cells.caps, eraseThen: false } });
    await run(
      planErase(
        LOCKING,
        sectorsOf(LOCKING, { start: 0x2800, length: 1 }).map((sector) => ({ sector, blank: false })),
      ),
      () => slow,
    );
    expect(cells.calls).toEqual(["start", "erase 2800", "program 2820+10", "stop"]);
  });

  it("is nothing where the chip's locks are unknown", () => {
    const unknown = { ...LOCKING, protection: undefined };
    expect(planEraseAll(unknown).steps.every((step) => step.step === "erase-bank" && step.atOnce.length === 0)).toBe(
      true,
    );
  });
});

describe("an erase of a bank without sectors", () => {
  const fixed = chipOf("FIXED", [bank({ start: 0, length: 0x1000, sectors: [] })]);
  const notErasable = expect.objectContaining({ code: "not-erasable" });

  it("is refused by the plan, of the whole chip and of a range that is not blank", () => {
    expect(() => planEraseAll(fixed)).toThrow(notErasable);
    const [sector] = sectorsOf(fixed, { start: 0, length: 1 });
    expect(() => planErase(fixed, [{ sector, blank: false }])).toThrow(notErasable);
    expect(planErase(fixed, [{ sector, blank: true }]).steps).toEqual([]);
  });

  it("is refused by the run where a plan has such a step, and what it should have erased is read", async () => {
    const cells = new Cells(fixed);
    const step = { step: "erase-bank", bank: fixed.banks[0], atOnce: [] } as const;
    await expect(run({ ...planEraseAll(PAGES), steps: [step] }, () => cells)).rejects.toMatchObject({
      code: "not-erasable",
    });
    expect(cells.calls.filter((call) => call.startsWith("erase"))).toEqual([]);
    const memory = { read: async (_: number, count: number) => new Uint8Array(count) } as unknown as Memory;
    await expect(verifyErased(memory, { steps: [step] }, () => true)).rejects.toMatchObject({ code: "verify-differs" });
  });
});

describe("a step outside of its bank", () => {
  it("is refused before the loader starts", async () => {
    const cells = new Cells(PAGES);
    const [main] = PAGES.banks;
    const plan = planEraseAll(PAGES);
    for (const [address, code] of [
      [0x10000, "flash-range"],
      [0xfffe, "flash-unaligned"],
    ] as const) {
      const length = code === "flash-range" ? 4 : 2;
      const step = { step: "program", bank: main, address, bytes: new Uint8Array(length) } as const;
      await expect(run({ ...plan, steps: [step] }, () => cells)).rejects.toMatchObject({ code });
    }
    expect(cells.calls).toEqual([]);
  });

  it("of a bank without a command to erase it is one erase for each sector, the field's last", async () => {
    const cells = new Cells(LOCKING);
    await run(planEraseAll(LOCKING), () => cells);
    expect(cells.calls.slice(-4)).toEqual(["erase 3800", "erase 2800", "program 2820+10", "stop"]);
    expect(bank({ start: 0, length: 4 }).sectors).toEqual([{ size: 4, count: 1 }]);
  });
});
