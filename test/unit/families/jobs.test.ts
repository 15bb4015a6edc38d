import { describe, expect, it } from "vitest";
import { findChip } from "../../../src/chips/list.ts";
import { FAMILIES } from "../../../src/families/list.ts";
import { permit } from "../../../src/flash/permit.ts";
import { buildImage } from "../../../src/image/build-image.ts";
import type { Image } from "../../../src/image/image.ts";
import { flashImage } from "../../../src/session/flash-job.ts";
import { eraseFlash } from "../../../src/session/erase-job.ts";
import type { Twin } from "../../../src/twin/usb.ts";
import { board, flashBoard, onTarget } from "../../support/board.ts";

/** A chip of each family, and a sector of its flash that no lock is in. */
const CHIPS = [
  ["kinetis-ftfe", "MK24FN1M0xxx12", 0x5000, 0x1000],
  ["stm32f4", "STM32F407xG", 0x08004000, 0x4000],
  ["nrf52", "nRF52840_xxAA", 0x5000, 0x1000],
  ["rp2040", "RP2040", 0x10005000, 0x1000],
] as const;

const WAYS = CHIPS.flatMap(([family, chip, at, size]) =>
  (["ram", "direct"] as const).map((loader) => ({ family, chip, at, size, loader })),
);

/** Bytes that differ from place to place and from seed to seed. */
const imageAt = (address: number, length: number, seed: number): Image => {
  const bytes = Uint8Array.from({ length }, (_, i) => (i * 7 + seed + (i >> 8)) & 0xff);
  return buildImage({ format: "raw", segments: [{ name: "bytes", address, bytes }] });
};

const holds = (twin: Twin, { segments }: Image): boolean =>
  segments.every(({ address, bytes }) => Buffer.from(twin.peekFlash(address, bytes.length)).equals(bytes));

const isBlank = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0xff);

describe.each(WAYS)("the $loader loader of $family", ({ chip, at, size, loader }) => {
  it("programs blank cells, then other bytes over them, and keeps the rest of the sector", async () => {
    const twin = board({ chip, flash: "zero" });
    const [first, second] = [imageAt(at, size, 0x10), imageAt(at + 0x103, 0x205, 0x80)];
    expect((await flashBoard(twin, first, { loader })).verify.verdict).toBe("equal");
    expect(holds(twin, first)).toBe(true);
    const report = await flashBoard(twin, second, { loader });
    expect(report).toMatchObject({ verify: { verdict: "equal" }, run: { sectorsErased: 1 } });
    expect(holds(twin, second)).toBe(true);
    const rest = twin.peekFlash(at, size);
    rest.set(first.segments[0].bytes.subarray(0x103, 0x308), 0x103);
    expect(Buffer.from(rest).equals(first.segments[0].bytes)).toBe(true);
  });

  it("leaves the firmware's RAM and registers as they were", async () => {
    const twin = board({ chip, flash: "zero" });
    const { start } = findChip(chip).workRam[0];
    await onTarget(twin, async (session) => {
      const { core } = session;
      await core.reset("system", "halt");
      const marked = Uint8Array.from({ length: 0x800 }, (_, i) => (i * 3) & 0xff);
      await core.memory.write(start, marked, 32);
      await core.writeRegisters({ R4: 0x11223344, R11: 0x55667788 });
      const job = { policy: "refuse", permits: [], keepRest: true, reset: false, verifyBy: "read", loader } as const;
      await flashImage(session, { ...job, image: imageAt(at, 0x40, 1) });
      expect(Buffer.from(await core.memory.read(start, 0x800, 32)).equals(marked)).toBe(true);
      expect(await core.readRegisters(["R4", "R11"])).toEqual([0x11223344, 0x55667788]);
    });
  });
});

describe.each(CHIPS)("an erase of %s", (_, chip, at, size) => {
  it("leaves the sector blank and its neighbours as they were", async () => {
    const twin = board({ chip, flash: "zero" });
    const images = [at - 0x100, at, at + size].map((address, i) => imageAt(address, 0x100, 0x30 * (i + 1)));
    for (const image of images) await flashBoard(twin, image);
    const report = await onTarget(twin, (session) => eraseFlash(session, { what: "sectors", start: at, length: size }));
    expect(report.run.sectorsErased).toBe(1);
    expect(isBlank(twin.peekFlash(at, size))).toBe(true);
    expect([holds(twin, images[0]), holds(twin, images[2])]).toEqual([true, true]);
  });

  // The RP2040's ROM erases 2 MB sector by sector: that takes seconds of CPU.
  it.skipIf(chip === "RP2040")(
    "of everything leaves all of it blank but what keeps the chip open, and the chip is open",
    async () => {
      const twin = board({ chip, flash: "zero" });
      await flashBoard(twin, imageAt(at, size, 0x77));
      await onTarget(twin, (session) => eraseFlash(session, { what: "chip" }));
      expect(isBlank(twin.peekFlash(at, size))).toBe(true);
      const lock = await onTarget(twin, (session) => session.lock());
      expect(lock?.locked ?? false).toBe(false);
    },
  );
});

/** Images that lock each chip that can be locked, from its next start on. */
const LOCKING = [
  ["MK24FN1M0xxx12", imageBytes(0x400, [...new Array<number>(12).fill(0xff), 0xff, 0xff, 0xff, 0xff]), [], 0x40c],
  ["STM32F407xG", imageBytes(0x1fffc000, [0xff, 0x55]), ["options"], 0x1fffc001],
  ["nRF52840_xxAA", imageBytes(0x10001208, [0, 0xff, 0xff, 0xff]), ["uicr"], 0x10001208],
] as const;

function imageBytes(address: number, bytes: readonly number[]): Image {
  return buildImage({ format: "raw", segments: [{ name: "lock", address, bytes: Uint8Array.from(bytes) }] });
}

describe.each(LOCKING)("the lock of %s", (chip, image, banks, address) => {
  const lock = (twin: Twin, permits: readonly ("lock" | "mass-erase")[], policy: "as-image" | "refuse") =>
    flashBoard(twin, image, { policy, banks, permits: permits.map((act) => permit(act)) });

  it("needs a permit for it, and the policy as-image; nothing is changed without them", async () => {
    const twin = board({ chip, flash: "zero" });
    const before = twin.peekFlash(address, 1);
    for (const [permits, policy, code] of [
      [[], "as-image", "consent-missing"],
      [["mass-erase"], "as-image", "consent-missing"],
      [["lock"], "refuse", "security-refused"],
    ] as const)
      await expect(lock(twin, permits, policy)).rejects.toMatchObject({ code });
    expect(twin.peekFlash(address, 1)).toEqual(before);
  });

  it("is seen after the next start, and a mass erase opens the chip, with everything lost", async () => {
    const twin = board({ chip, flash: "zero" });
    const [, , at] = CHIPS.find(([, name]) => name === chip) ?? [];
    await flashBoard(twin, imageAt(at ?? 0, 0x100, 1));
    await lock(twin, ["lock"], "as-image");
    await twin.clock.sleep(20_000);
    twin.powerCut();
    await twin.clock.sleep(50_000);
    const locked = () => onTarget(twin, async (session) => (await session.lock())?.locked);
    expect(await locked()).toBe(true);
    await onTarget(twin, (session) => session.unlock([permit("mass-erase")]));
    expect(await locked()).toBe(false);
    expect(isBlank(twin.peekFlash(at ?? 0, 0x100))).toBe(true);
  });
});

describe("the list of families", () => {
  it("has the four families by their names", () => {
    expect(Object.keys(FAMILIES).sort()).toEqual(CHIPS.map(([family]) => family).sort());
  });
});
