import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import type { FlashAlgorithm } from "../../../src/chips/flash-algorithm.ts";
import type { Range } from "../../../src/chips/flash-bank.ts";
import { checkedFlash } from "../../../src/packs/stated-flash.ts";
import { inProject } from "../../../tools/lib/project.mjs";

/** An algorithm of the installed pyOCD, and the RAM of a chip that has it. */
export interface PyocdAlgorithm {
  readonly algorithm: FlashAlgorithm;
  readonly rams: readonly Range[];
  /** Neither the algorithm nor a target of pyOCD's names its flash: 4 KB at 0 stand for it. */
  readonly isFlashUnknown: boolean;
}

interface Region {
  readonly start: number;
  readonly length: number;
  readonly sector: number;
  readonly page: number;
  readonly erased: number;
  readonly rams: readonly (readonly [start: number, length: number])[];
}

interface Dumped {
  readonly name: string;
  readonly instructions: readonly number[];
  readonly load_address: number;
  readonly static_base: number;
  readonly pc_init: number;
  readonly pc_unInit?: number;
  readonly pc_program_page: number;
  readonly pc_erase_sector: number;
  readonly flash_start?: number;
  readonly flash_size?: number;
  readonly sector_sizes?: readonly (readonly [offset: number, size: number])[];
  readonly page_size?: number;
  readonly page_buffers: readonly number[];
  readonly rw_start?: number;
  readonly rw_size?: number;
  readonly zi_start?: number;
  readonly zi_size?: number;
  readonly regions: readonly Region[];
}

/** All flash algorithms of the pyOCD whose program is in PATH; undefined without one. */
export function pyocdAlgorithms(): readonly PyocdAlgorithm[] | undefined {
  const python = pyocdPython();
  if (python === undefined) return undefined;
  const script = inProject("test", "support", "foreign", "dump-pyocd.py");
  const lines = execFileSync(python, [script], { encoding: "utf8", maxBuffer: 0x400_0000 }).trim().split("\n");
  return lines.map((line) => algorithmOf(JSON.parse(line) as Dumped));
}

/** The Python that pyOCD is installed in: what its program names in its first line. */
function pyocdPython(): string | undefined {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const file = join(folder, "pyocd");
    if (!existsSync(file)) continue;
    const [, shebang] = /^#!(\S+)/.exec(readFileSync(realpathSync(file), "latin1")) ?? [];
    if (shebang !== undefined && /python/.test(shebang)) return shebang;
    const beside = join(dirname(realpathSync(file)), "python");
    if (existsSync(beside)) return beside;
  }
  return undefined;
}

function algorithmOf(dumped: Dumped): PyocdAlgorithm {
  const { name, load_address: load, static_base: base, regions } = dumped;
  const blob = blobOf(dumped);
  const flash = flashOf(dumped);
  const unInit = dumped.pc_unInit;
  const offset = (pc: number) => pc - (pc & 1) - load;
  const isUnInit = unInit !== undefined && unInit > load && unInit < load + blob.length;
  const algorithm: FlashAlgorithm = {
    name,
    device: name,
    format: "own",
    blob,
    // Where its code ends, none of them states: the RP2040's has words that it changes in the midst.
    codeLength: 0,
    staticBase: base - load,
    entries: {
      init: offset(dumped.pc_init),
      programPage: offset(dumped.pc_program_page),
      eraseSector: offset(dumped.pc_erase_sector),
      ...(isUnInit && { unInit: offset(unInit) }),
    },
    loadAddress: load,
    ...flash,
    place: "unknown",
  };
  const rams = regions[0]?.rams.map(([start, length]) => ({ start, length })) ?? [];
  const hasRoom = rams.some(({ start, length }) => load >= start && load < start + length);
  return {
    algorithm,
    rams: hasRoom ? rams : [{ start: load - (load % 0x1000), length: 0x40000 }],
    isFlashUnknown: regions.length === 0 && dumped.flash_start === undefined,
  };
}

/** Code, and room for the data that stand behind it: as much as is named, 64 bytes where none is (unsure). */
function blobOf({ instructions, load_address: load, ...data }: Dumped): Uint8Array {
  const ends = [
    load + 4 * instructions.length,
    (data.rw_start ?? 0) + (data.rw_size ?? 0),
    (data.zi_start ?? 0) + (data.zi_size ?? 0),
  ];
  const end = Math.max(...ends, data.static_base < ends[0] + 0x1000 ? data.static_base + 64 : 0);
  const blob = new Uint8Array(Math.ceil((end - load) / 4) * 4);
  const view = new DataView(blob.buffer);
  for (const [i, word] of instructions.entries()) view.setUint32(4 * i, word, true);
  return blob;
}

function flashOf({ regions, page_size: page, ...stated }: Dumped) {
  const limits = { programMs: 1_000, eraseMs: 10_000 };
  if (regions.length > 0) return checkedFlash({ ...fromRegions(regions), ...limits });
  const { flash_start: start = 0, flash_size: length = 0x1000, sector_sizes: sizes = [[0, 0x1000]] } = stated;
  const rows = sizes.map(([address, size]) => ({ address, size }));
  return checkedFlash({ flash: { start, length }, pageSize: page ?? 0x100, erased: 0xff, rows, ...limits });
}

/** Parts of one flash, one behind the other, as pyOCD has them where sectors have several sizes. */
function fromRegions(regions: readonly Region[]) {
  const sorted = [...regions].sort((a, b) => a.start - b.start || b.length - a.length);
  const [{ start, page, erased }] = sorted;
  const rows: { address: number; size: number }[] = [];
  let end = start;
  for (const region of sorted) {
    if (region.start !== end) continue;
    rows.push({ address: end - start, size: region.sector });
    end += region.length;
  }
  return { flash: { start, length: end - start }, pageSize: page, erased, rows };
}
