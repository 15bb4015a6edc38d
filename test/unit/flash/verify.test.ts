import { describe, expect, it } from "vitest";
import { AdiError } from "../../../src/adi/adi-error.ts";
import { MK24FN1M0xxx12 as chip } from "../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { type Readable, sectorsOf } from "../../../src/flash/content.ts";
import { readSectors } from "../../../src/flash/read-flash.ts";
import { verifyImage } from "../../../src/flash/verify.ts";
import type { Image } from "../../../src/image/image.ts";

const LENGTH = 0x1000;

/** Memory of zeros; `change` alters what the nth reading brings, or throws as a bus fault does. */
const memory = (change: (reading: number, bytes: Uint8Array, start: number) => void): Readable => {
  let readings = 0;
  return {
    read: async (start, count) => {
      const bytes = new Uint8Array(count);
      change(++readings, bytes, start);
      return bytes;
    },
  };
};

const image: Image = {
  format: "raw",
  segments: [{ name: "zeros", address: 0, bytes: new Uint8Array(LENGTH) }],
  symbols: [],
};

describe("a verify that reads its differences again", () => {
  it.each([
    ["one more between the first and the last", [0x40, 0x80], [0x40, 0x60, 0x80]],
    ["one less", [0x40, 0x60, 0x80], [0x40, 0x80]],
    ["another one", [0x40, 0x80], [0x44, 0x80]],
  ])("throws unsteady-read where the second reading has %s", async (_, first, second) => {
    const seen = memory((reading, bytes, start) => {
      for (const at of reading === 1 ? first : second)
        if (at >= start && at < start + bytes.length) bytes[at - start] = 1;
    });
    await expect(verifyImage(seen, image, [])).rejects.toMatchObject({ code: "unsteady-read" });
  });

  it("throws unsteady-read where the second reading has another value at the same address", async () => {
    const seen = memory((reading, bytes, start) => {
      bytes[0x40 - start] = reading;
    });
    await expect(verifyImage(seen, image, [])).rejects.toMatchObject({ code: "unsteady-read" });
  });
});

describe("a sector that is read twice", () => {
  /** The phrase at 0x80 can't be read in these readings; other phrases read as zeros. */
  const unreadableIn = (isFault: (fills: number) => boolean) => {
    let fills = 0;
    return memory((_, bytes, start) => {
      if (start === 0 && bytes.length === LENGTH) fills++;
      const touches = start <= 0x80 && start + bytes.length > 0x80;
      if (touches && isFault(fills)) throw new AdiError("memory-fault", "refused");
    });
  };
  const read = (seen: Readable) =>
    readSectors(seen, { sectors: sectorsOf(chip, { start: 0, length: 1 }), proven: () => true });

  it.each([1, 2])("throws unsteady-read where a phrase could not be read in reading %i only", async (bad) => {
    await expect(read(unreadableIn((fills) => fills === bad))).rejects.toMatchObject({ code: "unsteady-read" });
  });

  it("names the phrase that could not be read in both", async () => {
    const content = await read(unreadableIn(() => true));
    expect(content.get(0)?.unreadable).toEqual([0x80]);
  });
});
