import type { ElfFile } from "../elf.ts";
import { type ProgramTypes, programTypes, type StructType } from "./types.ts";

/** A structure whose members are looked for. */
export interface WantedStructure {
  /** Its tag or a typedef of it; the first that the program has counts. */
  readonly types: readonly string[];
  /** Members, `run.curr` for those of members. */
  readonly paths: readonly string[];
}

/** Where a structure's members lie in a program. */
export interface FoundStructure {
  readonly type: string;
  readonly size: number;
  /** In the order of the paths. */
  readonly offsets: readonly number[];
}

/** Typedefs of typedefs, and structures in structures without names, at most. */
const MOST_STEPS = 32;

/**
 * Finds structures in a program's debug information, in their order: undefined for one that it has not, that lacks one of
 * the members, or that it has in several layouts. Undefined where there is no debug information. Throws what `programTypes`
 * throws.
 */
export function structureOffsets(
  elf: ElfFile,
  wanted: readonly WantedStructure[],
): readonly (FoundStructure | undefined)[] | undefined {
  const types = programTypes(elf);
  return types && wanted.map((one) => find(types, one));
}

function find(types: ProgramTypes, { types: names, paths }: WantedStructure): FoundStructure | undefined {
  for (const type of names) {
    const layouts = new Map<string, FoundStructure>();
    for (const at of types.named.get(type) ?? []) {
      const struct = structAt(types, at);
      const offsets = struct && paths.map((path) => offsetAlong(types, struct, path.split(".")));
      if (struct && offsets?.every((offset) => offset !== undefined))
        layouts.set(`${struct.size} ${offsets}`, { type, size: struct.size, offsets });
    }
    if (layouts.size > 0) return layouts.size === 1 ? [...layouts.values()][0] : undefined;
  }
  return undefined;
}

/** Control blocks of kernels are smaller than this: what is further away is no member's place. */
const MOST_OFFSET = 0x1000;

const isOffset = (offset: number): boolean => Number.isInteger(offset) && offset >= 0 && offset < MOST_OFFSET;

function structAt(types: ProgramTypes, start: number | undefined): StructType | undefined {
  let at = start;
  for (let steps = 0; at !== undefined && steps < MOST_STEPS; steps++) {
    const struct = types.structs.get(at);
    if (struct) return struct;
    at = types.aliases.get(at);
  }
  return undefined;
}

function offsetAlong(types: ProgramTypes, struct: StructType, path: readonly string[]): number | undefined {
  const [name, ...rest] = path;
  const member = memberNamed(types, struct, name, new Set());
  if (!member || !isOffset(member.offset)) return undefined;
  if (rest.length === 0) return member.offset;
  const inner = structAt(types, member.type);
  const offset = inner && offsetAlong(types, inner, rest);
  return offset === undefined ? undefined : member.offset + offset;
}

/** A member of the structure, or of a member of it that has no name; each structure is looked through once. */
function memberNamed(
  types: ProgramTypes,
  struct: StructType,
  name: string,
  seen: Set<StructType>,
): { readonly offset: number; readonly type: number | undefined } | undefined {
  const own = struct.members.find((member) => member.name === name);
  if (own || seen.has(struct)) return own;
  seen.add(struct);
  for (const { offset, type } of struct.members.filter((member) => member.name === "")) {
    const inner = structAt(types, type);
    const found = inner && memberNamed(types, inner, name, seen);
    if (found) return { offset: offset + found.offset, type: found.type };
  }
  return undefined;
}
