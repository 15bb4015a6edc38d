import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bootloaderWith, Desk, example } from "./desk.ts";

const desk = new Desk();
afterAll(() => desk.clear());

/** An image that wants a lock for ever, of 77,252 bytes. */
const LOCKING = `${desk.write("full_lock.bin", bootloaderWith(0x40c, 0x64))}@0`;
const ONE = { address: "0x0000040C", length: 1, differing: 1 };

describe("flash --keep of the security byte", () => {
  const board = desk.board("byte.k24");
  const keep = ["--keep", "0x40C:+1"];

  it("declares the kept byte, counts it apart, and needs no consent", async () => {
    const run = await desk.json("flash", LOCKING, ...keep, ...board);
    expect(run).toMatchObject({ exit: 0, result: { locked: false, needs: [], changes: [], keptRanges: [ONE] } });
    expect(run.result.verify).toEqual({
      verdict: "equal-but-declared",
      compared: 77_252,
      declared: [ONE],
      differences: [],
    });
    expect([...(await desk.memory("0x40C:+1", ...board))]).toEqual([0xfe]);
  });

  it("says how many bytes are the file's and how many the chip's", async () => {
    const run = await desk.fp("flash", LOCKING, ...keep, ...board);
    expect(run.out).toContain(
      "Verify successful. 77251 bytes are as the file says, 1 byte in 0x0000040C:0x0000040D was kept from the chip (--keep).",
    );
    expect(run.err).toContain("declared: 1 byte in 0x0000040C:0x0000040D kept from the chip, not as the file says");
  });

  it("plan lists the range", async () => {
    const run = await desk.json("plan", LOCKING, ...keep, ...board);
    expect(run).toMatchObject({ exit: 0, result: { keptRanges: [ONE] } });
  });

  it("verify of the file exits 6 at that byte alone and names --keep; with it it exits 0", async () => {
    const run = await desk.json("verify", LOCKING, ...board);
    expect(run).toMatchObject({ exit: 6, error: { code: "verify-differs" } });
    expect(run.result.differences).toEqual([{ address: "0x0000040C", length: 1, expected: "0x64", actual: "0xFE" }]);
    expect(run.error?.hints.at(-1)).toContain("verify with the same --keep, which covers 0x0000040C:0x0000040D");
    expect(await desk.json("verify", LOCKING, ...keep, ...board)).toMatchObject({
      exit: 0,
      result: { verdict: "equal-but-declared", declared: [ONE], differences: [] },
    });
  });

  it("beside a byte that the policy changes, both are declared", async () => {
    const other = `${desk.write("both.bin", bootloaderWith(0x5000, 0x01))}@0`;
    const run = await desk.json("flash", other, "--security", "keep-open", "--keep", "0x5000:+1", ...board);
    expect(run.result.verify.declared).toEqual([
      { address: "0x0000040C", field: "FSEC", from: "0x7B", to: "0x7A" },
      { address: "0x00005000", length: 1, differing: 1 },
    ]);
    const text = await desk.fp("flash", other, "--security", "keep-open", "--keep", "0x5000:+1", ...board);
    expect(text.out).toContain(
      "77250 bytes are as the file says, but for what was declared, 1 byte in 0x00005000:0x00005001 was kept from the chip",
    );
  });
});

describe("flash --keep of a whole sector", () => {
  const board = desk.board("sector.k24");
  const inverted = `${desk.write(
    "inverted.bin",
    readFileSync(example("bootloader-open.raw.bin")).map((byte, i) => (i >= 0x5000 && i < 0x6000 ? byte ^ 0xff : byte)),
  )}@0`;
  beforeAll(async () => void (await desk.fp("flash", example("bootloader-open.raw.bin"), ...board)));

  it("is one range with its count, also where it is given in overlapping parts", async () => {
    const parts = ["--keep", "0x5800:0x6000", "--keep", "0x5000:+0x900"];
    const run = await desk.json("flash", inverted, ...parts, ...board);
    expect(run.result.verify).toEqual({
      verdict: "equal-but-declared",
      compared: 77_252,
      declared: [{ address: "0x00005000", length: 0x1000, differing: 0x1000 }],
      differences: [],
    });
    const { out } = await desk.fp("flash", inverted, ...parts, ...board);
    expect(out).toContain("73156 bytes are as the file says, 4096 bytes in 0x00005000:0x00006000 were kept");
  });

  it("declares nothing where the chip holds the file's bytes", async () => {
    const run = await desk.json("flash", example("bootloader-open.raw.bin"), "--keep", "0x5000:0x6000", ...board);
    expect(run.result).toMatchObject({ keptRanges: [], verify: { verdict: "equal", declared: [] } });
  });

  it("verify --keep excuses no byte outside of its range", async () => {
    const run = await desk.json("verify", inverted, "--keep", "0x5000:0x5FFF", ...board);
    expect(run).toMatchObject({ exit: 6, result: { verdict: "different" } });
    expect(run.result.differences).toMatchObject([{ address: "0x00005FFF", length: 1 }]);
    expect(run.result.declared).toEqual([{ address: "0x00005000", length: 0xfff, differing: 0xfff }]);
  });

  it("verify --keep refuses a range outside of the flash", async () => {
    const run = await desk.json("verify", inverted, "--keep", "0x100000:+4", ...board);
    expect(run.error?.code).toBe("flash-range");
  });
});
