import { concatBytes } from "../../../src/base/bytes.ts";

/** A section of a made file; without bytes it has `size` bytes in memory only. */
export interface MadeSection {
  readonly name: string;
  readonly address: number;
  readonly bytes?: Uint8Array;
  readonly size?: number;
}

/** A symbol of a made file; `section` counts from 0. */
export interface MadeSymbol {
  readonly name: string;
  readonly value: number;
  readonly section: number;
}

const words = (...values: readonly number[]): Uint8Array => new Uint8Array(new Uint32Array(values).buffer);

/** The rows and fields of a descriptor; a test changes what it is about. */
export interface MadeDescriptor {
  readonly name?: string;
  readonly version?: number;
  readonly type?: number;
  readonly start?: number;
  readonly size?: number;
  readonly page?: number;
  readonly programMs?: number;
  readonly eraseMs?: number;
  readonly sectors?: readonly (readonly [size: number, address: number])[];
}

/** `struct FlashDevice` as armlink leaves it in `DevDscr`. */
export function descriptor(made: MadeDescriptor = {}): Uint8Array {
  const { name = "Made flash", version = 0x0101, type = 1, start = 0, size = 0x10000, page = 0x200 } = made;
  const { sectors = [[0x1000, 0]], programMs = 100, eraseMs = 3000 } = made;
  const head = new Uint8Array(160);
  const view = new DataView(head.buffer);
  view.setUint16(0, version, true);
  head.set(new TextEncoder().encode(name), 2);
  view.setUint16(130, type, true);
  for (const [i, value] of [start, size, page, 0, 0xff, programMs, eraseMs].entries())
    view.setUint32(132 + 4 * i, value, true);
  return concatBytes([head, ...sectors.map(([bytes, at]) => words(bytes, at)), words(0xffffffff, 0xffffffff)]);
}

/** The functions of a made algorithm in a code of 0x40 bytes. */
export const FUNCTIONS: readonly MadeSymbol[] = [
  { name: "Init", value: 0x1, section: 0 },
  { name: "UnInit", value: 0x11, section: 0 },
  { name: "EraseSector", value: 0x21, section: 0 },
  { name: "ProgramPage", value: 0x31, section: 0 },
];

/** The sections of a made algorithm: code, data, data of zeros, and the descriptor at the address of the latter. */
export const sectionsWith = (made: MadeDescriptor = {}): readonly MadeSection[] => [
  { name: "PrgCode", address: 0, bytes: new Uint8Array(0x40).fill(0xbf) },
  { name: "PrgData", address: 0x40, bytes: words(0x11223344, 0x55667788) },
  { name: "PrgData", address: 0x48, size: 0x10 },
  { name: "DevDscr", address: 0x48, bytes: descriptor(made) },
];

/** An ELF file of these sections and symbols. */
export function elfWith(
  sections: readonly MadeSection[] = sectionsWith(),
  symbols: readonly MadeSymbol[] = FUNCTIONS,
  { machine = 40 } = {},
): Uint8Array {
  const names = nameTable([...sections.map(({ name }) => name), ...symbols.map(({ name }) => name)]);
  const table = concatBytes([new Uint8Array(16), ...symbols.map((one) => symbolBytes(one, names.at))]);
  const bodies = [...sections.map(({ bytes = new Uint8Array() }) => bytes), table, names.bytes];
  const offsets = bodies.map((_, i) => 52 + bodies.slice(0, i).reduce((sum, { length }) => sum + length, 0));
  const end = 52 + bodies.reduce((sum, { length }) => sum + length, 0);
  const strings = sections.length + 2;
  const headers = [
    words(0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    ...sections.map(({ name, address, bytes, size = bytes?.length ?? 0 }, i) =>
      words(names.at(name), bytes ? 1 : 8, 7, address, offsets[i], size, 0, 0, 4, 0),
    ),
    words(0, 2, 0, 0, offsets[sections.length], table.length, strings, 0, 4, 16),
    words(0, 3, 0, 0, offsets[sections.length + 1], names.bytes.length, 0, 0, 1, 0),
  ];
  return concatBytes([header(machine, end, headers.length, strings), ...bodies, ...headers]);
}

function header(machine: number, sectionsAt: number, count: number, names: number): Uint8Array {
  const bytes = new Uint8Array(52);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  const view = new DataView(bytes.buffer);
  view.setUint16(16, 2, true);
  view.setUint16(18, machine, true);
  view.setUint32(32, sectionsAt, true);
  for (const [i, value] of [52, 32, 0, 40, count, names].entries()) view.setUint16(40 + 2 * i, value, true);
  return bytes;
}

function nameTable(all: readonly string[]) {
  const text = `\0${[...new Set(all)].join("\0")}\0`;
  return { bytes: new TextEncoder().encode(text), at: (name: string) => text.indexOf(`\0${name}\0`) + 1 };
}

function symbolBytes({ name, value, section }: MadeSymbol, at: (name: string) => number): Uint8Array {
  const bytes = concatBytes([words(at(name), value, 0x10), words(0)]);
  bytes[12] = 0x12;
  bytes[14] = section + 1;
  return bytes;
}
