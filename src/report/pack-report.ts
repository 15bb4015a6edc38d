import { FlashproofError, type Json } from "../base/errors.ts";
import { address32, byte8 } from "../base/u32.ts";
import type { FlashAlgorithm } from "../chips/flash-algorithm.ts";
import type { Range } from "../chips/flash-bank.ts";
import type { PackDevice, PackMemory, PackProcessor } from "../packs/device.ts";
import type { Pack, PackIdentity } from "../packs/pack.ts";
import { inColumns } from "./columns.ts";

/** An algorithm of a device, or why it can't be used. */
export type AlgorithmLook = {
  readonly use: PackDevice["algorithms"][number];
  readonly found: { readonly algorithm: FlashAlgorithm } | { readonly code: string; readonly message: string };
};

/** A pack as `--json` prints it. */
export const packJson = ({ id, vendor, version, description, format, license }: PackIdentity) => ({
  ...{ id, vendor, version, description, format },
  ...(license !== undefined && { license }),
});

/** A pack in a line or two. */
export const packLines = ({ id, version, description, license }: PackIdentity): readonly string[] => [
  `${id}${version === "" ? "" : ` ${version}`}: ${description}`,
  ...(license === undefined ? [] : [`licence: ${license} in the pack`]),
];

/** How many devices of a pack are printed. */
const MOST_PRINTED = 50;

/** A pack and the names of its devices as `--json` prints them. */
export const packDevicesJson = (pack: Pack): { readonly [key: string]: Json } => {
  const devices = pack.devices.map(({ name }) => name);
  return { pack: packJson(pack), count: devices.length, devices };
};

/** A pack and the names of its devices in lines. */
export function packDevicesLines(pack: Pack): readonly string[] {
  const { devices } = pack;
  return [
    ...packLines(pack),
    `${devices.length} ${devices.length === 1 ? "device" : "devices"}:`,
    ...devices.slice(0, MOST_PRINTED).map(({ name }) => `  ${name}`),
    ...(devices.length > MOST_PRINTED ? [`and ${devices.length - MOST_PRINTED} more`] : []),
  ];
}

/** Looks at each algorithm of a device; one that can't be used is no failure. Throws what is no error of Flashproof's. */
export async function lookAtAlgorithms(
  { algorithms }: PackDevice,
  read: (path: string) => Promise<FlashAlgorithm>,
): Promise<readonly AlgorithmLook[]> {
  const looks: AlgorithmLook[] = [];
  for (const use of algorithms) {
    const found = await read(use.path).then((algorithm) => ({ algorithm }), refusalOf);
    looks.push({ use, found });
  }
  return looks;
}

function refusalOf(error: unknown): AlgorithmLook["found"] {
  if (error instanceof FlashproofError) return { code: error.code, message: error.message };
  throw error;
}

/** A device of a pack with its algorithms as `--json` prints it. */
export const deviceJson = (device: PackDevice, looks: readonly AlgorithmLook[]): { readonly [key: string]: Json } => ({
  name: device.name,
  vendor: device.vendor,
  family: device.family,
  ...(device.variantOf !== undefined && { variantOf: device.variantOf }),
  processors: device.processors.map(processorJson),
  memories: device.memories.map((memory) => ({
    name: memory.name,
    ...rangeJson(memory),
    access: accessText(memory),
    default: memory.isDefault,
    ...(memory.alias !== undefined && { alias: memory.alias }),
    ...(memory.core !== undefined && { core: memory.core }),
  })),
  accessPorts: device.accessPorts.map(({ id, place }) => ({
    id,
    ...(place.v === 1 ? { index: place.index } : { address: address32(place.address) }),
  })),
  sequences: sequenceNames(device),
  algorithms: looks.map(lookJson),
});

/** The sequences that a device has, each name once; one that is switched off is none. */
const sequenceNames = ({ sequences }: PackDevice): readonly string[] => [
  ...new Set(sequences.filter(({ disabled }) => !disabled).map(({ name }) => name)),
];

const processorJson = ({ name, core, units, fpu, mpu, endian, clock }: PackProcessor): Json => ({
  ...(name !== undefined && { name }),
  ...{ core, units, fpu, mpu, endian },
  ...(clock !== undefined && { clock }),
});

const rangeJson = ({ start, length }: Range) => ({ start: address32(start), length });

const accessText = ({ access: { read, write, execute } }: PackMemory): string =>
  `${read ? "r" : ""}${write ? "w" : ""}${execute ? "x" : ""}`;

const lookJson = ({ use, found }: AlgorithmLook): Json => ({
  file: use.path,
  ...rangeJson(use),
  default: use.isDefault,
  ...(use.ram && { ram: rangeJson(use.ram) }),
  ...("algorithm" in found ? algorithmJson(found.algorithm) : { refused: { ...found } }),
});

/** An algorithm by itself as `--json` prints it. */
export const algorithmJson = (algorithm: FlashAlgorithm): { readonly [key: string]: Json } => ({
  device: algorithm.device,
  flash: rangeJson(algorithm.flash),
  page: algorithm.pageSize,
  erased: byte8(algorithm.erased),
  sectors: algorithm.sectors.map(({ size, count }) => ({ size, count })),
  code: algorithm.blob.length,
  functions: Object.keys(algorithm.entries),
  programMs: algorithm.programMs,
  eraseMs: algorithm.eraseMs,
  ...(algorithm.loadAddress !== undefined && { load: address32(algorithm.loadAddress) }),
});

/** A device of a pack, its memories and its algorithms, in lines. */
export const deviceLines = (device: PackDevice, looks: readonly AlgorithmLook[]): readonly string[] => [
  `${device.name}: ${[device.vendor, device.family].filter((text) => text !== "").join(", ")}`,
  ...device.processors.map(processorLine),
  ...inColumns([
    ["MEMORY", "ADDRESSES", "SIZE", "ACCESS"],
    ...device.memories.map((memory) => [memory.name, rangeText(memory), sizeText(memory.length), accessText(memory)]),
  ]),
  ...looks.flatMap(lookLines),
  ...(sequenceNames(device).length === 0
    ? []
    : [`sequences, which no session runs (pack check --sequence NAME): ${sequenceNames(device).join(", ")}`]),
];

const processorLine = ({ name, core, units, fpu }: PackProcessor): string =>
  `${name === undefined ? "" : `${name}: `}${core}${units > 1 ? ` x ${units}` : ""}${fpu === "none" ? "" : `, FPU ${fpu}`}`;

function lookLines({ use, found }: AlgorithmLook): readonly string[] {
  const head = `algorithm ${use.path} for ${rangeText(use)}${use.isDefault ? "" : ", not by default"}`;
  if (!("algorithm" in found)) return [head, `  refused: ${found.message} [${found.code}]`];
  return [head, ...algorithmLines(found.algorithm).map((line) => `  ${line}`)];
}

/** An algorithm by itself, in lines. */
export const algorithmLines = (algorithm: FlashAlgorithm): readonly string[] => [
  `${algorithm.device}: flash ${rangeText(algorithm.flash)}, pages of ${sizeText(algorithm.pageSize)}, erased ${byte8(algorithm.erased)}`,
  `sectors ${algorithm.sectors.map(({ size, count }) => `${count} x ${sizeText(size)}`).join(", ") || "none"}`,
  `${algorithm.blob.length} bytes of code and data: ${Object.keys(algorithm.entries).join(", ")}`,
  `at most ${algorithm.programMs} ms a page, ${algorithm.eraseMs} ms a sector`,
];

const rangeText = ({ start, length }: Range): string => `${address32(start)}:${address32(start + length - 1)}`;

const sizeText = (bytes: number): string => (bytes % 1024 === 0 ? `${bytes / 1024} KB` : `${bytes} B`);
