import type { Clock, Picoseconds } from "../base/clock.ts";
import { HostError } from "../base/errors.ts";
import { type Log, noLog } from "../base/log.ts";
import type { HidDevice } from "../usb/hid-device.ts";
import type { UsbDevice } from "../usb/usb-device.ts";
import { Board, type RefusedAccess } from "./board.ts";
import { type ChipModels, createChip } from "./chip-models.ts";
import { MODELS } from "./chips.ts";
import { TwinClock } from "./clock.ts";
import { FaultPlan, type FaultsFired } from "./fault-plan.ts";
import { parseFaults } from "./faults.ts";
import type { JlinkStream } from "./probe/jlink/jlink-stream.ts";
import type { DapPackets } from "./probe/cmsis-dap/cmsis-dap-usb.ts";
import { isJLink, type ProbeKinds } from "./probe/probe-kinds.ts";
import { PROBES } from "./probe/probes.ts";
import { TwinUsbDevice } from "./probe/twin-usb-device.ts";
import { TwinError } from "./twin-error.ts";

export type { ChipModels } from "./chip-models.ts";
export { loadFamilyModels, MODELLED_FAMILIES } from "./chips-by-family.ts";
export { TwinError, type TwinErrorCode } from "./twin-error.ts";
export { type Fault, formatFaults, parseFaults } from "./faults.ts";
export type { FaultsFired } from "./fault-plan.ts";
export type { RefusedAccess } from "./board.ts";
export type { JlinkStream } from "./probe/jlink/jlink-stream.ts";
export { loadProbeKind, type ProbeKinds } from "./probe/probe-kinds.ts";

/** How a board is set up; every key has the default that `docs/twin.md` names. */
export interface TwinOptions {
  /** `MK24FN1M0xxx12`. */
  readonly chip: string;
  /** The model of the probe. */
  readonly probe?: "jlink" | "jlink-hs" | "cmsis-dap" | "cmsis-dap-hs" | "cmsis-dap-v1";
  /** Packets of a CMSIS-DAP probe other than its model's own. */
  readonly dapPackets?: DapPackets;
  /** How long flash commands take: as typical, as at most, or no time. */
  readonly flash?: "typ" | "max" | "zero";
  /** The board starts secured: all flash FF. */
  readonly locked?: boolean;
  /** Starts with a power-on reset even when `state` is given. */
  readonly powerCycle?: boolean;
  /** Decides the unique ID (a state brings its own) and everything left to chance. */
  readonly seed?: number;
  /** The probe's serial number. */
  readonly serial?: string;
  /** The clock that the board feeds into EXTAL0, in hertz: 8 MHz unless given. */
  readonly extalHz?: number;
  /** The supply that the probe measures, in millivolts. */
  readonly vtrefMv?: number;
  /** What goes wrong, and when: `wait@dap=1200x5+power-cut@flash=7:50` (grammar: `parseFaults`). */
  readonly faults?: string;
  /** What an earlier board of the same chip left behind. */
  readonly state?: TwinState;
  /** False: a released core sleeps instead of executing. */
  readonly execute?: boolean;
  /** The debugger's accesses to the flash controller fault: only code on the chip can program it. */
  readonly forbidAhbToFtfe?: boolean;
  /** Receives the bytes that the chip sends on its UART. */
  readonly uart?: (bytes: Uint8Array) => void;
  /** Virtual time follows the wall clock; without it the board runs in lock-step. */
  readonly pace?: (until: Picoseconds) => Promise<void>;
  /** Called with what the models do not implement. */
  readonly log?: Log;
}

/** Everything that outlives a process, in parts by name. */
export interface TwinState {
  readonly chip: string;
  readonly uid: string;
  readonly clockPs: Picoseconds;
  readonly parts: ReadonlyMap<string, Uint8Array>;
}

/** A simulated board: its probe on USB, its clock, and the hands that a lab has (power switch, microscope). */
export interface Twin {
  /** The probe as a USB device. */
  readonly device: UsbDevice;
  /** The same probe as a HID device, where that is how a system shows it; not to be used at the same time as `device`. */
  readonly hid?: HidDevice;
  /** The board's own time. */
  readonly clock: Clock;
  /** Pulls the probe's plug and puts it in again: its firmware starts afresh, the target keeps its power. */
  replug(): void;
  /** The state of the board, for `TwinOptions.state` of a later one. */
  snapshot(): TwinState;
  /** Cuts the target's power now and restores it; an unfinished flash command leaves its bits half done by seed. */
  powerCut(): void;
  /** Arms a power cut: `point` of the next `index`-th flash command launch from now (1-based), 0 to 1 of its duration. */
  armPowerCut(index: number, point: number): void;
  /** Flash commands launched since the board came up. */
  readonly flashCommands: number;
  /** Flash content as silicon holds it: the test's oracle. */
  peekFlash(address: number, count: number): Uint8Array;
  /** A J-Link on the same cable for one TCP connection, for servers; not to be used at the same time as `device`. */
  jlinkStream(): JlinkStream;
  /** How often each fault of the plan has struck, in the order of the spec. */
  readonly faultsFired: FaultsFired;
  /** Accesses that the chip's bus refused, because nothing is there, it is shut, or the twin doesn't model it. */
  readonly refusedAccesses: readonly RefusedAccess[];
}

/** The probe of the log that started this project: its serial number, and the supply it measured. */
const DEFAULTS = { probe: "jlink", flash: "typ", serial: "59304712", vtrefMv: 3_314, seed: 1 } as const;

/**
 * Makes a simulated board with a probe on it, powered, in lock-step or paced.
 *
 * Throws `TwinError` (`twin-unknown-chip`, `twin-unknown-probe`, `twin-fault-spec`, `twin-bad-option`) and `HostError`
 * `twin-state-corrupt` for a state that no board of this chip left.
 *
 * @example
 * const twin = createTwin({ chip: "MK24FN1M0xxx12", probe: "cmsis-dap" });
 * const connection = await connect({ probe: twin, chip: "MK24FN1M0xxx12" });
 */
export const createTwin = (options: TwinOptions): Twin => buildTwin(options, MODELS, PROBES);

/** Whether there is a model of a chip. */
export const hasTwin = (chip: string): boolean => Object.hasOwn(MODELS, chip);

/** The same of these models, for hosts that load one family's and one kind of probe; throws as `createTwin` does. */
export function buildTwin(options: TwinOptions, models: ChipModels, probes: ProbeKinds): Twin {
  const start = options.state?.clockPs ?? 0;
  const { seed = DEFAULTS.seed } = options;
  const faults = new FaultPlan(parseFaults(options.faults ?? ""), seed, start);
  const chip = chipOf(options, models, seed);
  const clock: TwinClock = new TwinClock({ start, pace: options.pace, passed: (now) => board.catchUp(now) });
  const now = () => clock.now();
  const board = new Board({ chip, faults, now, vtrefMv: options.vtrefMv ?? DEFAULTS.vtrefMv, seed });
  const strike = () => board.strike(now());
  startUp(board, options);
  for (const at of faults.times("board")) clock.schedule(at, strike);
  const device = new TwinUsbDevice(plugIn(options, board, probes), { clock, faults, seed, onTransfer: strike });
  const dapOnHid = options.probe === "cmsis-dap-v1" ? probes.dap : undefined;
  const hid = dapOnHid && { hid: new dapOnHid.CmsisDapHid(device, options.dapPackets?.size ?? 64) };
  return {
    device,
    ...hid,
    clock,
    replug: () => {
      device.replug(plugIn(options, board, probes));
      board.setReset(1, board.time);
    },
    snapshot: () => ({ chip: chip.name, uid: chip.uid, clockPs: board.time, parts: board.save() }),
    powerCut: () => board.powerCut(),
    armPowerCut: (index, point) => board.armPowerCut(index, point),
    get flashCommands() {
      return board.flashCommands;
    },
    peekFlash: (address, count) => board.peekFlash(address, count),
    jlinkStream: () => {
      if (!probes.jlink) throw noModel(DEFAULTS.probe);
      return probes.jlink.openJlinkStream(board, clock);
    },
    get faultsFired() {
      return faults.fired();
    },
    get refusedAccesses() {
      return board.refusedAccesses;
    },
  };
}

function chipOf(options: TwinOptions, models: ChipModels, seed: number) {
  const { flash = DEFAULTS.flash, locked = false, execute = true, extalHz, uart, log = noLog } = options;
  const given = { ...(uart && { uart }), ...(extalHz !== undefined && { extalHz }) };
  const chip = createChip(models, options.chip, { flash, locked, seed, execute, ...given }, log);
  chip.closeFlashController = options.forbidAhbToFtfe ?? false;
  return chip;
}

function plugIn(options: TwinOptions, board: Board, { jlink, dap }: ProbeKinds) {
  const { probe = DEFAULTS.probe, serial = DEFAULTS.serial } = options;
  if (jlink && isJLink(probe)) return jlink.jlinkOnUsb(probe, serial, board);
  if (dap?.isCmsisDap(probe)) return dap.cmsisDapOnUsb(probe, serial, board, options.dapPackets);
  throw noModel(probe);
}

function noModel(probe: string): TwinError {
  const text = `There is no model of the probe "${probe}"; there are jlink, jlink-hs and the three of cmsis-dap`;
  return new TwinError("twin-unknown-probe", text, { details: { probe } });
}

function startUp(board: Board, { state, powerCycle, chip }: TwinOptions): void {
  if (state === undefined) board.powerUp();
  else if (state.chip === chip) asState(() => board.restore(state.parts, powerCycle ?? false));
  else {
    const details = { chip, state: state.chip };
    throw new TwinError("twin-bad-option", `The state is of a ${state.chip}, the board has a ${chip}`, { details });
  }
}

/** A part that does not fit comes from a broken file, not from a programming mistake. */
function asState<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof RangeError || cause instanceof SyntaxError)
      throw new HostError("twin-state-corrupt", `The board's state cannot be read: ${cause.message}`, { cause });
    throw cause;
  }
}
