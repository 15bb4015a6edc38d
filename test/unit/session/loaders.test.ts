import { describe, expect, it } from "vitest";
import { board, example, flashBoard } from "../../support/board.ts";

const image = example("small.hex");

const holds = (twin: ReturnType<typeof board>): boolean =>
  image.segments.every(({ address, bytes }) => Buffer.from(twin.peekFlash(address, bytes.length)).equals(bytes));

describe("the loader in RAM", () => {
  it("programs without the debugger touching the flash controller", async () => {
    const twin = board({ forbidAhbToFtfe: true });
    expect((await flashBoard(twin, image)).verify.verdict).toBe("equal");
    expect(holds(twin)).toBe(true);
  });

  it("says that it does not answer on a core that can't execute", async () => {
    const twin = board({ execute: false });
    await expect(flashBoard(twin, image)).rejects.toMatchObject({ code: "loader-failed" });
  });

  it("gives the work RAM back as it found it", async () => {
    const twin = board();
    const before = await ramAfter(twin);
    await flashBoard(twin, image);
    expect(await ramAfter(twin)).toEqual(before);
  });
});

describe("the direct loader", () => {
  it("programs on a core that can't execute", async () => {
    const twin = board({ execute: false });
    expect((await flashBoard(twin, image, { loader: "direct" })).verify.verdict).toBe("equal");
    expect(holds(twin)).toBe(true);
  });

  it("can't program where only code on the chip reaches the flash controller", async () => {
    const twin = board({ forbidAhbToFtfe: true });
    await expect(flashBoard(twin, image, { loader: "direct" })).rejects.toMatchObject({ code: "memory-fault" });
  });
});

describe("both loaders", () => {
  it.each(["ram", "direct"] as const)("leave the same bytes in the flash (%s)", async (loader) => {
    const twin = board();
    await flashBoard(twin, example("bootloader-open.raw.bin"), { loader });
    await flashBoard(twin, image, { loader });
    const raw = example("bootloader-open.raw.bin").segments[0].bytes;
    expect(holds(twin)).toBe(true);
    expect(Buffer.from(twin.peekFlash(0x5000, raw.length - 0x5000)).equals(raw.subarray(0x5000))).toBe(true);
  });
});

async function ramAfter(twin: ReturnType<typeof board>): Promise<Uint8Array> {
  const { onTarget } = await import("../../support/board.ts");
  return onTarget(twin, (session) => session.core.memory.read(0x20000000, 0x1800, 32));
}
