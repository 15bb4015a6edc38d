import { describe, expect, it } from "vitest";
import type { Chip } from "../../../src/chips/chip.ts";
import { MK24FN1M0xxx12 as k24 } from "../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { buildImage } from "../../../src/image/build-image.ts";
import { permit } from "../../../src/flash/permit.ts";
import { Stopwatch } from "../../../src/flash/stopwatch.ts";
import { eraseFlash } from "../../../src/session/erase-job.ts";
import { flashImage, planOnChip } from "../../../src/session/flash-job.ts";
import { readMemory } from "../../../src/session/read-memory.ts";
import { stm32F4 } from "../../support/families/stm32.ts";
import { connectMadeUp, ID, MADE_UP, type MadeUp, madeUp } from "../../support/made-up-chip.ts";

const FLASH = 0x08000000;
const OPTKEYR = 0x40023c08;
const OPTCR = 0x40023c14;
const [main] = k24.banks;

/** The made-up chip with the locks of an STM32F4: a level in OPTCR, and a flash that is refused at level 1. */
const chip: Chip = {
  ...MADE_UP,
  banks: [{ ...main, start: FLASH, length: 0x10000, sectors: [{ size: 0x1000, count: 0x10 }] }],
  protection: stm32F4,
};

/** At level 1: flash is closed until OPTCR is written as level 0 with its keys. */
function atLevel1(): MadeUp & { opens: boolean } {
  const lab = { ...madeUp(), opens: true };
  const { core } = lab;
  let isClosed = true;
  let keys: number[] = [];
  core.refuses = (address) => isClosed && address >= FLASH && address < FLASH + 0x10000;
  core.write(OPTCR, 4, 0x0fff55ed);
  core.log.length = 0;
  core.onWrite = (address, value) => {
    if (address === OPTKEYR) keys = [...keys, value];
    const starts = address === OPTCR && (value & 2) !== 0 && ((value >>> 8) & 0xff) === 0xaa;
    if (address === OPTCR && !lab.opens) return "dropped";
    if (starts && keys.join() === [0x08192a3b, 0x4c5d6e7f].join()) isClosed = false;
    return undefined;
  };
  return lab;
}

const image = buildImage({
  format: "raw",
  segments: [{ name: "a", address: FLASH, bytes: new Uint8Array(16) }],
});
const job = { image, policy: "keep-open", permits: [], keepRest: true } as const;

describe("a lock that shows in memory", () => {
  it("is read while connecting, and a chip at level 1 has a core and RAM, and is locked", async () => {
    const lab = atLevel1();
    const session = await connectMadeUp(lab, chip);
    expect(session.found.lock).toMatchObject({ state: "level-1", debug: "partial", locked: true });
    expect(await session.core.state()).toBe("halted");
    expect((await readMemory(session, { start: 0x20000000, length: 4 })).bytes).toHaveLength(4);
  });

  it("is open where OPTCR holds level 0", async () => {
    const lab = madeUp();
    lab.core.write(OPTCR, 4, 0x0fffaaed);
    const session = await connectMadeUp(lab, chip);
    expect(session.found.lock).toMatchObject({ state: "level-0", debug: "open", locked: false });
  });

  it("is closed where neither place shows a level, and the core is not reached", async () => {
    const lab = madeUp();
    const session = await connectMadeUp(lab, chip);
    expect(session.found.lock).toMatchObject({ state: "unknown", debug: "closed" });
    expect(session.found.core).toBeUndefined();
    await expect(session.unlock([permit("mass-erase")])).rejects.toMatchObject({ code: "target-locked-for-ever" });
  });

  it("is not read where the registers identify another chip", async () => {
    const lab = atLevel1();
    lab.core.write(ID, 4, 0x4321);
    lab.core.accesses.length = 0;
    const session = await connectMadeUp(lab, chip);
    expect(session.found).toMatchObject({ match: "no" });
    expect(session.found.lock).toBeUndefined();
    expect(lab.core.accesses.filter((access) => access.includes("40023c"))).toEqual([]);
    await expect(session.unlock([permit("mass-erase")])).rejects.toMatchObject({ code: "chip-mismatch" });
  });
});

describe("a chip whose flash alone is closed", () => {
  const closed = /locked: its flash is closed to a debugger \(level 1\) until a mass erase unlocks it/;

  it.each([
    ["a plan", (s: Session) => planOnChip(s, job, new Stopwatch(s.clock))],
    ["a flash job", (s: Session) => flashImage(s, job)],
    ["an erase", (s: Session) => eraseFlash(s, { what: "chip" })],
    ["a read of its flash", (s: Session) => readMemory(s, { start: FLASH, length: 4 })],
  ])("refuses %s as target-locked, and nothing is written", async (_, work) => {
    const lab = atLevel1();
    const session = await connectMadeUp(lab, chip);
    lab.core.log.length = 0;
    await expect(work(session)).rejects.toMatchObject({
      code: "target-locked",
      message: expect.stringMatching(closed),
    });
    expect(lab.core.log).toEqual([]);
  });

  it("is opened by its table's way over registers, with keys, and is open afterwards", async () => {
    const lab = atLevel1();
    const session = await connectMadeUp(lab, chip);
    await expect(session.unlock([])).rejects.toMatchObject({ code: "unlock-consent" });
    lab.core.log.length = 0;
    await session.unlock([permit("mass-erase")]);
    expect(lab.core.log.slice(0, 4)).toEqual([
      "w 40023c08 8192a3b",
      "w 40023c08 4c5d6e7f",
      "w 40023c14 fffaaec",
      "w 40023c14 fffaaee",
    ]);
    expect(session).toMatchObject({ massErased: true, found: { lock: { locked: false } } });
  });

  it("is opened while connecting where that is allowed, before the core is reached", async () => {
    const session = await connectMadeUp(atLevel1(), chip, { onLocked: async () => "unlock" });
    expect(session).toMatchObject({ massErased: true, found: { lock: { locked: false } } });
    expect(await session.core.state()).toBe("halted");
  });

  it("that stays locked after the steps of its mass erase is unlock-failed", async () => {
    const lab = atLevel1();
    lab.opens = false;
    const session = await connectMadeUp(lab, chip);
    await expect(session.unlock([permit("mass-erase")])).rejects.toMatchObject({
      code: "unlock-failed",
      message: expect.stringContaining("still locked after the mass erase (level 1)"),
    });
    const connecting = connectMadeUp(lab, chip, { onLocked: async () => "unlock" });
    await expect(connecting).rejects.toMatchObject({ code: "unlock-failed" });
  });

  it("that is open has no way out to run, so nothing is erased", async () => {
    const lab = madeUp();
    lab.core.write(OPTCR, 4, 0x0fffaaed);
    const session = await connectMadeUp(lab, chip);
    lab.core.log.length = 0;
    await expect(session.unlock([permit("mass-erase")])).rejects.toMatchObject({ code: "unlock-failed" });
    expect(lab.core.log).toEqual([]);
  });
});

type Session = Awaited<ReturnType<typeof connectMadeUp>>;
