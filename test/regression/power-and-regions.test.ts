import { describe, expect, it } from "vitest";
import { permit } from "../../src/flash/permit.ts";
import { flashImage } from "../../src/session/flash-job.ts";
import { flashBoard, onTarget } from "../support/board.ts";
import {
  codeFrom,
  findings,
  firmware,
  FSEC,
  holds,
  lockAfterPowerUp,
  piece,
  powerCycle,
  programmedBoard,
} from "./firmware.ts";

describe("14: power lost while sector 0 is blank", () => {
  const image = firmware(0x3000, { 0x10: [0x5a] });

  it.each([
    [1, 0.5],
    [1, 1],
    [2, 0],
    [2, 0.5],
    [2, 1],
  ])("command %i cut at %f: never locked for ever, and the next run puts all right", async (command, point) => {
    const twin = await programmedBoard();
    twin.armPowerCut(command, point);
    await codeFrom(flashBoard(twin, image));
    const lock = await lockAfterPowerUp(twin);
    expect(lock.locked && !lock.massErase).toBe(false);
    await flashBoard(twin, image, { massErase: true });
    expect(holds(twin, image)).toBe(true);
    expect(await lockAfterPowerUp(twin)).toMatchObject({ locked: false });
  });
});

describe("15: flash protected by FPROT", () => {
  const region = (n: number) => n * 0x8000;
  const image = (n: number) => firmware(0x3000, { [0x408 + (n >>> 3)]: [0xff & ~(1 << (n & 7))] });

  const data = (address: number) => piece(address, [1, 2, 3, 4, 5, 6, 7, 8]);

  it.each(Array.from({ length: 32 }, (_, n) => n))("region %i refuses, and the next one does not", async (n) => {
    expect(findings(image(n))).toContain("fprot-protects");
    const twin = await programmedBoard();
    await flashBoard(twin, image(n));
    await powerCycle(twin);
    await onTarget(twin, async (session) => {
      const programs = (at: number) =>
        codeFrom(flashImage(session, { image: data(at), policy: "refuse", keepRest: true, permits: [] }));
      expect(await programs(region(n) + 0x4000)).toBe("flash-protected");
      expect(await programs(region((n + 1) % 32) + 0x4000)).toBe("none");
    });
  });

  it("a mass erase takes the protection away: all 32 regions at once", async () => {
    const twin = await programmedBoard();
    const all = firmware(0x3000, { 0x408: [0, 0, 0, 0], [FSEC]: [0x7b] });
    await flashBoard(twin, all, { policy: "as-image", permits: [permit("lock")] });
    expect(await lockAfterPowerUp(twin)).toEqual({ locked: true, massErase: true });
    await flashBoard(twin, firmware(), { massErase: true });
    expect(holds(twin, firmware())).toBe(true);
  });
});
