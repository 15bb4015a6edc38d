import { DwarfReader } from "./dwarf-reader.ts";
import type { UnitForms } from "./forms.ts";

/** One unit of .debug_info, before its entries. */
export interface Unit extends UnitForms {
  /** Where it begins: references within it count from here. */
  readonly start: number;
  readonly end: number;
  /** Where its first entry stands. */
  readonly entries: number;
  /** Where its abbreviations begin in .debug_abbrev. */
  readonly abbreviations: number;
}

/** How one kind of entry is written. */
export interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  /** Attribute, form and implicit value of each. */
  readonly attributes: readonly (readonly [attribute: number, form: number, implicit: number])[];
}

/** DW_UT_type, DW_UT_skeleton, DW_UT_split_compile and DW_UT_split_type have 8 bytes more (DWARF 5, 7.5.1). */
const UNIT_TYPES = { type: 2, skeleton: 4, splitCompile: 5, splitType: 6 } as const;

/** The headers of all units; those of a version that is not known are left out. Throws `RangeError`. */
export function* unitsOf(info: Uint8Array): Generator<Unit> {
  for (let start = 0; start < info.length; ) {
    const reader = new DwarfReader(info, start);
    const short = reader.u32();
    const offsetSize = short === 0xffffffff ? 8 : 4;
    const length = offsetSize === 8 ? reader.u64() : short;
    const end = reader.position + length;
    if (end > info.length) throw new RangeError(`a unit ends at ${end}`);
    const version = reader.u16();
    if (version >= 2 && version <= 5) yield { start, end, offsetSize, version, ...restOf(reader, version, offsetSize) };
    start = end;
  }
}

function restOf(reader: DwarfReader, version: number, offsetSize: number) {
  if (version < 5) {
    const abbreviations = reader.unsigned(offsetSize);
    return { abbreviations, addressSize: reader.u8(), entries: reader.position };
  }
  const type = reader.u8();
  const addressSize = reader.u8();
  const abbreviations = reader.unsigned(offsetSize);
  if (type >= UNIT_TYPES.skeleton || type === UNIT_TYPES.type) reader.skip(8);
  if (type === UNIT_TYPES.type || type === UNIT_TYPES.splitType) reader.skip(offsetSize);
  return { abbreviations, addressSize, entries: reader.position };
}

/** How many bytes of tables may still be read: units of one program share theirs, or have tables of their own. */
export interface TableBudget {
  bytes: number;
}

/** The abbreviations that begin at an offset, by their codes. Throws `RangeError`, also where the budget is used up. */
export function abbreviationsAt(
  section: Uint8Array,
  offset: number,
  budget: TableBudget,
): ReadonlyMap<number, Abbreviation> {
  const reader = new DwarfReader(section, offset);
  const all = new Map<number, Abbreviation>();
  for (let code = reader.uleb(); code !== 0; code = reader.uleb()) {
    const tag = reader.uleb();
    const hasChildren = reader.u8() !== 0;
    const attributes: (readonly [number, number, number])[] = [];
    for (;;) {
      const [attribute, form] = [reader.uleb(), reader.uleb()];
      const implicit = form === IMPLICIT_CONST ? reader.sleb() : 0;
      if (attribute === 0 && form === 0) break;
      attributes.push([attribute, form, implicit]);
    }
    all.set(code, { tag, hasChildren, attributes });
    if (reader.position - offset > budget.bytes) throw new RangeError("its tables of abbreviations overlap");
  }
  budget.bytes -= reader.position - offset;
  return all;
}

/** DW_FORM_implicit_const: the value stands in the abbreviation. */
const IMPLICIT_CONST = 0x21;
