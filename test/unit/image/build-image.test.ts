import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildImage, joinImages } from "../../../src/image/build-image.ts";
import {
  checkInside,
  covers,
  imageBytes,
  imageRange,
  readAt,
  touches,
  withBytes,
} from "../../../src/image/image-bytes.ts";
import { NO_END_RECORD } from "../../../src/image/image.ts";
import { anyImage } from "./images.ts";

const segment = (address: number, ...bytes: number[]) => ({ name: "s", address, bytes: Uint8Array.from(bytes) });
const image = (...segments: ReturnType<typeof segment>[]) => buildImage({ format: "raw", segments });

describe("building an image", () => {
  it("sorts, joins what touches and drops what is empty", () => {
    const built = image(segment(12, 3), segment(10, 1, 2), segment(99), segment(20, 4));
    expect(built.segments).toEqual([segment(10, 1, 2, 3), segment(20, 4)]);
  });

  it("accepts a byte given twice if both times are the same", () => {
    expect(image(segment(10, 1, 2, 3), segment(11, 2), segment(12, 3, 4)).segments).toEqual([segment(10, 1, 2, 3, 4)]);
  });

  it("refuses a byte given twice with two values, and names it", () => {
    expect(() => image(segment(0x40c, 0x7b), segment(0x40c, 0x7a))).toThrow(
      expect.objectContaining({
        code: "image-overlap",
        message: "The file gives address 0x0000040C twice, as 0x7B and 0x7A",
        details: { address: "0x0000040C", first: "0x7B", second: "0x7A", segment: "s" },
      }),
    );
  });

  it("refuses an image without bytes", () => {
    expect(() => image(segment(0))).toThrow(expect.objectContaining({ code: "image-empty" }));
  });

  it("moves everything by the offset, and not beyond 32 bits", () => {
    const moved = buildImage({ format: "hex", segments: [segment(0, 1)], entry: 5 }, 0x1000);
    expect([moved.segments[0].address, moved.entry]).toEqual([0x1000, 0x1005]);
    expect(() => buildImage({ format: "hex", segments: [segment(2, 1)] }, 0xfffffffe)).toThrow(
      expect.objectContaining({ code: "image-outside-chip" }),
    );
  });

  it("keeps the name of each file that went into a joined segment", () => {
    const built = image({ ...segment(0, 1), name: ".text" }, { ...segment(1, 2), name: ".data" });
    expect(built.segments[0].name).toBe(".text, .data");
  });
});

describe("joining images", () => {
  it("makes one image of touching files, with every name and note", () => {
    const [a, b] = [image(segment(0, 1)), { ...image(segment(1, 2)), entry: 7, findings: [NO_END_RECORD] }];
    expect(joinImages([a, b])).toEqual({ ...image(segment(0, 1, 2)), entry: 7, findings: [NO_END_RECORD] });
  });

  it("keeps the families of all files, each once, and the entry of the first that has one", () => {
    const [a, b] = [
      { ...image(segment(0, 1)), families: [1, 2] },
      { ...image(segment(8, 2)), families: [2, 3], entry: 5 },
    ];
    expect(joinImages([a, b, { ...image(segment(16, 3)), entry: 6 }])).toMatchObject({ families: [1, 2, 3], entry: 5 });
    expect(joinImages([a])).toBe(a);
  });

  it("refuses two files that want different bytes at one address", () => {
    expect(() => joinImages([image(segment(0, 1)), image(segment(0, 2))])).toThrow(
      expect.objectContaining({ code: "image-overlap" }),
    );
  });
});

describe("asking an image", () => {
  const two = image(segment(0x10, 1, 2), segment(0x20, 3));

  it("knows its range, gaps included", () => {
    expect(imageRange(two)).toEqual({ start: 0x10, end: 0x21 });
  });

  it("distinguishes a byte from a gap", () => {
    expect([readAt(two, 0x11), readAt(two, 0x12), readAt(two, 0x20)]).toEqual([2, undefined, 3]);
  });

  it("distinguishes touching from covering", () => {
    expect([touches(two, 0x11, 4), covers(two, 0x11, 4), covers(two, 0x10, 2), touches(two, 0x12, 4)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it("has no range where it has no bytes", () => {
    expect(imageRange({ segments: [] })).toEqual({ start: 0, end: 0 });
  });

  it("takes the name of a segment that bytes are put behind, and of none where they touch none", () => {
    const named = (at: number) => withBytes(two, at, Uint8Array.of(9)).segments.map(({ name }) => name);
    expect([named(0x12), named(0x0f), named(0x18)]).toEqual([
      ["s", "s"],
      ["s", "s"],
      ["s", "added", "s"],
    ]);
  });

  it("fills gaps", () => {
    expect([...imageBytes(two, 0x0f, 5, 0xee)]).toEqual([0xee, 1, 2, 0xee, 0xee]);
  });

  it("names the first address outside of a chip", () => {
    expect(() => checkInside(two, [{ start: 0, length: 0x20 }])).toThrow(
      expect.objectContaining({
        code: "image-outside-chip",
        details: { segment: "s", address: "0x00000020", length: 1, allowed: ["0x00000000-0x0000001F"] },
      }),
    );
  });

  it("lets a segment run on from one range into the next", () => {
    expect(() =>
      checkInside(image(segment(4, 1, 2, 3, 4)), [
        { start: 6, length: 2 },
        { start: 0, length: 6 },
      ]),
    ).not.toThrow();
  });

  it("puts bytes in and leaves the rest, and the original, alone", () => {
    fc.assert(
      fc.property(
        anyImage(2000),
        fc.nat(2000),
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        (before, at, bytes) => {
          const kept = imageBytes(before, 0, 4096);
          const after = withBytes(before, at, bytes);
          const wanted = imageBytes(before, 0, 4096);
          wanted.set(bytes, at);
          expect(imageBytes(after, 0, 4096)).toEqual(wanted);
          expect(imageBytes(before, 0, 4096)).toEqual(kept);
        },
      ),
    );
  });
});
