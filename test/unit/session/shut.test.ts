import { describe, expect, it } from "vitest";
import { permit } from "../../../src/flash/permit.ts";
import type { Image } from "../../../src/image/image.ts";
import { eraseFlash } from "../../../src/session/erase-job.ts";
import type { Twin } from "../../../src/twin/usb.ts";
import { board, example, flashBoard, onTarget } from "../../support/board.ts";

/** A firmware whose FPROT protects region 0; the chip stays open. */
function protectedImage(): Image {
  const image = example("bootloader-open.raw.bin");
  const bytes = image.segments[0].bytes.slice();
  bytes[0x408] = 0xfe;
  return { ...image, segments: [{ ...image.segments[0], bytes }] };
}

async function protectedBoard(): Promise<Twin> {
  const twin = board({ flash: "zero" });
  await flashBoard(twin, protectedImage());
  await onTarget(twin, async (session) => void (await session.reset("system", "halt")));
  return twin;
}

const everything = { permits: [permit("mass-erase")] };

describe("an open chip whose FPROT protects a region", () => {
  it("is not flashed without consent, and says why", async () => {
    await expect(flashBoard(await protectedBoard(), example("small.hex"))).rejects.toMatchObject({
      code: "flash-protected",
    });
  });

  it("is mass-erased and flashed where the user allowed it", async () => {
    const report = await flashBoard(await protectedBoard(), example("small.hex"), { massErase: true });
    expect(report.verify.verdict).toBe("equal");
  });

  it("is erased whole where the user allowed a mass erase", async () => {
    const twin = await protectedBoard();
    await onTarget(twin, (session) => eraseFlash(session, { what: "chip" }, everything));
    expect([...twin.peekFlash(0x408, 8)]).toEqual([0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff]);
  });
});

describe("a chip that locks itself at the job's first reset", () => {
  /** Sector 0 erased by hand, FSEC left blank: open until the next reset. */
  async function doomed(): Promise<Twin> {
    const twin = board({ flash: "zero" });
    await onTarget(twin, async ({ core: { memory } }) => {
      await memory.run([
        { op: "write", address: 0x40020004, width: 32, value: 0x09000000 },
        { op: "write", address: 0x40020000, width: 8, value: 0x80 },
        { op: "until", address: 0x40020000, width: 8, mask: 0x80, value: 0x80 },
      ]);
    });
    return twin;
  }

  it("is reported as locked", async () => {
    await expect(flashBoard(await doomed(), example("small.hex"))).rejects.toMatchObject({ code: "target-locked" });
  });

  it("is opened and flashed in the same job where the user allowed it", async () => {
    const report = await flashBoard(await doomed(), example("small.hex"), { massErase: true });
    expect(report.verify.verdict).toBe("equal");
  });
});
