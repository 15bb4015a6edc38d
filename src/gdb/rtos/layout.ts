import { address32 } from "../../base/u32.ts";
import { structureOffsets } from "../../image/dwarf/offsets.ts";
import type { ElfFile } from "../../image/elf.ts";

/**
 * One of a kernel's structures. The offsets are those of a build for 32-bit Cortex-M with the kernel's usual options; others
 * move them.
 */
export interface Structure<Member extends string> {
  /** Names of the type in the kernel's source: tags or typedefs, whichever a version has. */
  readonly types: readonly string[];
  readonly size: number;
  /** By our name: the member's path in the source, and its offset. */
  readonly members: { readonly [name in Member]: readonly [path: string, offset: number] };
}

/** Where a structure's members lie in one firmware, in bytes. */
export interface StructureOffsets<Member extends string> {
  readonly at: { readonly [name in Member]: number };
  /** Undefined where only the kernel's usual build is known. */
  readonly size: number | undefined;
}

/** What is known of the layout of a firmware's structures. */
export class KernelLayouts {
  private readonly known: ReadonlyMap<Structure<string>, StructureOffsets<string>>;
  private readonly hasDebugInformation: boolean;

  private constructor(known: ReadonlyMap<Structure<string>, StructureOffsets<string>>, hasDebugInformation: boolean) {
    this.known = known;
    this.hasDebugInformation = hasDebugInformation;
  }

  /** Those of the kernels' usual builds. */
  static usual(): KernelLayouts {
    return new KernelLayouts(new Map(), false);
  }

  /** Those that the debug information of an ELF file has, else the usual ones. Throws what `structureOffsets` throws. */
  static of(elf: ElfFile, structures: readonly Structure<string>[]): KernelLayouts {
    const wanted = structures.map(({ types, members }) => ({
      types,
      paths: Object.values(members).map(([path]) => path),
    }));
    const found = structureOffsets(elf, wanted);
    const known = new Map<Structure<string>, StructureOffsets<string>>();
    structures.forEach((structure, i) => {
      const one = found?.[i];
      const names = Object.keys(structure.members);
      if (one) known.set(structure, { at: pairs(names, (_, n) => one.offsets[n]), size: one.size });
    });
    return new KernelLayouts(known, found !== undefined);
  }

  /** Where a structure's members lie. */
  offsets<Member extends string>(structure: Structure<Member>): StructureOffsets<Member> {
    const { members } = structure;
    const names = Object.keys(members) as Member[];
    const known = this.known.get(structure);
    const usual = new Map(names.map((name): [string, number] => [name, members[name][1]]));
    const at = pairs(names, (name) => known?.at[name] ?? usual.get(name) ?? 0);
    return { at: at as { [name in Member]: number }, size: known?.size };
  }

  /** What is unusual about structures, in sentences. */
  notes(structures: readonly Structure<string>[]): readonly string[] {
    return this.hasDebugInformation ? structures.flatMap((structure) => this.noteOf(structure)) : [];
  }

  private noteOf(structure: Structure<string>): readonly string[] {
    const known = this.known.get(structure);
    const [type] = structure.types;
    if (!known) return [`the ELF file's debug information has no ${type} as expected: its usual offsets are taken`];
    const moved = Object.entries(structure.members).filter(([name, [, usual]]) => known.at[name] !== usual);
    const words = moved.map(([name, [path, usual]]) => `${path} ${hex(known.at[name])} (usual: ${hex(usual)})`);
    return words.length === 0 ? [] : [`offsets in ${type} are those of the ELF file: ${words.join(", ")}`];
  }
}

const pairs = <T>(names: readonly string[], value: (name: string, index: number) => T): { [name: string]: T } =>
  Object.fromEntries(names.map((name, i) => [name, value(name, i)]));

const hex = (offset: number): string => address32(offset).replace(/^0x0+(?=.)/, "0x");
