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

describe.runIf(hasCompiler)("a flash algorithm that misbehaves", () => {
  const bytes = new Chance(10).bytes(0x1400);

  /** Flashes twice where the sectors have to hold something before. */
  const flashWith = async (fault: string, before = false): Promise<Flashed> => {
    const twin = openK24();
    if (before) await flash(twin, ownChip("OWN-K24", ownAlgorithm("kinetis-ftfe")), 0x8000, new Uint8Array(0x2000));
    return flash(twin, ownChip("OWN-K24", faultyAlgorithm(fault)), 0x8000, bytes);
  };

  const outcome = ({ report, error }: Flashed): string => codeOf(error) ?? report?.verify.verdict ?? String(error);

  const standsThere = ({ found }: Flashed): boolean => Buffer.from(found).equals(Buffer.from(bytes));

  it.each([
    ["skips the last bytes of a page", "SKIPS_LAST_WORD", "different"],
    ["skips them, and whose own Verify agrees", "VERIFY_AGREES", "different"],
    ["writes behind its buffer", "WRITES_BEHIND_BUFFER", "algorithm-stray-write"],
    ["overflows its stack", "OVERFLOWS_STACK", "algorithm-stray-write"],
    ["changes R9", "LOSES_STATIC_BASE", "algorithm-stray-write"],
    ["never returns from Init", "INIT_LOOPS", "algorithm-timeout"],
  ])("and %s is found: %s ends as %s, the core halted", async (_, fault, expected) => {
    const flashed = await flashWith(fault);
    expect([outcome(flashed), standsThere(flashed) && expected === "different", flashed.isHalted]).toEqual([
      expected,
      false,
      true,
    ]);
  });

  it("and leaves the watchdog on is found: the chip was reset on the way, and what stands in flash is not called right", async () => {
    const long = new Chance(11).bytes(0x20000);
    const flashed = await flash(openK24(), ownChip("OWN-K24", faultyAlgorithm("WATCHDOG_LEFT_ON")), 0x8000, long);
    expect(flashed.error).toMatchObject({ code: "algorithm-timeout", details: { wasReset: true } });
    expect(flashed.isHalted).toBe(true);
  });

  it("and answers an error is reported with its own code, the function and the address", async () => {
    const { error } = await flashWith("ERASE_FAILS", true);
    expect(error).toMatchObject({
      code: "algorithm-failed",
      details: { function: "EraseSector", address: "0x00008000", result: "0x00000042" },
    });
  });

  it("and erases nothing is found: what stands there is not what was wanted", async () => {
    const flashed = await flashWith("ERASES_NOTHING", true);
    expect(["different", "algorithm-failed"]).toContain(outcome(flashed));
    expect(standsThere(flashed)).toBe(false);
  });
});
