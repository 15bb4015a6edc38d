import { describe, expect, it } from "vitest";
import { type BatchMemory, together } from "../../../src/adi/memory.ts";
import { permit } from "../../../src/flash/permit.ts";
import type { Image } from "../../../src/image/image.ts";
import { eraseFlash } from "../../../src/session/erase-job.ts";
import type { NotReset } from "../../../src/session/stand-still.ts";
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
  it("is not flashed without consent: flash-protected", async () => {
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

describe("an open chip that its next reset would lock", () => {
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

  it("is flashed without that reset, and stays open", async () => {
    const twin = await doomed();
    const why: NotReset[] = [];
    const report = await flashBoard(twin, example("small.hex"), { onNotReset: (each) => why.push(each) });
    expect(report.verify.verdict).toBe("equal");
    expect(why).toEqual([{ field: "FSEC", what: "security byte", value: "0xFF (secured)" }]);
    const lock = await onTarget(twin, (session) => session.reset("system", "halt"));
    expect(lock?.locked).toBe(false);
  });

  it("is erased without that reset where an image with a lock was flashed and not reset", async () => {
    const twin = board({ flash: "zero" });
    await flashBoard(twin, example("bootloader.raw.bin"), { policy: "as-image", permits: [permit("lock")] });
    const why: NotReset[] = [];
    const options = { onNotReset: (each: NotReset) => why.push(each) };
    await onTarget(twin, (session) => eraseFlash(session, { what: "chip" }, options));
    expect(why).toEqual([{ field: "FSEC", what: "security byte", value: "0x7B (secured)" }]);
    expect(twin.peekFlash(0x5000, 4)).toEqual(new Uint8Array(4).fill(0xff));
    const lock = await onTarget(twin, (session) => session.reset("system", "halt"));
    expect(lock?.locked).toBe(false);
  });

  /** The same memory, whose security byte reads as open. */
  const misread = (memory: BatchMemory): BatchMemory => ({
    ...memory,
    run: async (ops, io) => {
      const words = await memory.run(ops, io);
      const looks = ops.filter(({ op }) => op !== "write");
      return words.map((word, i) => (looks[i].address === 0x40c ? 0xfe : word));
    },
    together: (accesses, io) => together(memory, (own, part) => accesses(misread(own), part), io),
  });

  it("is reported as locked by the job's reset where the security byte was misread", async () => {
    const twin = await doomed();
    const erase = onTarget(twin, (session) => {
      const { memory } = session.core;
      Object.assign(memory, { together: misread({ ...memory }).together });
      return eraseFlash(session, { what: "chip" });
    });
    await expect(erase).rejects.toMatchObject({
      code: "target-locked",
      message: expect.stringMatching(/^The reset that this job began with has locked it\./),
    });
  });
});
