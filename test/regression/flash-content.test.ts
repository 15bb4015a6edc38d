import { describe, expect, it } from "vitest";
import { flashBoard } from "../support/board.ts";
import { codeFrom, firmware, holds, lockAfterPowerUp, piece, programmedBoard } from "./firmware.ts";

describe("10: unchanged pages of a dirty sector left erased", () => {
  it.each(["0x1001", "0x1FFC", "0x2ABC", "0x0010"])(
    "one byte changed at %s: the whole image is on the chip",
    async (at) => {
      const twin = await programmedBoard();
      const image = firmware(0x3000, { [Number(at)]: [0x5a] });
      const { run } = await flashBoard(twin, image);
      expect(run.sectorsErased).toBe(1);
      expect(holds(twin, image)).toBe(true);
    },
  );
});

describe("11: a sector bigger than what it must keep", () => {
  it("a piece in the middle of a sector leaves its neighbours alone", async () => {
    const twin = await programmedBoard();
    await flashBoard(twin, piece(0x1800, [1, 2, 3, 4]));
    expect(holds(twin, firmware(0x3000, { 0x1800: [1, 2, 3, 4] }))).toBe(true);
  });

  it("a piece in sector 0 without the security bytes leaves the chip open", async () => {
    const twin = await programmedBoard();
    await flashBoard(twin, piece(0x800, [1, 2, 3, 4]));
    expect(holds(twin, firmware(0x3000, { 0x800: [1, 2, 3, 4] }))).toBe(true);
    expect(await lockAfterPowerUp(twin)).toMatchObject({ locked: false });
  });
});

describe("12: bytes that were programmed wrong, in a job without a verify", () => {
  const image = firmware(0x3000, { 0x1001: [0x5a], 0x2001: [0x5a] });

  it.each([1, 2, 3, 4, 5, 6])(
    "a wrong bit after flash command %i is an error or a difference, never a success",
    async (n) => {
      const twin = await programmedBoard(`badprog@ftfe=${n}`);
      const ending = await flashBoard(twin, image).then(
        ({ verify }) => verify.verdict,
        () => "error",
      );
      const [{ count }] = twin.faultsFired;
      expect(count).toBe(1);
      expect(["different", "error"].includes(ending) || holds(twin, image)).toBe(true);
    },
  );

  it("the controller's own verdict (MGSTAT0) stops the job", async () => {
    expect(await codeFrom(flashBoard(await programmedBoard("mgstat@ftfe=2"), image))).toMatch(/^(loader|flash)-/);
  });
});

describe("13: an error in the middle that the exit code does not know of", () => {
  it.each(["unplug@usb=80", "noack@dap=2000x200000", "busy@ftfe=2"])("%s reaches the caller", async (fault) => {
    const twin = await programmedBoard(fault);
    expect(await codeFrom(flashBoard(twin, firmware(0x3000, { 0x1001: [0x5a], 0x2001: [0x5a] })))).not.toBe("none");
    expect(twin.faultsFired[0].count).toBeGreaterThan(0);
  });
});
