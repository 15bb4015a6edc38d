import type { AlgorithmEntries, FlashAlgorithm } from "../../chips/flash-algorithm.ts";
import { type ElfFile, type ElfSection, type ElfSymbol, elfSlice, Elf, readElf } from "../../image/elf.ts";
import { ImageError } from "../../image/image.ts";
import { invalidAlgorithm, unsupportedAlgorithm } from "../pack-error.ts";
import { type DeviceDescriptor, readDescriptor } from "./device-descriptor.ts";

/** The most bytes of code and data that an algorithm may have; the largest of a thousand that were looked at has 56,096. */
export const MOST_ALGORITHM_BYTES = 0x10_0000;

/** A section with bytes in the file (System V ABI, `SHT_PROGBITS`). */
const SHT_PROGBITS = 1;

/**
 * Reads a flash algorithm of a CMSIS-Pack (`*.FLM`): the sections `PrgCode`, `PrgData` and `DevDscr` of an ELF file, found
 * by their names, because addresses of `DevDscr` and of data without bytes in the file overlap in real ones.
 *
 * Throws `PackError` `algorithm-invalid` (`reason`: `no-elf`, `cut-off`, `no-code`, `no-descriptor`, `no-entry`, ...) and
 * `algorithm-unsupported` (`other-machine`, `external-loader`, `no-thumb`).
 */
export function readFlm(bytes: Uint8Array, name: string): FlashAlgorithm {
  const elf = readAlgorithmElf(bytes, name);
  const code = elf.sections.find((section) => section.name === "PrgCode" && section.type === SHT_PROGBITS);
  const descriptor = elf.sections.find((section) => section.name === "DevDscr" && section.type === SHT_PROGBITS);
  if (!descriptor) throw withoutDescriptor(elf, name);
  if (!code || code.size === 0) throw invalidAlgorithm("no-code", `${name} has no section PrgCode`);
  const device = readDescriptor(descriptorBytes(elf, descriptor));
  const data = elf.sections.filter((section) => section.name === "PrgData" && section.size > 0);
  return {
    name,
    format: "flm",
    device: device.name,
    ...blobOf(elf, code, data, name),
    entries: entriesOf(elf.symbols, code, name),
    ...flashOf(device),
  };
}

/** An ELF file of an algorithm; what the ELF reader refuses is refused under a reason of its own. */
export function readAlgorithmElf(bytes: Uint8Array, name: string): ElfFile {
  try {
    return readElf(bytes);
  } catch (cause) {
    if (!(cause instanceof ImageError)) throw cause;
    const text = `${name}: ${cause.message}`;
    if (cause.code === "elf-wrong-machine") throw unsupportedAlgorithm("other-machine", text, cause.details, cause);
    throw invalidAlgorithm(cause.code === "elf-truncated" ? "cut-off" : "no-elf", text, cause.details, cause);
  }
}

/** A loader of ST's for external flash has other sections, and often the same suffix. */
function withoutDescriptor({ sections }: ElfFile, name: string) {
  if (sections.some((section) => /StorageInfo|DevInfo|Dev_Inf/i.test(section.name))) {
    return unsupportedAlgorithm(
      "external-loader",
      `${name} is an external loader of ST's, not an algorithm of a CMSIS-Pack`,
    );
  }
  return invalidAlgorithm("no-descriptor", `${name} has no section DevDscr, which describes the flash`);
}

/** The descriptor stands where its symbol is, at the section's beginning where there is none. */
function descriptorBytes({ bytes, symbols }: ElfFile, section: ElfSection): Uint8Array {
  const symbol = symbols.find((one) => one.name === "FlashDevice" && one.section === section.index);
  const offset = symbol ? symbol.value - section.address : 0;
  if (offset < 0 || offset >= section.size) {
    throw invalidAlgorithm("descriptor-short", "FlashDevice lies outside of its section");
  }
  return elfSlice(bytes, section.offset, section.size, "section DevDscr").subarray(offset);
}

type Blob = Pick<FlashAlgorithm, "blob" | "codeLength" | "staticBase">;

/** Code and data as they lie in RAM, one behind the other; data without bytes in the file are zeros. */
function blobOf(elf: ElfFile, code: ElfSection, data: readonly ElfSection[], name: string): Blob {
  const parts = [code, ...data];
  const length = Math.max(...parts.map(({ address, size }) => address + size)) - code.address;
  if (length > MOST_ALGORITHM_BYTES || data.some(({ address }) => address < code.address + code.size)) {
    throw invalidAlgorithm("data-place", `${name}: its data do not lie behind its code`, { length });
  }
  const blob = new Uint8Array(Math.ceil(length / 4) * 4);
  for (const { type, address, offset, size } of parts) {
    if (type !== Elf.SHT_NOBITS) blob.set(elfSlice(elf.bytes, offset, size, "code and data"), address - code.address);
  }
  const base = data.length > 0 ? Math.min(...data.map(({ address }) => address)) - code.address : blob.length;
  return { blob, codeLength: code.size, staticBase: base };
}

/** Functions of the specification by the fields that hold their offsets. */
const FUNCTIONS = {
  init: "Init",
  programPage: "ProgramPage",
  eraseSector: "EraseSector",
  unInit: "UnInit",
  eraseChip: "EraseChip",
  blankCheck: "BlankCheck",
  verify: "Verify",
} as const satisfies { readonly [field in keyof AlgorithmEntries]-?: string };

/** Where the functions are, counted from the address `from`; throws where one of the two that nothing replaces is absent. */
export function entriesOf(
  symbols: readonly ElfSymbol[],
  code: ElfSection,
  name: string,
  from = code.address,
): AlgorithmEntries {
  const found = Object.entries(FUNCTIONS).flatMap(([field, symbolName]) => {
    const symbol = symbols.find((one) => one.name === symbolName && one.section === code.index);
    return symbol ? [[field, offsetIn(symbol, code, name) + code.address - from] as const] : [];
  });
  const { init, programPage, ...others } = Object.fromEntries(found) as Partial<AlgorithmEntries>;
  if (init === undefined || programPage === undefined) {
    const missing = init === undefined ? FUNCTIONS.init : FUNCTIONS.programPage;
    throw invalidAlgorithm("no-entry", `${name} has no function ${missing}`, { function: missing });
  }
  return { init, programPage, ...others };
}

function offsetIn({ name: symbol, value }: ElfSymbol, { address, size }: ElfSection, name: string): number {
  if ((value & 1) === 0)
    throw unsupportedAlgorithm("no-thumb", `${name}: ${symbol} is no Thumb code`, { function: symbol });
  const offset = value - 1 - address;
  if (offset >= 0 && offset < size) return offset;
  throw invalidAlgorithm("no-entry", `${name}: ${symbol} lies outside of its code`, { function: symbol });
}

function flashOf({ type, flash, pageSize, erased, programMs, eraseMs, sectors }: DeviceDescriptor) {
  const place =
    type === 1 ? ("on-chip" as const) : type >= 2 && type <= 5 ? ("external" as const) : ("unknown" as const);
  return { flash, pageSize, erased, programMs, eraseMs, sectors, place };
}
