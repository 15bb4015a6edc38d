import { describe, expect, it } from "vitest";
import { SECOND } from "../../../src/base/clock.ts";
import { codeOf } from "../../../src/base/errors.ts";
import type { Image } from "../../../src/image/image.ts";
import { imageBytes } from "../../../src/image/image-bytes.ts";
import { flashImage } from "../../../src/session/flash-job.ts";
import { eraseFlash } from "../../../src/session/erase-job.ts";
import type { Twin } from "../../../src/twin/usb.ts";
import { example, flashBoard, onTarget, programmedBoard } from "../../support/board.ts";

const firmware = example("bootloader-open.raw.bin");
const RANGE = { start: 0x5400, length: 0x20 };
const original = imageBytes(firmware, RANGE.start, RANGE.length);

const programmed = (): Promise<Twin> => programmedBoard(firmware, { flash: "zero" });

const filled = (byte: number): Image => ({
  format: "raw",
  segments: [{ name: "filled", address: 0x5000, bytes: new Uint8Array(0x1000).fill(byte) }],
  symbols: [],
});

describe("a range that is kept", () => {
  it("is refused where it leaves the flash, before a byte of it is read", async () => {
    const twin = await programmed();
    const keep = [{ start: 0x80000, length: 0x100000 }];
    const from = twin.clock.now();
    const refused = { code: "flash-range", message: expect.stringContaining("0x00080000 to 0x0017FFFF") };
    await expect(flashBoard(twin, filled(0x55), { keep })).rejects.toMatchObject(refused);
    const erase = onTarget(twin, (session) => eraseFlash(session, { what: "chip" }, { keep }));
    await expect(erase).rejects.toMatchObject(refused);
    expect((twin.clock.now() - from) / SECOND).toBeLessThan(1);
  });

  it("wins over the image's bytes when flashing", async () => {
    const twin = await programmed();
    await flashBoard(twin, filled(0x55), { keep: [RANGE] });
    expect(twin.peekFlash(RANGE.start, RANGE.length)).toEqual(original);
    expect(twin.peekFlash(RANGE.start + RANGE.length, 1)[0]).toBe(0x55);
  });

  it.each(["chip", "sectors", "range"] as const)("stands again after an erase (%s)", async (what) => {
    const twin = await programmed();
    const target = what === "chip" ? { what } : { what, start: 0x5000, length: 0x1000 };
    await onTarget(twin, (session) => eraseFlash(session, target, { keep: [RANGE] }));
    expect(twin.peekFlash(RANGE.start, RANGE.length)).toEqual(original);
    expect(twin.peekFlash(0x5000, 16).every((b) => b === 0xff)).toBe(true);
    expect(twin.peekFlash(0x40c, 1)[0]).toBe(what === "chip" ? 0xfe : 0x7a);
  });

  it("stops the job where its end lies outside the flash, with nothing erased", async () => {
    const twin = await programmed();
    const outside = { start: 0xffff0, length: 0x20 };
    const erase = onTarget(twin, (session) => eraseFlash(session, { what: "chip" }, { keep: [outside] }));
    await expect(erase).rejects.toMatchObject({ code: "flash-range" });
    expect(twin.peekFlash(RANGE.start, RANGE.length)).toEqual(original);
  });
});

describe("what will be lost", () => {
  it("is handed over before anything is erased", async () => {
    const twin = await programmed();
    let saved: Image | undefined;
    await flashBoard(twin, filled(0x55), { onLost: (lost) => (saved = lost) });
    expect(saved?.segments).toMatchObject([{ address: 0x5000 }]);
    expect(imageBytes(saved as Image, 0x5000, 0x1000)).toEqual(imageBytes(firmware, 0x5000, 0x1000));
  });

  it("is the whole array when the chip is erased", async () => {
    const twin = await programmed();
    let saved: Image | undefined;
    await onTarget(twin, (session) => eraseFlash(session, { what: "chip" }, { onLost: (lost) => (saved = lost) }));
    expect(imageBytes(saved as Image, 0, 77_252)).toEqual(imageBytes(firmware, 0, 77_252));
  });

  it("is nothing where nothing is erased", async () => {
    const twin = await programmed();
    let saved: Image | undefined | "not asked" = "not asked";
    await flashBoard(twin, firmware, { onLost: (lost) => (saved = lost) });
    expect(saved).toBeUndefined();
  });
});

describe("a job that is called off", () => {
  const small: Image = {
    format: "raw",
    segments: [{ name: "small", address: 0x5800, bytes: new Uint8Array(0x1000).fill(0x33) }],
    symbols: [],
  };
  const before = imageBytes(firmware, 0x5000, 0x800);

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("keeps the bytes beside the image at progress event %i", async (at) => {
    const twin = await programmed();
    const stop = new AbortController();
    let events = 0;
    const onProgress = () => {
      if (++events === at + 4) stop.abort("interrupted");
    };
    const job = { image: small, policy: "refuse", permits: [], keepRest: true, onProgress } as const;
    const ended = await onTarget(twin, (session) => flashImage(session, job, { signal: stop.signal })).catch(codeOf);
    expect([ended === "aborted", stop.signal.aborted]).toEqual([true, true]);
    expect(twin.peekFlash(0x5000, 0x800)).toEqual(before);
    expect(twin.peekFlash(0x6800, 0x800)).toEqual(imageBytes(firmware, 0x6800, 0x800));
  });
});
