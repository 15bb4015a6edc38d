import { describe, expect, it } from "vitest";
import { checkComplete } from "../../../src/image/image.ts";
import { readUf2, Uf2 } from "../../../src/image/uf2.ts";

interface Block {
  readonly number: number;
  readonly total: number;
  readonly family?: number;
}

/** A block of 256 bytes at 0x1000 + number * 256. */
function block({ number, total, family }: Block): Uint8Array {
  const bytes = new Uint8Array(Uf2.blockSize);
  const flags = family === undefined ? 0 : Uf2.hasFamily;
  const words = [Uf2.firstMagic, Uf2.secondMagic, flags, 0x1000 + number * 256, 256, number, total, family ?? 0];
  const view = new DataView(bytes.buffer);
  for (const [i, word] of words.entries()) view.setUint32(i * 4, word, true);
  view.setUint32(508, Uf2.lastMagic, true);
  return bytes;
}

const read = (...blocks: readonly Block[]) => readUf2(Uint8Array.from(blocks.flatMap((b) => [...block(b)])), "f.uf2");

describe("the numbers of UF2 blocks", () => {
  it("let a whole file pass, in any order and with a block twice", () => {
    const image = read({ number: 1, total: 2 }, { number: 0, total: 2 }, { number: 1, total: 2 });
    expect([image.findings, image.families]).toEqual([undefined, undefined]);
    expect(() => checkComplete(image)).not.toThrow();
  });

  it("give the count of missing blocks, and the first of them", () => {
    const image = read({ number: 0, total: 5 }, { number: 2, total: 5 });
    expect(image.findings).toEqual([
      {
        id: "file-blocks-missing",
        what: "3 of the 5 blocks are missing, the first of them number 1",
        incomplete: true,
      },
    ]);
    expect(() => checkComplete(image)).toThrow(
      expect.objectContaining({ code: "image-incomplete", details: { finding: "file-blocks-missing" } }),
    );
  });

  it("are counted for each family by itself", () => {
    const image = read({ number: 0, total: 1, family: 0xe48bff56 }, { number: 0, total: 2, family: 0x57755a57 });
    expect(image.families).toEqual([0xe48bff56, 0x57755a57]);
    expect(image.findings?.map(({ what }) => what)).toEqual([
      "1 of the 2 blocks of family 0x57755A57 are missing, the first of them number 1",
    ]);
  });

  it("are refused where they contradict each other", () => {
    expect(() => read({ number: 0, total: 2 }, { number: 1, total: 3 })).toThrow(
      expect.objectContaining({ code: "uf2-block", details: { block: 1 } }),
    );
    expect(() => read({ number: 2, total: 2 })).toThrow(
      expect.objectContaining({ code: "uf2-block", message: "UF2 block 0: it is number 2, counted from 0, of 2" }),
    );
  });

  it("are refused where there are more families than chips in any file", () => {
    const blocks = Array.from({ length: 65 }, (_, family) => ({ number: 0, total: 1, family }));
    expect(() => read(...blocks)).toThrow(expect.objectContaining({ code: "uf2-block", details: { block: 64 } }));
  });
});
