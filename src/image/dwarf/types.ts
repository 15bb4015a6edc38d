import { type ElfFile, elfSlice } from "../elf.ts";
import { NameTable } from "../elf-names.ts";
import { ImageError } from "../image.ts";
import { DwarfReader } from "./dwarf-reader.ts";
import { type FormValue, readForm } from "./forms.ts";
import { type Abbreviation, abbreviationsAt, type Unit, unitsOf } from "./units.ts";

/** A structure or union of the program. */
export interface StructType {
  readonly size: number;
  readonly members: readonly MemberType[];
}

/** A member: those of one without a name are the structure's own. */
export interface MemberType {
  readonly name: string;
  readonly offset: number;
  /** Where its type's entry stands. */
  readonly type: number | undefined;
}

/** The types of a program that structures are made of, by the places of their entries in .debug_info. */
export interface ProgramTypes {
  readonly structs: ReadonlyMap<number, StructType>;
  /** What a typedef, or a type with a qualifier, stands for. */
  readonly aliases: ReadonlyMap<number, number>;
  /** Structures and typedefs by their names. */
  readonly named: ReadonlyMap<string, readonly number[]>;
}

/** DW_TAG_* (DWARF 5, table 7.3). */
const TAG = {
  member: 0x0d,
  structure: 0x13,
  typedef: 0x16,
  union: 0x17,
  const: 0x26,
  volatile: 0x35,
  atomic: 0x47,
} as const;

/** DW_AT_* (DWARF 5, table 7.5). */
const AT = {
  name: 0x03,
  byteSize: 0x0b,
  location: 0x38,
  declaration: 0x3c,
  type: 0x49,
  stringOffsets: 0x72,
} as const;

/** DW_OP_plus_uconst, by which old compilers give a member's offset. */
const PLUS_UCONST = 0x23;

/** Attributes that a byte of .debug_info has at most: forms without bytes are few in any program. */
const MOST_PER_BYTE = 8;

/** SHF_COMPRESSED (System V ABI, "Sections"). */
const COMPRESSED = 0x800;

/**
 * Reads the structures of a program from its DWARF 2 to 5. Undefined where there is none, or only a compressed one.
 *
 * Throws `ImageError` `elf-truncated` for one that is broken, and `image-too-large` for one that is no program's.
 */
export function programTypes(elf: ElfFile): ProgramTypes | undefined {
  const info = sectionOf(elf, ".debug_info");
  const abbreviations = sectionOf(elf, ".debug_abbrev");
  if (!info || !abbreviations) return undefined;
  const walk = new TypeWalk(elf, info);
  const tables = new Map<number, ReadonlyMap<number, Abbreviation>>();
  // Twice the section: linkers may let tables share their ends.
  const budget = { bytes: 2 * abbreviations.length };
  try {
    for (const unit of unitsOf(info)) {
      const table = tables.get(unit.abbreviations) ?? abbreviationsAt(abbreviations, unit.abbreviations, budget);
      tables.set(unit.abbreviations, table);
      walk.take(unit, table);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ImageError("elf-truncated", `The debug information of the ELF file is broken: ${error.message}`, {
      details: { what: ".debug_info" },
    });
  }
  return walk;
}

/** A section's bytes; undefined where there is none, or a compressed one. */
function sectionOf(elf: ElfFile, name: string): Uint8Array | undefined {
  const section = elf.sections.find((one) => one.name === name);
  if (!section || section.flags & COMPRESSED) return undefined;
  return elfSlice(elf.bytes, section.offset, section.size, name);
}

interface Entry {
  name?: FormValue;
  byteSize?: FormValue;
  location?: FormValue;
  declaration?: FormValue;
  type?: FormValue;
  stringOffsets?: FormValue;
}

const NAMES: { readonly [attribute: number]: keyof Entry } = Object.fromEntries(
  Object.entries(AT).map(([name, attribute]) => [attribute, name as keyof Entry]),
);

class TypeWalk implements ProgramTypes {
  readonly structs = new Map<number, { size: number; members: MemberType[] }>();
  readonly aliases = new Map<number, number>();
  readonly named = new Map<string, number[]>();
  private readonly info: Uint8Array;
  private readonly strings: { readonly [section: string]: NameTable };
  private readonly offsets: Uint8Array | undefined;
  private readonly decoder = new TextDecoder();
  private left: number;

  constructor(elf: ElfFile, info: Uint8Array) {
    this.info = info;
    this.left = MOST_PER_BYTE * info.length;
    const table = (name: string) => [name, new NameTable(sectionOf(elf, name) ?? new Uint8Array(0))] as const;
    this.strings = Object.fromEntries([table(".debug_str"), table(".debug_line_str")]);
    this.offsets = sectionOf(elf, ".debug_str_offsets");
  }

  /** Takes the types of one unit. */
  take(unit: Unit, abbreviations: ReadonlyMap<number, Abbreviation>): void {
    const reader = new DwarfReader(this.info.subarray(0, unit.end), unit.entries);
    const parents: (number | undefined)[] = [];
    // Behind the header, as a unit without DW_AT_str_offsets_base has them (DWARF 5, 7.26).
    let base = unit.offsetSize * 2;
    while (reader.position < unit.end) {
      const at = reader.position;
      const code = reader.uleb();
      if (code === 0) {
        parents.pop();
        continue;
      }
      const abbreviation = abbreviations.get(code);
      if (!abbreviation) throw new RangeError(`an entry has the unknown abbreviation ${code}`);
      const entry = this.entryOf(reader, abbreviation, unit);
      if (entry.stringOffsets?.kind === "number") base = entry.stringOffsets.value;
      const name = (value: FormValue) => this.textOf(value, unit, base);
      const isStruct = this.note(abbreviation.tag, { at, entry, unit, name, parent: parents.at(-1) });
      if (abbreviation.hasChildren) parents.push(isStruct ? at : undefined);
    }
  }

  private entryOf(reader: DwarfReader, { attributes }: Abbreviation, unit: Unit): Entry {
    const entry: Entry = {};
    this.left -= attributes.length + 1;
    if (this.left < 0)
      throw new ImageError("image-too-large", "The debug information of the ELF file has more attributes than bytes", {
        details: { bytes: this.info.length },
      });
    for (const [attribute, form, implicit] of attributes) {
      const value = readForm(reader, form, implicit, unit);
      const name = NAMES[attribute];
      if (name) entry[name] = value;
    }
    return entry;
  }

  /** Keeps an entry that is a type, or a member of the structure that it stands in; answers whether it is a structure. */
  private note(tag: number, { at, entry, unit, name, parent }: Noted): boolean {
    const type = targetOf(entry.type, unit);
    if (tag === TAG.member) {
      const owner = parent === undefined ? undefined : this.structs.get(parent);
      owner?.members.push({ name: name(entry.name), offset: offsetOf(entry.location), type });
    }
    if (tag === TAG.structure || tag === TAG.union) {
      if (entry.declaration) return false;
      this.structs.set(at, { size: entry.byteSize?.kind === "number" ? entry.byteSize.value : 0, members: [] });
      this.keepName(name(entry.name), at);
      return true;
    }
    if ([TAG.typedef, TAG.const, TAG.volatile, TAG.atomic].some((one) => one === tag)) {
      if (type !== undefined) this.aliases.set(at, type);
      if (tag === TAG.typedef) this.keepName(name(entry.name), at);
    }
    return false;
  }

  private keepName(name: string, at: number): void {
    const all = this.named.get(name);
    if (all) all.push(at);
    else if (name !== "") this.named.set(name, [at]);
  }

  private textOf(value: FormValue, { offsetSize }: Unit, base: number): string {
    if (value?.kind === "text") return this.decoder.decode(value.text);
    if (value?.kind !== "string") return "";
    if (value.section !== "index") return this.strings[value.section].nameAt(value.at);
    if (!this.offsets) return "";
    const at = new DwarfReader(this.offsets, base + value.at * offsetSize).unsigned(offsetSize);
    return this.strings[".debug_str"].nameAt(at);
  }
}

interface Noted {
  readonly at: number;
  readonly entry: Entry;
  readonly unit: Unit;
  readonly name: (value: FormValue) => string;
  readonly parent: number | undefined;
}

const targetOf = (value: FormValue, { start }: Unit): number | undefined =>
  value?.kind === "reference" ? value.value + (value.isWithinUnit ? start : 0) : undefined;

/** A member's offset: 0 where it is left out, as in a union. */
function offsetOf(value: FormValue): number {
  if (value?.kind === "number") return value.value;
  if (value?.kind === "block" && value.bytes[0] === PLUS_UCONST) return new DwarfReader(value.bytes, 1).uleb();
  return 0;
}
