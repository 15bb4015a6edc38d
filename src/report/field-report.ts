import type { Json } from "../base/errors.ts";
import { address32, hex8 } from "../base/u32.ts";
import type { FieldGroup } from "../chips/protection-scheme.ts";
import { inColumns } from "./columns.ts";
import { decodeGroup } from "../protection/decode-group.ts";

/** The bytes of a group of security fields, as read from a chip or an image. */
export interface GroupBytes {
  readonly group: FieldGroup;
  readonly bytes: Uint8Array;
}

/** Groups of security fields as `--json` prints them: every part with its bits in words. */
export const groupsJson = (groups: readonly GroupBytes[]): readonly Json[] =>
  groups.flatMap(({ group, bytes }) =>
    decodeGroup(group, bytes).map(
      (part) => JSON.parse(JSON.stringify({ ...part, address: address32(part.address) })) as Json,
    ),
  );

/** A group of security fields in lines, in columns: address, part, bits, value, meaning. */
export function groupLines({ group, bytes }: GroupBytes): readonly string[] {
  const rows = decodeGroup(group, bytes).map((part) => [
    address32(part.address),
    part.name,
    part.bits,
    part.value,
    part.meaning + (part.sure ? "" : " (unsure)"),
  ]);
  const all = [...bytes].map(hex8).join(" ");
  return [`${group.name} at ${address32(group.start)}: ${all}`, ...inColumns(rows).map((row) => `  ${row}`)];
}
