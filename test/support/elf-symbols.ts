/** A symbol of a made ELF file: the name of a source file, or a function. */
export type MadeSymbol =
  | { readonly kind: "file"; readonly name: string }
  | { readonly kind: "function"; readonly name: string; readonly start: number; readonly size: number };

const [STT_FUNC, STT_FILE, SHT_SYMTAB, SHT_STRTAB] = [2, 4, 2, 3];

/** An ELF file for ARM that holds nothing but these symbols, in this order; functions are Thumb code. */
export function elfWithSymbols(symbols: readonly MadeSymbol[]): Uint8Array {
  const names = symbols.map(({ name }) => `${name}\0`);
  const strings = Buffer.from(`\0${names.join("")}`, "latin1");
  const table = Buffer.alloc(16 * (symbols.length + 1));
  let at = 1;
  for (const [i, symbol] of symbols.entries()) {
    const entry = 16 * (i + 1);
    table.writeUInt32LE(at, entry);
    if (symbol.kind === "function") table.writeUInt32LE(symbol.start | 1, entry + 4);
    if (symbol.kind === "function") table.writeUInt32LE(symbol.size, entry + 8);
    table.writeUInt8(symbol.kind === "function" ? STT_FUNC : STT_FILE, entry + 12);
    table.writeUInt16LE(symbol.kind === "function" ? 1 : 0xfff1, entry + 14);
    at += names[i].length;
  }
  const [tableAt, stringsAt] = [52, 52 + table.length];
  const sections = [
    section(0, 0, 0, 0, 0),
    section(SHT_SYMTAB, tableAt, table.length, 2, 16),
    section(SHT_STRTAB, stringsAt, strings.length, 0, 0),
  ];
  return Buffer.concat([header(stringsAt + strings.length, sections.length), table, strings, ...sections]);
}

function header(sectionsAt: number, count: number): Buffer {
  const bytes = Buffer.alloc(52);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  bytes.writeUInt16LE(2, 16);
  bytes.writeUInt16LE(40, 18);
  bytes.writeUInt32LE(1, 20);
  bytes.writeUInt32LE(sectionsAt, 32);
  for (const [place, value] of [
    [40, 52],
    [46, 40],
    [48, count],
    [50, 2],
  ])
    bytes.writeUInt16LE(value, place);
  return bytes;
}

function section(type: number, offset: number, size: number, link: number, entrySize: number): Buffer {
  const bytes = Buffer.alloc(40);
  for (const [place, value] of [
    [4, type],
    [16, offset],
    [20, size],
    [24, link],
    [36, entrySize],
  ])
    bytes.writeUInt32LE(value, place);
  return bytes;
}
