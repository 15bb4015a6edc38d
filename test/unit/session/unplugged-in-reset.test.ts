import { expect, it } from "vitest";
import { codeOf } from "../../../src/base/errors.ts";
import { board, example, flashBoard } from "../../support/board.ts";

/** Transfers of a J-Link's flash job among which its last reset is. */
const AROUND_THE_RESET = [107, 108, 109, 110, 111, 112];

it.each(AROUND_THE_RESET)("names the unplugged probe, not the pipe that is useless since (transfer %i)", async (n) => {
  const twin = board({ flash: "zero", faults: `unplug@usb=${n}` });
  const failure: unknown = await flashBoard(twin, example("small.hex"), { verifyBy: "read" }).catch(
    (error: unknown) => error,
  );
  expect(codeOf(failure)).toBe("usb-unplugged");
  expect(failure).toMatchObject({ details: { probe: expect.stringContaining("59304712"), phase: expect.any(String) } });
});
