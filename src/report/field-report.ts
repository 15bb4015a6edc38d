import type { Json } from "../base/errors.ts";
import { address32, hex8 } from "../base/u32.ts";
import type { Chip } from "../chips/chip.ts";
import { decodeField } from "../protection/field.ts";

/** The flash configuration field as `--json` prints it: every part with its bits in words. */
export const fieldJson = (field: Uint8Array, chip: Chip): readonly Json[] =>
  decodeField(field, chip).map(
    (part) => JSON.parse(JSON.stringify({ ...part, address: address32(part.address) })) as Json,
  );

/** The flash configuration field in lines, in columns: address, part, bits, value, meaning. */
export function fieldLines(field: Uint8Array, chip: Chip): readonly string[] {
  const bytes = [...field].map(hex8).join(" ");
  const rows = decodeField(field, chip).map((part) => [
    address32(part.address),
    part.name,
    part.bits,
    part.value,
    part.meaning + (part.sure ? "" : " (unsure)"),
  ]);
  return [`flash configuration field at ${address32(chip.protection.field)}: ${bytes}`, ...inColumns(rows)];
}

/** Rows of cells as indented lines, each column as wide as its widest cell. */
function inColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i])).join("  ")}`.trimEnd());
}
