import type { BatchMemory } from "../adi/memory.ts";
import type { Io } from "../base/clock.ts";
import type { u32 } from "../base/u32.ts";
import type { CoreIdentity, RegisterName } from "../cortex/core.ts";
import type { CortexCore } from "../cortex/cortex-core.ts";

/** One register as GDB knows it, by its number in `p` and `P`. */
export interface GdbRegister {
  readonly name: string;
  readonly bits: 8 | 32 | 64;
  readonly type?: string;
  readonly feature: string;
  /** Where GDB lists it besides: `info float` shows the group `float`. */
  readonly group?: "system" | "float";
  /** What of the core it is: one register, two of them, or a byte of CFBP. */
  readonly of: readonly RegisterName[];
  /** Bit in CFBP where an 8-bit register begins (ARMv7-M ARM (DDI 0403E), C1.6.3). */
  readonly shift?: number;
}

const PROFILE = "org.gnu.gdb.arm.m-profile";
const SYSTEM = "org.gnu.gdb.arm.m-system";
const VFP = "org.gnu.gdb.arm.vfp";
/** A name of our own: GDB shows registers of features that it doesn't know. */
const MASKS = "org.flashproof.m-masks";

const word = (name: string, of: RegisterName, feature: string, type?: string): GdbRegister => ({
  name,
  bits: 32,
  feature,
  of: [of],
  ...(type && { type }),
});

const GENERAL: readonly GdbRegister[] = [
  ...Array.from({ length: 13 }, (_, n) => word(`r${n}`, `R${n}` as RegisterName, PROFILE)),
  word("sp", "SP", PROFILE, "data_ptr"),
  word("lr", "LR", PROFILE),
  word("pc", "PC", PROFILE, "code_ptr"),
  word("xpsr", "XPSR", PROFILE),
];

const mask = (name: string, shift: number): GdbRegister => ({
  name,
  bits: 8,
  feature: MASKS,
  group: "system",
  of: ["CFBP"],
  shift,
});

const SPECIAL: readonly GdbRegister[] = [
  word("msp", "MSP", SYSTEM, "data_ptr"),
  word("psp", "PSP", SYSTEM, "data_ptr"),
  mask("primask", 0),
  mask("basepri", 8),
  mask("faultmask", 16),
  mask("control", 24),
];

const FLOATS: readonly GdbRegister[] = [
  ...Array.from({ length: 16 }, (_, n) => ({
    name: `d${n}`,
    bits: 64 as const,
    type: "ieee_double",
    feature: VFP,
    of: [`S${2 * n}`, `S${2 * n + 1}`] as readonly RegisterName[],
  })),
  { ...word("fpscr", "FPSCR", VFP), group: "float" },
];

/** How many registers `g` has: those up to XPSR. GDB asks for the others by `p`. */
export const GENERAL_COUNT = GENERAL.length;

/** A core's registers; the index of each is its number. */
export const registersOf = ({ hasFpu }: CoreIdentity): readonly GdbRegister[] => [
  ...GENERAL,
  ...SPECIAL,
  ...(hasFpu ? FLOATS : []),
];

/**
 * The target description: every register with its number, feature by feature. The OS ABI is none: a gdb-multiarch takes the
 * host's otherwise, and for GNU/Linux it ends a backtrace at code in assembly below 0x8000.
 */
export function targetXml(identity: CoreIdentity): string {
  const all = registersOf(identity).map((register, number) => ({ ...register, number }));
  const features = [...new Set(all.map(({ feature }) => feature))];
  const line = ({ name, bits, type, number, group }: (typeof all)[number]) =>
    `<reg name="${name}" bitsize="${bits}" regnum="${number}"${type ? ` type="${type}"` : ""}${group ? ` group="${group}"` : ""}/>`;
  const body = features.map(
    (name) =>
      `<feature name="${name}">${all
        .filter(({ feature }) => feature === name)
        .map(line)
        .join("")}</feature>`,
  );
  const head = '<?xml version="1.0"?><!DOCTYPE target SYSTEM "gdb-target.dtd">';
  return `${head}<target version="1.0"><architecture>arm</architecture><osabi>none</osabi>${body.join("")}</target>`;
}

/** The value of a register, in the target's order. Throws `core-not-halted`. */
export async function readRegister(
  core: CortexCore,
  { of, bits, shift = 0 }: GdbRegister,
  io: Io = {},
): Promise<Uint8Array> {
  const words = await core.readRegisters(of, io);
  const bytes = new Uint8Array(Uint32Array.from(words).buffer);
  return bits === 8 ? bytes.slice(shift / 8, shift / 8 + 1) : bytes;
}

/** Sets a register. PC has no Thumb bit; a byte of CFBP leaves the other three as they are. */
export async function writeRegister(
  core: CortexCore,
  register: GdbRegister,
  bytes: Uint8Array,
  io: Io = {},
): Promise<void> {
  const { of, bits, shift = 0, name } = register;
  if (bits === 8) return writeMask(core, shift, bytes[0], io);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const values = of.map((part, i): readonly [RegisterName, u32] => {
    const value = view.getUint32(i * 4, true);
    return [part, name === "pc" ? (value & ~1) >>> 0 : value];
  });
  await core.writeRegisters(Object.fromEntries(values), io);
}

/** Nothing may change the other bytes in between; the memory's turn is held from the reading to the writing. */
async function writeMask(core: CortexCore, shift: number, value: number, io: Io): Promise<void> {
  const change = async (_own: BatchMemory, part: Io) => {
    const [cfbp] = await core.readRegisters(["CFBP"], part);
    const next = ((cfbp & ~(0xff << shift)) | (value << shift)) >>> 0;
    await core.writeRegisters({ CFBP: next }, part);
  };
  await (core.memory.together ? core.memory.together(change, io) : change(core.memory, io));
}
