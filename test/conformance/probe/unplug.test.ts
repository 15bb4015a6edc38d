import { describe, expect, it } from "vitest";
import { codeOf } from "../../../src/base/errors.ts";
import type { TwinOptions } from "../../../src/twin/usb.ts";
import { board, example, flashBoard } from "../../support/board.ts";

const PROBES = [
  "jlink",
  "cmsis-dap-hs",
  "cmsis-dap",
  "cmsis-dap-v1",
] as const satisfies readonly TwinOptions["probe"][];

describe.each(PROBES)("flashing through %s", (probe) => {
  it("programs the example bootloader", async () => {
    const twin = board({ probe, flash: "zero" });
    const image = example("bootloader-open.raw.bin");
    expect((await flashBoard(twin, image)).verify.verdict).toBe("equal");
    for (const { address, bytes } of image.segments) expect(twin.peekFlash(address, bytes.length)).toEqual(bytes);
  });

  it.each([1, 2, 5, 9, 30, 77, 140, 333, 600])(
    "ends with an error that names the probe when it is unplugged at transfer %i, and works when it is plugged in again",
    async (n) => {
      const twin = board({ probe, flash: "zero", faults: `unplug@usb=${n}` });
      const failure: unknown = await flashBoard(twin, example("small.hex")).then(
        () => undefined,
        (error) => error,
      );
      // A job through large packets is over before the last of these.
      if (twin.faultsFired[0].count === 0) return expect(failure).toBeUndefined();
      expect(codeOf(failure)).toBe("usb-unplugged");
      expect(failure).toMatchObject({ details: { probe: expect.stringContaining("59304712") } });
      const back = board({ probe, flash: "zero", state: twin.snapshot() });
      expect((await flashBoard(back, example("small.hex"), { massErase: true })).verify.verdict).toBe("equal");
    },
  );
});
