import { beforeAll, describe, expect, it } from "vitest";
import type { Chip } from "../../../src/chips/chip.ts";
import type { FlashAlgorithm } from "../../../src/chips/flash-algorithm.ts";
import type { FlashError } from "../../../src/flash/flash-error.ts";
import { permit } from "../../../src/flash/permit.ts";
import { checkAlgorithm } from "../../../src/node/packs/check-algorithm.ts";
import { createTwin, type TwinState } from "../../../src/twin/usb.ts";
import { hasJudge, requiredJudges } from "../../../tools/judges.mjs";
import { board, example, flashBoard } from "../../support/board.ts";
import { Chance } from "../../support/chance.ts";
import { flash } from "../../support/flash-twin.ts";
import { type PyocdAlgorithm, pyocdAlgorithms } from "../../support/foreign/pyocd-algorithms.ts";
import { probeRsTargets, targetFile } from "../../support/foreign/probe-rs-targets.ts";
import { ownChip } from "../../support/own-packs.ts";

const K24 = "MK24FN1M0xxx12";

/** Each twin's device in our own pack, and an address in a sector behind the first one. */
const TWINS = {
  [K24]: ["OWN-K24", 0x8000],
  STM32F407xG: ["OWN-F407VG", 0x0800c000],
  nRF52840_xxAA: ["OWN-NRF52840", 0x4000],
  RP2040: ["OWN-RP2040", 0x10004000],
} as const;

let open: TwinState;
beforeAll(async () => {
  const twin = board({ flash: "zero" });
  await flashBoard(twin, example("bootloader-open.hex"), { massErase: true, policy: "keep-open" });
  open = twin.snapshot();
});

/** Programs a twin twice, so that its sectors are erased, too; answers what was found instead of right. */
async function program(name: keyof typeof TWINS, algorithm: FlashAlgorithm): Promise<readonly unknown[]> {
  const [device, address] = TWINS[name];
  const twin = createTwin({ chip: name, ...(name === K24 && { state: open }) });
  const chip = ownChip(device, algorithm);
  const wrong: unknown[] = [];
  for (const seed of [5, 6]) {
    const bytes = new Chance(seed).bytes(0x2b03);
    const { report, error } = await flash(twin, chip, address, bytes);
    const isEqual = Buffer.from(twin.peekFlash(address, bytes.length)).equals(Buffer.from(bytes));
    if (error !== undefined || report?.verify.verdict !== "equal" || !isEqual) wrong.push(error ?? report?.verify);
  }
  return wrong;
}

const hasPyocd = hasJudge("pyocd") || requiredJudges().includes("pyocd");

describe.runIf(hasPyocd)("the flash algorithms of pyOCD", () => {
  let all: readonly PyocdAlgorithm[];
  beforeAll(() => {
    all = pyocdAlgorithms() ?? [];
  });
  const named = (name: string): FlashAlgorithm => {
    const found = all.find(({ algorithm }) => algorithm.name === name);
    if (!found) throw new Error(`this pyOCD has no ${name}`);
    return found.algorithm;
  };

  it.each([
    [K24, "target_MK64FN1M0xxx12.FLASH_ALGO"],
    ["STM32F407xG", "target_STM32F429xx.FLASH_ALGO"],
    ["STM32F407xG", "target_STM32F412xx.FLASH_ALGO"],
    ["nRF52840_xxAA", "target_nRF52840_xxAA.FLASH_ALGO"],
    ["RP2040", "target_rp2.FLASH_ALGO"],
  ] as const)("program the twin of %s by %s: verified, equal in its cells", async (twin, name) => {
    expect(await program(twin, named(name))).toEqual([]);
  });

  it("program the UICR of the nRF52840's twin, with the token that a bank with unknown locks needs", async () => {
    const main = named("target_nRF52840_xxAA.FLASH_ALGO");
    const uicr = {
      ...main,
      name: "uicr",
      flash: { start: 0x10001000, length: 0x400 },
      sectors: [{ size: 0x400, count: 1 }],
      pageSize: 0x400,
    };
    const chip: Chip = ownChip("OWN-NRF52840", main, uicr);
    const bytes = new Chance(7).bytes(0x20);
    const twin = createTwin({ chip: "nRF52840_xxAA" });
    const job = { banks: ["option"], policy: "as-image" } as const;
    const refused = await flash(twin, chip, 0x10001080, bytes, job);
    expect(refused.error).toMatchObject({ code: "consent-missing" });
    const { token } = (refused.error as FlashError).details;
    const permits = [permit("lock-for-ever", typeof token === "string" ? token : "none")];
    const { report, error, found } = await flash(twin, chip, 0x10001080, bytes, { ...job, permits });
    expect([error, report?.verify.verdict]).toEqual([undefined, "equal"]);
    expect(Buffer.from(found).equals(Buffer.from(bytes))).toBe(true);
  });

  it("are 158 in version 0.46, of which each is read, placed, and reached on a core with RAM alone", async () => {
    const unreached: string[] = [];
    for (const { algorithm, rams } of all) {
      const { calls, placement, undecoded } = await checkAlgorithm(algorithm, "M33", rams, { cycles: 20_000 });
      const [{ end }] = calls;
      const entry = placement.blob + (algorithm.entries.init ?? 0);
      if (undecoded.length > 0 || (end.how !== "returned" && end.pc === entry)) unreached.push(algorithm.name);
    }
    expect(unreached).toEqual([]);
    expect(all.length).toBeGreaterThanOrEqual(158);
  });
});

const targets = probeRsTargets();

describe.skipIf(targets === undefined)("the flash algorithms of probe-rs (`cargo info probe-rs` brings them)", () => {
  it.each([
    ["STM32F407xG", "STM32F4_Series.yaml", "stm32f4xx_1024"],
    ["nRF52840_xxAA", "nRF52_Series.yaml", "nrf52"],
    ["RP2040", "RP2040.yaml", "algo"],
  ] as const)("program the twin of %s by %s, %s: verified, equal in its cells", async (twin, file, name) => {
    const pack = targetFile(targets ?? "", file);
    const algorithm = await pack.algorithm(name, () => Promise.reject(new Error("a target file has no others")));
    expect(await program(twin, algorithm)).toEqual([]);
  });
});
