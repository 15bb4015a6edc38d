import { describe, expect, it } from "vitest";
import type { Image } from "../../../src/image/image.ts";
import { type EraseOptions, type EraseTarget, eraseFlash } from "../../../src/session/erase-job.ts";
import { board, onTarget, programmedBoard } from "../../support/board.ts";

const SECTOR = 0x5000;
const filled = (address: number, length: number): Image => ({
  format: "raw",
  segments: [{ name: "filled", address, bytes: new Uint8Array(length).fill(0x33) }],
  symbols: [],
});
const two = filled(SECTOR, 0x2000);

/** Erases on a board that holds two sectors; with what the erase handed over to be saved. */
async function erase(target: EraseTarget, options: EraseOptions = {}) {
  const twin = await programmedBoard(two, { flash: "zero" });
  const lost: (Image | undefined)[] = [];
  const report = await onTarget(twin, (session) =>
    eraseFlash(session, target, { onLost: (image) => void lost.push(image), ...options }),
  );
  return { twin, report, lost };
}

const rangesOf = (image: Image | undefined) =>
  image?.segments.map(({ address, bytes }) => ({ address, length: bytes.length }));

describe("what an erase of a part hands over to be saved", () => {
  it.each([
    ["the sector that it erases, and no other", { start: SECTOR, length: 0x1000 }, 0x1000],
    ["all sectors that it erases", { start: SECTOR, length: 0x2000 }, 0x2000],
    ["a whole sector of which it erases a part", { start: SECTOR + 0x800, length: 0x100 }, 0x1000],
  ])("is %s", async (_, range, length) => {
    const { lost } = await erase({ what: "range", ...range });
    expect(lost.map(rangesOf)).toEqual([[{ address: SECTOR, length }]]);
    expect(lost[0]?.segments[0].bytes.every((byte) => byte === 0x33)).toBe(true);
  });

  it.each(["sectors", "range"] as const)(
    "is nothing where the %s are blank, and no flash command erases",
    async (what) => {
      const { lost, report } = await erase({ what, start: 0x9000, length: 0x1000 });
      expect(lost).toEqual([undefined]);
      expect(report.run.sectorsErased).toBe(0);
    },
  );
});

describe("the report of an erase", () => {
  it("has its plan, what was done, and times that add up", async () => {
    const { report, twin } = await erase({ what: "sectors", start: SECTOR, length: 0x1000 });
    const { plan, run, massErased, phases, totalMs } = report;
    expect(plan.sectors.map(({ address }) => address)).toEqual([SECTOR]);
    expect(run).toMatchObject({ sectorsErased: 1, bytesProgrammed: 0 });
    expect(massErased).toBe(false);
    expect(totalMs).toBeCloseTo(Object.values(phases).reduce((a, b) => a + b, 0));
    expect(totalMs).toBeGreaterThan(0);
    expect(twin.peekFlash(SECTOR, 0x2000)).toEqual(
      Uint8Array.from({ length: 0x2000 }, (__, i) => (i < 0x1000 ? 0xff : 0x33)),
    );
  });

  it("names the mass erase that has opened the chip before", async () => {
    const report = await onTarget(
      board({ flash: "zero", locked: true }),
      (session) => eraseFlash(session, { what: "sectors", start: SECTOR, length: 0x1000 }),
      { massErase: true },
    );
    expect(report.massErased).toBe(true);
  });
});
