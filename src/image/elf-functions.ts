import { Elf, readElf } from "./elf.ts";

/** A function in an ELF file's symbol table. */
export interface ElfFunction {
  readonly name: string;
  /** Without the Thumb bit. */
  readonly start: number;
  readonly size: number;
  /** The source file whose symbols it stands among, where the table names it. */
  readonly file: string | undefined;
}

/** Functions of an ELF file; throws what `readElf` throws. A function that has several names has the first. */
export function elfFunctions(bytes: Uint8Array): readonly ElfFunction[] {
  const functions = new Map<number, ElfFunction>();
  let file: string | undefined;
  for (const { type, name, value, size } of readElf(bytes).symbols) {
    // Local symbols follow their file's; global ones come behind all of them, and name none.
    if (type === STT_FILE) file = name === "" ? undefined : name;
    if (type !== Elf.STT_FUNC) continue;
    const start = (value & ~1) >>> 0;
    if (!functions.has(start)) functions.set(start, { name, start, size, file });
  }
  return [...functions.values()];
}

const STT_FILE = 4;
