import { describe, expect, it } from "vitest";
import { readImage } from "../../../src/image/read-image.ts";
import { elfOf } from "./elf-files.ts";
import { file } from "./images.ts";

/** Text of `count` HEX data records of 16 bytes, each `times` over, `step` bytes from one to the next. */
function hexText(count: number, times: number, step: number): string {
  const lines: string[] = [];
  const record = (type: number, offset: number, bytes: readonly number[]) => {
    const all = [bytes.length, offset >>> 8, offset & 0xff, type, ...bytes];
    const sum = -all.reduce((a, b) => a + b, 0) & 0xff;
    return `:${[...all, sum].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  };
  for (let i = 0, high = -1; i < count; i++) {
    const address = i * step;
    if (address >>> 16 !== high) lines.push(record(4, 0, [address >>> 24, (address >>> 16) & 0xff]));
    high = address >>> 16;
    const data = record(
      0,
      address & 0xffff,
      Array.from({ length: 16 }, (_, n) => (i + n) & 0xff),
    );
    for (let n = 0; n < times; n++) lines.push(data);
  }
  return [...lines, ":00000001FF", ""].join("\n");
}

const shuffled = (text: string): string => {
  const lines = text.split("\n");
  const data = lines.filter((line) => line.slice(7, 9) === "00");
  return [...data.filter((_, i) => i % 2 === 1), ...data.filter((_, i) => i % 2 === 0), ":00000001FF"].join("\n");
};

/** CPU milliseconds of reading a file as an image, the least of five. */
function cpuOf(bytes: Uint8Array, name: string): number {
  const times = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage();
    readImage(bytes, { name });
    return process.cpuUsage(before).user / 1000;
  });
  return Math.min(...times);
}

/** Each makes a file of `size` units; one that costs more than its size would take 16 times as long for four times it. */
const CASES: readonly { what: string; name: string; make: (size: number) => Uint8Array }[] = [
  { what: "records in order", name: "f.hex", make: (n) => file(hexText(n * 8000, 1, 16)) },
  { what: "each record twice", name: "f.hex", make: (n) => file(hexText(n * 4000, 2, 16)) },
  { what: "every second record first", name: "f.hex", make: (n) => file(shuffled(hexText(n * 1000, 1, 16))) },
  { what: "records far apart", name: "f.hex", make: (n) => file(hexText(n * 4000, 1, 0x10010)) },
  { what: "one long line", name: "f.hex", make: (n) => file(`;${"x".repeat(n * 500_000)}\n${hexText(1, 1, 16)}`) },
  {
    what: "CR as the only line end",
    name: "f.hex",
    make: (n) => file(hexText(n * 8000, 1, 16).replaceAll("\n", "\r")),
  },
  {
    what: "ELF segments that overlap",
    name: "f.elf",
    make: (n) =>
      elfOf(
        Array.from({ length: n * 500 }, (_, i) => ({ address: i * 2, offset: i * 2, filesz: 4 })),
        n * 1004,
      ),
  },
];

describe("reading four times as much", () => {
  it.each(CASES)("of $what takes about four times as long", ({ name, make }) => {
    const [one, four] = [make(1), make(4)];
    cpuOf(one, name);
    expect(cpuOf(four, name)).toBeLessThan(10 * Math.max(cpuOf(one, name), 2));
  });

  it("is refused where an image would have more segments than are allowed", () => {
    expect(() => readImage(file(hexText(0x10001, 1, 0x8010)), { name: "f.hex" })).toThrow(
      expect.objectContaining({ code: "image-too-large" }),
    );
  });
});
