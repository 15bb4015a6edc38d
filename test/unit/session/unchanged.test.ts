import { describe, expect, it } from "vitest";
import { imageSize } from "../../../src/image/image-bytes.ts";
import { board, example, flashBoard } from "../../support/board.ts";

const image = example("bootloader-open.hex");

describe("an image that stands on the chip already", () => {
  it("is read once, byte for byte, and nothing is erased or programmed", async () => {
    const twin = board();
    await flashBoard(twin, image);
    const commands = twin.flashCommands;
    const { plan, run, verify, phases } = await flashBoard(twin, image);
    expect(plan.steps).toEqual([]);
    expect(run).toEqual({ bytesProgrammed: 0, sectorsErased: 0 });
    expect(verify).toMatchObject({ verdict: "equal", compared: imageSize(image), differences: [] });
    expect(phases.verify).toBe(0);
    expect(twin.flashCommands).toBe(commands);
  });

  it.each(["hash", "read"] as const)(
    "is compared once by %s where it has blank sectors, which are looked at",
    async (verifyBy) => {
      const twin = board({ flash: "zero" });
      const raw = example("bootloader-open.raw.bin");
      await flashBoard(twin, raw);
      const { plan, run, verify, phases } = await flashBoard(twin, raw, { verifyBy });
      expect(plan.steps.map(({ step }) => step)).toEqual(Array.from({ length: 4 }, () => "ensure-blank"));
      expect(run).toEqual({ bytesProgrammed: 0, sectorsErased: 0 });
      expect(verify).toMatchObject({ verdict: "equal", compared: imageSize(raw) });
      expect(phases.verify).toBe(0);
    },
  );

  it("is verified on the chip again where one byte had to be programmed", async () => {
    const twin = board();
    await flashBoard(twin, image);
    const [first] = image.segments;
    const bytes = first.bytes.slice();
    bytes[0x100] ^= 1;
    const { plan, phases } = await flashBoard(twin, {
      ...image,
      segments: [{ ...first, bytes }, ...image.segments.slice(1)],
    });
    expect(plan.sectors.filter(({ action }) => action !== "unchanged")).toHaveLength(1);
    expect(phases.verify).toBeGreaterThan(0);
  });
});
