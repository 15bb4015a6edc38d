import type { Range } from "../chips/range.ts";
import { isForFirmware } from "../chips/banks.ts";
import type { ApAddress, Chip, ChipCore, ChipMemory, ChipOrigin, CoreType, WorkRam } from "../chips/chip.ts";
import { CHIPS } from "../chips/list.ts";
import { holds, overlap } from "../chips/sectors.ts";
import { alignUp } from "../base/u32.ts";
import type { PackAlgorithm, PackDevice, PackMemory } from "./device.ts";
import type { Pack } from "./pack.ts";
import { invalidPack, unsupportedAlgorithm } from "./pack-error.ts";
import { withOwnSectors } from "./own-sectors.ts";
import { banksOf, type ReadAlgorithm } from "./pack-banks.ts";

/**
 * A device of a pack as a chip. One that Flashproof has of its own, too, by the same name or order code, lends its locks,
 * its guarded registers and its family; of all others the locks are unknown.
 *
 * Throws `PackError` for a processor that is no Cortex-M, and a device without RAM or flash that can be programmed.
 */
export function packChip(pack: Pack, described: PackDevice, read: readonly ReadAlgorithm[]): Chip {
  const device = forFirstCore(described);
  const algorithms = read.filter(({ use }) => isForFirstCore(described, use));
  const own = ownChipOf(device);
  const banks = banksOf(device, algorithms).flatMap((bank) => withOwnSectors(bank, own));
  const rams = device.memories.filter((memory) => memory.access.write && !isFlash(memory, device, algorithms));
  const workRam = workRamOf(rams, device.algorithms);
  if (!banks.some(isForFirmware))
    throw invalidPack("no-flash", `${device.name} has no flash algorithm that can be used`);
  if (workRam.length === 0) throw invalidPack("no-ram", `${device.name} has no RAM for a flash algorithm`);
  return {
    name: device.name,
    vendor: device.vendor,
    family: device.family,
    ...(own?.familyName && { familyName: own.familyName }),
    origin: ORIGINS[pack.format],
    cores: [coreOf(device)],
    memories: rams.map(memoryOf),
    banks,
    detection: own?.detection ?? { reads: [] },
    debug: own?.debug ?? { dpidr: 0, aps: [] },
    protection: own?.protection,
    ...(own && { knownCells: own.banks.map(({ start, length }) => ({ start, length })) }),
    ...(own?.procedures && { procedures: own.procedures }),
    guarded: own?.guarded ?? [],
    workRam,
    sources: [{ fact: "everything", from: `${pack.id} ${pack.version}`.trim(), sure: true }],
  };
}

const ORIGINS: { readonly [format in Pack["format"]]: ChipOrigin } = {
  "cmsis-pack": "pack",
  "probe-rs": "probe-rs",
  own: "user",
};

/** The chip of Flashproof's own that a device is, by name or order code. */
export function ownChipOf(device: Pick<PackDevice, "name" | "variantOf">): Chip | undefined {
  const names = [device.name, device.variantOf].flatMap((text) => (text === undefined ? [] : [text.toLowerCase()]));
  return CHIPS.find(({ name, variants = [] }) =>
    [name, ...variants].some((known) => names.includes(known.toLowerCase())),
  );
}

/** Whether something of a device is the first processor's, which programs: what names none is every processor's. */
const isForFirstCore = ({ processors }: PackDevice, { core }: { readonly core?: string }): boolean =>
  processors.length < 2 || core === undefined || core === processors[0].name;

/** A device without what only its other processors reach. */
const forFirstCore = (device: PackDevice): PackDevice => ({
  ...device,
  memories: device.memories.filter((memory) => isForFirstCore(device, memory)),
  algorithms: device.algorithms.filter((algorithm) => isForFirstCore(device, algorithm)),
});

/** Whatever an algorithm programs is no RAM, even where the pack has it as memory that is read, written and executed. */
const isFlash = (memory: PackMemory, device: PackDevice, algorithms: readonly ReadAlgorithm[]): boolean =>
  [...device.algorithms, ...algorithms.map(({ algorithm }) => algorithm.flash)].some((flash) => overlap(memory, flash));

/**
 * RAM that code can run in, the best first: what a linker uses unasked, then in the order of the file. Parts that lie one
 * behind the other are one RAM. Where a pack names RAM for an algorithm, code runs there, whatever the memory says of itself:
 * packs of NXP have all RAM as `rw`.
 */
export function workRamOf(
  memories: readonly PackMemory[],
  algorithms: readonly Pick<PackAlgorithm, "ram">[] = [],
): readonly WorkRam[] {
  const named = algorithms.flatMap(({ ram }) => ram ?? []);
  const usable = memories.filter((memory) => isWorkRam(memory, named));
  const ranks = [...usable.filter(({ isDefault }) => isDefault), ...usable.filter(({ isDefault }) => !isDefault)];
  const joined: { start: number; length: number; rank: number; isDefault: boolean }[] = [];
  for (const memory of [...usable].sort((a, b) => a.start - b.start)) {
    const { start, length, isDefault } = memory;
    const [last, rank] = [joined.at(-1), ranks.indexOf(memory)];
    if (last?.isDefault === isDefault && start <= last.start + last.length) {
      last.length = Math.max(last.length, start + length - last.start);
      last.rank = Math.min(last.rank, rank);
    } else joined.push({ start, length, rank, isDefault });
  }
  return joined.sort((a, b) => a.rank - b.rank).flatMap(wholeWords);
}

/** The core's own registers and the vendor's begin here; no code runs there (ARMv7-M ARM B3.1, ARMv6-M ARM B3.1). */
const SYSTEM = 0xe0000000;

/** A range from its first whole word to its last, none where it has no word, or leads into the system's addresses: cut there. */
function wholeWords({ start, length }: Range): readonly Range[] {
  const from = alignUp(start, 4);
  const end = Math.min(start + length, SYSTEM) & ~3;
  return end >>> 0 > from ? [{ start: from, length: (end >>> 0) - from }] : [];
}

function isWorkRam(memory: PackMemory, named: readonly Range[]): boolean {
  const { read, write, execute } = memory.access;
  const runsCode = execute || named.some((ram) => holds(memory, ram.start));
  return read && write && runsCode && memory.start < SYSTEM;
}

const memoryOf = ({ name, start, length }: PackMemory): ChipMemory => ({ name, kind: "ram", start, length });

/** Processors by their names in packs, as those whose debug registers they share. */
const CORE_TYPES: readonly (readonly [pattern: RegExp, type: CoreType])[] = [
  [/^Cortex-M0\+$|^SC000$/i, "M0+"],
  [/^Cortex-M0$/i, "M0"],
  [/^Cortex-M3$|^SC300$/i, "M3"],
  [/^Cortex-M4$/i, "M4"],
  [/^Cortex-M7$/i, "M7"],
  [/^Cortex-M23$|^ARMV8MBL$/i, "M23"],
  [/^Cortex-M(33|35P|52|55|85)$|^ARMV8[1]?MML$|^Star-MC1$/i, "M33"],
];

/** The core of a processor by its name in a pack; undefined for one that is no Cortex-M. */
export const coreTypeOf = (processor: string): CoreType | undefined =>
  CORE_TYPES.find(([pattern]) => pattern.test(processor))?.[1];

function coreOf(device: PackDevice): ChipCore {
  const [processor] = device.processors;
  const core = processor?.core ?? "";
  const found = coreTypeOf(core);
  if (!found)
    throw unsupportedAlgorithm("core", `${device.name} has a ${core || "processor without a name"}, no Cortex-M`, {
      core,
    });
  const debug = device.debug.find((one) => one.core === processor?.name) ?? device.debug[0];
  const targetsel = device.debugPorts.find(({ dp }) => dp === (debug?.dp ?? 0))?.targetsel;
  return {
    name: processor?.name ?? "core0",
    type: found,
    ap: debug ? placeOf(device, debug.ap) : { v: 1, index: 0 },
    ...(targetsel !== undefined && { targetsel }),
  };
}

function placeOf({ accessPorts }: PackDevice, ap: PackDevice["debug"][number]["ap"]): ApAddress {
  if ("index" in ap) return { v: 1, index: ap.index };
  return accessPorts.find(({ id }) => id === ap.id)?.place ?? { v: 1, index: 0 };
}
