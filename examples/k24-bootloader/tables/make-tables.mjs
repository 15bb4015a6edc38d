// Draws the firmware's tables as C: the pen font at two sizes, the sine and the CRC-32 table.
// Only IEEE arithmetic and rounding to integers: the same text on every machine.

import { readFileSync } from "node:fs";

const FIRST_CHARACTER = 0x20;
const LAST_CHARACTER = 0x7e;

/** The tables each program links. The sine's steps make the image end where the linker script wants it. */
export const TABLES = {
  boot: [{ file: "crc32-table.c", text: () => crcTable() }],
  app: [
    { file: "fonts.c", text: () => fonts([8, 16]) },
    { file: "sine-table.c", text: () => sineTable(523) },
  ],
  small: [
    { file: "fonts-small.c", text: () => fonts([8, 16]) },
    { file: "sine-table-small.c", text: () => sineTable(830) },
  ],
};

/** strokes.txt -> Map character -> strokes, a stroke being a list of [x, y]. */
export function readStrokes(text) {
  const glyphs = new Map();
  for (const line of text.trim().split("\n")) {
    if (line.startsWith("//")) continue;
    glyphs.set(line[0], line.slice(2).split(" ").map(readStroke));
  }
  return glyphs;
}

function readStroke(chain) {
  return chain.split("-").map((point) => [Number(point[0]), Number(point[1])]);
}

/** One glyph as rows of pixels, `width` wide and twice as high; a pixel is on when the pen passes near its middle. */
export function drawGlyph(strokes, width) {
  const unit = width / 8;
  const place = ([x, y]) => [unit * (1 + 1.5 * x), unit * (2 + 1.5 * y)];
  const segments = strokes.flatMap((stroke) => segmentsOf(stroke.map(place)));
  const near = (x, y) => segments.some((segment) => distanceSquared(segment, x, y) <= (0.72 * unit) ** 2);
  return Array.from({ length: 2 * width }, (_, y) => Array.from({ length: width }, (_, x) => near(x + 0.5, y + 0.5)));
}

function segmentsOf(points) {
  if (points.length === 1) return [[points[0], points[0]]];
  return points.slice(1).map((point, index) => [points[index], point]);
}

function distanceSquared([[ax, ay], [bx, by]], x, y) {
  const length = (bx - ax) ** 2 + (by - ay) ** 2;
  const along = length === 0 ? 0 : ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length;
  const t = Math.min(1, Math.max(0, along));
  return (ax + t * (bx - ax) - x) ** 2 + (ay + t * (by - ay) - y) ** 2;
}

/** Rows of pixels -> bytes, each row padded to whole bytes, leftmost pixel in bit 7. */
function packRows(rows) {
  return rows.flatMap((row) =>
    Array.from({ length: row.length / 8 }, (_, index) =>
      row.slice(8 * index, 8 * index + 8).reduce((byte, pixel) => 2 * byte + (pixel ? 1 : 0), 0),
    ),
  );
}

function fonts(widths) {
  const strokes = readStrokes(readFileSync(new URL("strokes.txt", import.meta.url), "utf8"));
  return `#include "app/font.h"\n\n${widths.map((width) => font(strokes, width)).join("\n")}`;
}

function font(strokes, width) {
  const count = LAST_CHARACTER - FIRST_CHARACTER + 1;
  const glyphs = Array.from({ length: count }, (_, index) => String.fromCharCode(FIRST_CHARACTER + index));
  const bytes = glyphs.flatMap((glyph) => packRows(drawGlyph(strokes.get(glyph) ?? [], width)));
  const table = array(`static const uint8_t`, `pixels_${width}`, bytes, 2);
  return `${table}\nconst struct font font_${width} = {${width}, ${2 * width}, pixels_${width}};\n`;
}

/** A quarter of a sine, 0 to 1 in steps of a 31 bit fraction. */
function sineTable(steps) {
  const step = (_, index) => Math.round(Math.sin((Math.PI / 2) * (index / (steps - 1))) * 0x7fffffff);
  const table = array("const int32_t", "sine_table", Array.from({ length: steps }, step), 8);
  return `#include "app/sine.h"\n\nconst uint32_t sine_steps = ${steps};\n${table}`;
}

/** CRC-32 of zlib, polynomial EDB88320 (reflected), a byte at a time. */
function crcTable() {
  const entry = (_, byte) =>
    Array.from({ length: 8 }).reduce((crc) => (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0), byte) >>> 0;
  return `#include "common/crc32.h"\n\n${array("const uint32_t", "crc32_table", Array.from({ length: 256 }, entry), 8)}`;
}

function array(type, name, values, digits) {
  const words = values.map((value) => `0x${value.toString(16).padStart(digits, "0")}`);
  const lines = [];
  for (let index = 0; index < words.length; index += 12) lines.push(`  ${words.slice(index, index + 12).join(", ")},`);
  return `${type} ${name}[${values.length}] = {\n${lines.join("\n")}\n};\n`;
}
