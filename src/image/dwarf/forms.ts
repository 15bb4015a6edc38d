import type { DwarfReader } from "./dwarf-reader.ts";

/** How one unit of .debug_info is read. */
export interface UnitForms {
  readonly version: number;
  readonly addressSize: number;
  /** 4, or 8 in the 64-bit format. */
  readonly offsetSize: number;
}

/** What an attribute holds: a number, a text by its place, bytes of an expression, or nothing that is used here. */
export type FormValue =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "reference"; readonly value: number; readonly isWithinUnit: boolean }
  | { readonly kind: "string"; readonly section: ".debug_str" | ".debug_line_str" | "index"; readonly at: number }
  | { readonly kind: "text"; readonly text: Uint8Array }
  | { readonly kind: "block"; readonly bytes: Uint8Array }
  | undefined;

/** DW_FORM_* (DWARF 5, table 7.6). */
const FORM = {
  addr: 0x01,
  block2: 0x03,
  block4: 0x04,
  data2: 0x05,
  data4: 0x06,
  data8: 0x07,
  string: 0x08,
  block: 0x09,
  block1: 0x0a,
  data1: 0x0b,
  flag: 0x0c,
  sdata: 0x0d,
  strp: 0x0e,
  udata: 0x0f,
  refAddr: 0x10,
  ref1: 0x11,
  ref2: 0x12,
  ref4: 0x13,
  ref8: 0x14,
  refUdata: 0x15,
  indirect: 0x16,
  secOffset: 0x17,
  exprloc: 0x18,
  flagPresent: 0x19,
  strx: 0x1a,
  addrx: 0x1b,
  refSup4: 0x1c,
  strpSup: 0x1d,
  data16: 0x1e,
  lineStrp: 0x1f,
  refSig8: 0x20,
  implicitConst: 0x21,
  loclistx: 0x22,
  rnglistx: 0x23,
  refSup8: 0x24,
  strx1: 0x25,
  strx4: 0x28,
  addrx1: 0x29,
  addrx4: 0x2c,
  gnuRefAlt: 0x1f20,
  gnuStrpAlt: 0x1f21,
} as const;

/** Bytes of forms that hold a plain number or nothing of interest. */
const FIXED: { readonly [form: number]: number } = {
  [FORM.data1]: 1,
  [FORM.flag]: 1,
  [FORM.data2]: 2,
  [FORM.data4]: 4,
  [FORM.data8]: 8,
};

const REFERENCES: { readonly [form: number]: number } = {
  [FORM.ref1]: 1,
  [FORM.ref2]: 2,
  [FORM.ref4]: 4,
  [FORM.ref8]: 8,
};

const number = (value: number): FormValue => ({ kind: "number", value });
const reference = (value: number): FormValue => ({ kind: "reference", value, isWithinUnit: true });
const string = (section: ".debug_str" | ".debug_line_str" | "index", at: number): FormValue => ({
  kind: "string",
  section,
  at,
});

/** Reads an attribute of a form; `implicit` is what the abbreviation itself holds. Throws `RangeError`. */
export function readForm(reader: DwarfReader, form: number, implicit: number, unit: UnitForms): FormValue {
  const fixed = FIXED[form];
  if (fixed !== undefined) return number(reader.unsigned(fixed));
  const width = REFERENCES[form];
  if (width !== undefined) return reference(reader.unsigned(width));
  if (form >= FORM.strx1 && form <= FORM.strx4) return string("index", reader.unsigned(form - FORM.strx1 + 1));
  if (form >= FORM.addrx1 && form <= FORM.addrx4) return skipped(reader, form - FORM.addrx1 + 1);
  return readOther(reader, form, implicit, unit);
}

function readOther(reader: DwarfReader, form: number, implicit: number, unit: UnitForms): FormValue {
  const { offsetSize } = unit;
  switch (form) {
    case FORM.implicitConst:
      return number(implicit);
    case FORM.flagPresent:
      return number(1);
    case FORM.udata:
      return number(reader.uleb());
    case FORM.sdata:
      return number(reader.sleb());
    case FORM.strp:
      return string(".debug_str", reader.unsigned(offsetSize));
    case FORM.lineStrp:
      return string(".debug_line_str", reader.unsigned(offsetSize));
    case FORM.strx:
      return string("index", reader.uleb());
    case FORM.string:
      return { kind: "text", text: reader.text() };
    case FORM.refUdata:
      return reference(reader.uleb());
    case FORM.refAddr: {
      const value = reader.unsigned(unit.version <= 2 ? unit.addressSize : offsetSize);
      return { kind: "reference", value, isWithinUnit: false };
    }
    case FORM.secOffset:
      return number(reader.unsigned(offsetSize));
    case FORM.indirect:
      return readForm(reader, reader.uleb(), implicit, unit);
    default:
      return readBlock(reader, form, unit);
  }
}

function readBlock(reader: DwarfReader, form: number, { addressSize, offsetSize }: UnitForms): FormValue {
  switch (form) {
    case FORM.block1:
      return block(reader, reader.u8());
    case FORM.block2:
      return block(reader, reader.u16());
    case FORM.block4:
      return block(reader, reader.u32());
    case FORM.block:
    case FORM.exprloc:
      return block(reader, reader.uleb());
    case FORM.addr:
      return skipped(reader, addressSize);
    case FORM.addrx:
    case FORM.loclistx:
    case FORM.rnglistx:
      return void reader.uleb();
    case FORM.refSup4:
      return skipped(reader, 4);
    case FORM.refSig8:
    case FORM.refSup8:
      return skipped(reader, 8);
    case FORM.data16:
      return skipped(reader, 16);
    case FORM.strpSup:
    case FORM.gnuRefAlt:
    case FORM.gnuStrpAlt:
      return skipped(reader, offsetSize);
    default:
      throw new RangeError(`an attribute has the unknown form 0x${form.toString(16)}`);
  }
}

function block(reader: DwarfReader, length: number): FormValue {
  const at = reader.position;
  reader.skip(length);
  return { kind: "block", bytes: reader.bytes.subarray(at, at + length) };
}

function skipped(reader: DwarfReader, count: number): undefined {
  reader.skip(count);
}
