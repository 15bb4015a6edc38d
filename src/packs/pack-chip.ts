import { isForFirmware } from "../chips/banks.ts";
import type { ApAddress, Chip, ChipCore, ChipMemory, ChipOrigin, CoreType, WorkRam } from "../chips/chip.ts";
import { CHIPS } from "../chips/list.ts";
import { overlap } from "../chips/sectors.ts";
import type { PackDevice, PackMemory } from "./device.ts";
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
  const own = CHIPS.find((chip) => isSame(chip, device));
  const banks = banksOf(device, algorithms).flatMap((bank) => withOwnSectors(bank, own));
  const rams = device.memories.filter((memory) => memory.access.write && !isFlash(memory, device, algorithms));
  const workRam = rams.filter(isWorkRam).map(({ start, length }) => ({ start, length }));
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
    workRam: firstDefault(device.memories, workRam),
    sources: [{ fact: "everything", from: `${pack.id} ${pack.version}`.trim(), sure: true }],
  };
}

const ORIGINS: { readonly [format in Pack["format"]]: ChipOrigin } = {
  "cmsis-pack": "pack",
  "probe-rs": "probe-rs",
  own: "user",
};

function isSame({ name, variants = [] }: Chip, device: PackDevice): boolean {
  const names = [device.name, device.variantOf].flatMap((text) => (text === undefined ? [] : [text.toLowerCase()]));
  return [name, ...variants].some((known) => names.includes(known.toLowerCase()));
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

const isWorkRam = ({ access: { read, write, execute } }: PackMemory): boolean => read && write && execute;

/** The RAM that a linker uses unasked is the best for a loader. */
function firstDefault(memories: readonly PackMemory[], rams: readonly WorkRam[]): readonly WorkRam[] {
  const isDefault = ({ start }: WorkRam) => memories.some((memory) => memory.start === start && memory.isDefault);
  return [...rams.filter(isDefault), ...rams.filter((ram) => !isDefault(ram))];
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

function coreOf(device: PackDevice): ChipCore {
  const [processor] = device.processors;
  const core = processor?.core ?? "";
  const found = CORE_TYPES.find(([pattern]) => pattern.test(core));
  if (!found)
    throw unsupportedAlgorithm("core", `${device.name} has a ${core || "processor without a name"}, no Cortex-M`, {
      core,
    });
  const debug = device.debug.find((one) => one.core === processor?.name) ?? device.debug[0];
  const targetsel = device.debugPorts.find(({ dp }) => dp === (debug?.dp ?? 0))?.targetsel;
  return {
    name: processor?.name ?? "core0",
    type: found[1],
    ap: debug ? placeOf(device, debug.ap) : { v: 1, index: 0 },
    ...(targetsel !== undefined && { targetsel }),
  };
}

function placeOf({ accessPorts }: PackDevice, ap: PackDevice["debug"][number]["ap"]): ApAddress {
  if ("index" in ap) return { v: 1, index: ap.index };
  return accessPorts.find(({ id }) => id === ap.id)?.place ?? { v: 1, index: 0 };
}
