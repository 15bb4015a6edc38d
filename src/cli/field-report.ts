import type { Json } from "../base/errors.ts";
import { address32, hex8 } from "../base/u32.ts";
import type { Chip } from "../chips/chip.ts";
import { decodeField } from "../protection/field.ts";

/** The flash configuration field as `--json` prints it: every part with its bits in words. */
export const fieldJson = (field: Uint8Array, chip: Chip): readonly Json[] =>
  decodeField(field, chip).map(
    (part) => JSON.parse(JSON.stringify({ ...part, address: address32(part.address) })) as Json,
  );

/** The flash configuration field in lines: address, bytes, part, meaning. */
export function fieldLines(field: Uint8Array, chip: Chip): readonly string[] {
  const at = chip.protection.field;
  const bytes = [...field].map(hex8).join(" ");
  return [
    `flash configuration field at ${address32(at)}: ${bytes}`,
    ...decodeField(field, chip).map((part) => `  ${address32(part.address)} ${part.name.padEnd(8)} ${part.meaning}`),
  ];
}
