import { parse } from "smol-toml";
import type { FlashAlgorithm } from "../../chips/flash-algorithm.ts";
import { type ElfFile, type ElfSection, Elf, elfSlice } from "../../image/elf.ts";
import type { PackDevice, PackMemory } from "../device.ts";
import { entriesOf, MOST_ALGORITHM_BYTES, readAlgorithmElf } from "../flm/read-flm.ts";
import type { DeviceName, Pack, ReadPackFile } from "../pack.ts";
import { invalidAlgorithm, invalidPack, PackError, tooLarge } from "../pack-error.ts";
import { listIn, maybeNumber, numberIn, type Place, placeOf, type PlainTable, textIn } from "../plain-value.ts";
import { checkedFlash, checkedMemory } from "../stated-flash.ts";

/** A file that a person has written has some lines. */
const MOST_BYTES = 0x1_0000;

/**
 * One chip of a user's own with loaders in RAM for its flash, as docs/packs.md describes the file: the chip's core and RAM,
 * and for each loader an ELF file with the functions of a flash algorithm, and the flash that it programs.
 *
 * Throws `PackError` `pack-invalid` for what is no such file.
 */
export function ownPack(toml: Uint8Array): Pack {
  const root = placeOf(readToml(toml), "the file");
  const name: DeviceName = { name: textIn(root, "name"), vendor: "", family: textIn(root, "name") };
  const loaders = listIn(root, "loader").map((value, i) => placeOf(value, `loader ${i + 1}`));
  return {
    ...{ id: `own.${name.name}`, vendor: "", version: "", format: "own", devices: [name] },
    description: `${name.name}, a chip of your own`,
    device: () => deviceOf(name, root, loaders),
    algorithm: (path, readFile) => algorithmOf(path, loaders, readFile),
  };
}

function readToml(bytes: Uint8Array): PlainTable {
  if (bytes.length > MOST_BYTES) throw tooLarge("bytes of TOML", bytes.length, MOST_BYTES);
  try {
    return parse(new TextDecoder().decode(bytes)) as PlainTable;
  } catch (cause) {
    throw invalidPack("toml", `The file is no TOML: ${cause instanceof Error ? cause.message.split("\n")[0] : ""}`);
  }
}

function deviceOf(name: DeviceName, root: Place, loaders: readonly Place[]): PackDevice {
  const ap = maybeNumber(root, "ap") ?? 0;
  return {
    ...name,
    processors: [{ core: textIn(root, "core"), units: 1, fpu: "none", mpu: false, endian: "little" }],
    memories: listIn(root, "ram").map((ram, i): PackMemory => {
      const place = placeOf(ram, `ram ${i + 1}`);
      const name = `RAM${i + 1}`;
      const range = checkedMemory({ start: numberIn(place, "start"), length: numberIn(place, "size") }, name);
      return { name, ...range, access: { read: true, write: true, execute: true }, isDefault: true };
    }),
    algorithms: loaders.map((loader) => ({
      path: textIn(loader, "file"),
      start: numberIn(loader, "start"),
      length: numberIn(loader, "size"),
      isDefault: loader.table["main"] !== false,
      style: "CMSIS",
    })),
    debugPorts: [],
    accessPorts: [],
    debug: [{ dp: 0, ap: { index: ap } }],
    ...{ sequences: [], books: [] },
  };
}

async function algorithmOf(path: string, loaders: readonly Place[], readFile: ReadPackFile): Promise<FlashAlgorithm> {
  const loader = loaders.find(({ table }) => table["file"] === path);
  if (!loader) throw new PackError("pack-not-found", `The file has no loader ${path}`, { details: { path } });
  const flash = { start: numberIn(loader, "start"), length: numberIn(loader, "size") };
  const rows = listIn(loader, "sectors").map((row) => {
    const place = placeOf(row, `a sector of ${loader.what}`);
    return { size: numberIn(place, "size"), address: numberIn(place, "offset") };
  });
  const stackSize = maybeNumber(loader, "stack");
  const loadAddress = maybeNumber(loader, "load");
  return {
    ...codeOf(readAlgorithmElf(await readFile(path), path), path),
    ...{ name: path, device: path, format: "own", place: "on-chip" },
    ...checkedFlash({
      flash,
      rows,
      pageSize: numberIn(loader, "page"),
      erased: maybeNumber(loader, "erased") ?? 0xff,
      programMs: numberIn(loader, "program-ms"),
      eraseMs: numberIn(loader, "erase-ms"),
    }),
    ...(stackSize !== undefined && { stackSize }),
    ...(loadAddress !== undefined && { loadAddress }),
  };
}

/** Bytes that lie in memory while it runs (SHF_ALLOC), and those that it writes (SHF_WRITE). */
const SHF_WRITE = 1;

/** Everything that an ELF file loads, from its lowest address on; data are relative to the first section that is written. */
function codeOf(elf: ElfFile, name: string): Pick<FlashAlgorithm, "blob" | "codeLength" | "staticBase" | "entries"> {
  const loaded = elf.sections.filter(({ flags, size }) => (flags & Elf.SHF_ALLOC) !== 0 && size > 0);
  const start = Math.min(...loaded.map(({ address }) => address));
  const end = Math.max(...loaded.map(({ address, size }) => address + size));
  if (loaded.length === 0 || end - start > MOST_ALGORITHM_BYTES) {
    throw invalidAlgorithm("no-code", `${name} has ${loaded.length === 0 ? "nothing to load" : "too much to load"}`);
  }
  const blob = new Uint8Array(Math.ceil((end - start) / 4) * 4);
  for (const section of loaded)
    if (section.type !== Elf.SHT_NOBITS) blob.set(bytesOf(elf, section), section.address - start);
  const written = loaded.filter(({ flags }) => (flags & SHF_WRITE) !== 0).map(({ address }) => address - start);
  const staticBase = written.length > 0 ? Math.min(...written) : blob.length;
  const code = loaded.find(({ index }) => elf.symbols.some((one) => one.name === "Init" && one.section === index));
  if (!code) throw invalidAlgorithm("no-entry", `${name} has no function Init`, { function: "Init" });
  return { blob, codeLength: staticBase, staticBase, entries: entriesOf(elf.symbols, code, name, start) };
}

const bytesOf = ({ bytes }: ElfFile, { offset, size }: ElfSection) => elfSlice(bytes, offset, size, "code and data");
