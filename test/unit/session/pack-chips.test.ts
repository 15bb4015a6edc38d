import { beforeAll, describe, expect, it } from "vitest";
import { codeOf } from "../../../src/base/errors.ts";
import { planFlash } from "../../../src/flash/plan/plan.ts";
import { createTwin, type Twin, type TwinState } from "../../../src/twin/usb.ts";
import { hasJudge, requiredJudges } from "../../../tools/judges.mjs";
import { board, example, flashBoard } from "../../support/board.ts";
import { Chance } from "../../support/chance.ts";
import { flash, type Flashed } from "../../support/flash-twin.ts";
import { faultyAlgorithm, ownAlgorithm, ownChip } from "../../support/own-packs.ts";

const GCC = "arm-none-eabi-gcc";
const hasCompiler = hasJudge(GCC) || requiredJudges().includes(GCC);

const K24 = "MK24FN1M0xxx12";

/** A K24 that is open: blank, it is locked. */
let open: TwinState;
beforeAll(async () => {
  const twin = board({ flash: "zero" });
  await flashBoard(twin, example("bootloader-open.hex"), { massErase: true, policy: "keep-open" });
  open = twin.snapshot();
});

const openK24 = (): Twin => createTwin({ chip: K24, state: open });

describe.runIf(hasCompiler)("a flash algorithm of a pack", () => {
  it.each([
    ["OWN-K24", "kinetis-ftfe", K24, 0x8000],
    ["OWN-F407VG", "stm32f4", "STM32F407xG", 0x08004000],
    ["OWN-NRF52840", "nrf52", "nRF52840_xxAA", 0x4000],
    ["OWN-RP2040", "rp2040", "RP2040", 0x10004000],
  ] as const)(
    "programs %s by %s on the twin of %s: verified, and equal in flash",
    async (device, name, chip, address) => {
      const bytes = new Chance(7).bytes(0x2b00);
      const twin = chip === K24 ? openK24() : createTwin({ chip });
      const { report, error, found } = await flash(twin, ownChip(device, ownAlgorithm(name)), address, bytes);
      expect(error).toBeUndefined();
      expect(report?.verify.verdict).toBe("equal");
      expect(report?.run.bytesProgrammed).toBeGreaterThanOrEqual(bytes.length);
      expect(Buffer.from(found).equals(Buffer.from(bytes))).toBe(true);
    },
  );

  it("leaves the sector whose blank bytes lock the chip to the family's own loader, which lends its locks", async () => {
    const chip = ownChip(K24, ownAlgorithm("kinetis-ftfe"));
    const bytes = new Chance(8).bytes(0x1800);
    // FSEC: open.
    bytes.set([0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff], 0x408);
    const { report, error, found } = await flash(openK24(), chip, 0, bytes);
    expect([chip.familyName, chip.protection === undefined, error]).toEqual(["kinetis-ftfe", false, undefined]);
    expect(report?.verify.verdict).toBe("equal");
    expect(found[0x40c]).toBe(0xfe);
  });

  it("programs no page that crosses a sector, although its page is larger than one", async () => {
    const chip = ownChip("OWN-K24", faultyAlgorithm("PAGE=0x1800"));
    expect(chip.banks[0].write).toMatchObject({ unit: 0x800, burst: { size: 0x800, unit: 0x800 } });
    const bytes = new Chance(9).bytes(0x3000);
    const { report, error } = await flash(openK24(), chip, 0x8000, bytes);
    expect([error, report?.verify.verdict]).toEqual([undefined, "equal"]);
  });
});

describe.runIf(hasCompiler)("a plan on a chip of a pack whose locks are unknown", () => {
  it.each([
    ["none for flash of firmware", 0x0, []],
    ["a token where it changes a bank of another kind", 0x80000, ["lock-for-ever"]],
  ] as const)("needs %s", (_, address, acts) => {
    const chip = ownChip("OWN-K24", ownAlgorithm("kinetis-ftfe"));
    const half = { ...chip.banks[0], length: 0x80000, sectors: [{ size: 0x1000, count: 0x80 }] };
    const banks = [half, { ...half, id: "option", kind: "option", start: 0x80000 } as const];
    const segments = [{ name: "a", address, bytes: new Uint8Array(0x400) }];
    const image = { format: "raw", segments, symbols: [] } as const;
    const plan = planFlash({ chip: { ...chip, banks }, image, policy: "as-image", keepRest: false, banks: ["option"] });
    expect(plan.needs.map(({ act }) => act)).toEqual(acts);
    expect(plan.needs.every(({ token }) => token?.startsWith("irrev-lock-for-ever-"))).toBe(true);
  });
});

/** What a programmed unit of the K24 holds after a job. */
type Cells = "wanted" | "before" | "erased" | "other";

/** A section of the controller has units of so many bytes. */
const UNIT = 16;

/** The states of flash from its first unit on, neighbours of one state together, each with its length. */
function cellsOf(found: Uint8Array, wanted: Uint8Array, before: Uint8Array): readonly string[] {
  const states: { state: Cells; length: number }[] = [];
  for (let at = 0; at < found.length; at += UNIT) {
    const [now, then, aim] = [found, before, wanted].map((all) => Buffer.from(all.subarray(at, at + UNIT)));
    const isErased = now.every((byte) => byte === 0xff);
    const state = now.equals(aim) ? "wanted" : now.equals(then) ? "before" : isErased ? "erased" : "other";
    const last = states.at(-1);
    if (last?.state === state) last.length += UNIT;
    else states.push({ state, length: UNIT });
  }
  return states.map(({ state, length }) => `${state} 0x${length.toString(16)}`);
}

/** Where the vectors of reset and of the core's timer lie (ARMv7-M ARM (DDI 0403E), B1.5.3). */
const RESET = 0x04;
const SYSTICK = 0x3c;

/** Where a vector of the open image leads. */
const vectorAt = (at: number): number => Buffer.from(openK24().peekFlash(at, 4)).readUInt32LE() & ~1;

/** What the core's reset leaves: at the vector of the open image, nothing masked, its timer off. */
const asReset = () => ({ isHalted: true, core: { pc: vectorAt(RESET), cfbp: 0, timerRuns: false } });

describe.runIf(hasCompiler)("a flash algorithm that misbehaves", () => {
  const bytes = new Chance(10).bytes(0x1400);

  /** What a job with the fault ended as and left in flash; `onZeros`: its sectors were programmed with zeros before. */
  const flashWith = async (fault: string, { onZeros = false, wanted = bytes } = {}) => {
    const twin = openK24();
    if (onZeros) await flash(twin, ownChip("OWN-K24", ownAlgorithm("kinetis-ftfe")), 0x8000, new Uint8Array(0x2000));
    const before = twin.peekFlash(0x8000, wanted.length);
    const flashed = await flash(twin, ownChip("OWN-K24", faultyAlgorithm(fault)), 0x8000, wanted);
    return { ...flashed, cells: cellsOf(flashed.found, wanted, before) };
  };

  const outcome = ({ report, error }: Flashed): string => codeOf(error) ?? report?.verify.verdict ?? String(error);

  /** Five pages, of each of which the last unit is left erased. */
  const WITHOUT_ENDS = Array.from({ length: 5 }, () => ["wanted 0x3f0", "erased 0x10"]).flat();
  /** The first sector was erased, and the one behind it was not begun. */
  const FIRST_ERASED = ["erased 0x1000", "before 0x400"];

  it.each([
    ["skips the last bytes of a page", "SKIPS_LAST_WORD", "different", WITHOUT_ENDS],
    ["skips them, and whose own Verify agrees", "VERIFY_AGREES", "different", WITHOUT_ENDS],
    ["writes behind its buffer", "WRITES_BEHIND_BUFFER", "algorithm-stray-write", ["wanted 0x1400"]],
    ["overflows its stack", "OVERFLOWS_STACK", "algorithm-stray-write", FIRST_ERASED],
    ["changes R9", "LOSES_STATIC_BASE", "algorithm-stray-write", ["wanted 0x400", "erased 0xc00", "before 0x400"]],
    ["never returns from Init", "INIT_LOOPS", "algorithm-timeout", ["before 0x1400"]],
    ["never returns from ProgramPage", "PROGRAM_LOOPS", "algorithm-timeout", FIRST_ERASED],
    ["has interrupts unmasked whose handler never returns", "UNMASKS_INTERRUPTS", "algorithm-timeout", FIRST_ERASED],
  ])(
    "and %s is found: %s ends as %s, the core halted by a reset, and each unit of flash is named",
    async (_, fault, code, cells) => {
      const flashed = await flashWith(fault);
      expect([outcome(flashed), flashed.cells]).toEqual([code, cells]);
      expect(flashed).toMatchObject(asReset());
    },
  );

  it.each([
    ["PROGRAM_LOOPS", "in the algorithm", (pc: number) => pc >= 0x20000000 && pc < 0x20030000],
    ["UNMASKS_INTERRUPTS", "in the firmware's handler of the timer", (pc: number) => pc === vectorAt(SYSTICK)],
  ])("and does not return is ended at its own limit, with where the core was: %s, %s", async (fault, _, isThere) => {
    const { error } = await flashWith(fault);
    const details = { function: "ProgramPage", address: "0x00008000", limitMs: 100, wasReset: false };
    expect(error).toMatchObject({ code: "algorithm-timeout", details });
    expect(error).toMatchObject({ details: { pc: expect.toSatisfy((pc: string) => isThere(Number(pc))) } });
  });

  it("and leaves the watchdog on is found: the chip was reset on the way, and what stands in flash is not called right", async () => {
    const wanted = new Chance(11).bytes(0x20000);
    const flashed = await flashWith("WATCHDOG_LEFT_ON", { wanted });
    expect(flashed.error).toMatchObject({ code: "algorithm-timeout", details: { wasReset: true } });
    expect(flashed).toMatchObject(asReset());
    expect([flashed.cells[0], flashed.cells.at(-1)]).toEqual([
      expect.stringMatching(/^wanted 0x/),
      expect.stringMatching(/^before 0x/),
    ]);
  });

  it("and answers an error is reported with its own code, the function and the address, and flash is as before", async () => {
    const flashed = await flashWith("ERASE_FAILS", { onZeros: true });
    expect(flashed.error).toMatchObject({
      code: "algorithm-failed",
      details: { function: "EraseSector", address: "0x00008000", result: "0x00000042" },
    });
    expect(flashed.cells).toEqual(["before 0x1400"]);
    expect(flashed).toMatchObject(asReset());
  });

  it("and erases nothing is found at its first page, which the controller refuses, and flash is as before", async () => {
    const flashed = await flashWith("ERASES_NOTHING", { onZeros: true });
    expect(flashed.error).toMatchObject({
      code: "algorithm-failed",
      details: { function: "ProgramPage", address: "0x00008000", result: "0x00000001" },
    });
    expect(flashed.cells).toEqual(["before 0x1400"]);
    expect(flashed).toMatchObject(asReset());
  });
});
