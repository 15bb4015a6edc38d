import type { PinName } from "../../probe/probe.ts";
import { print } from "../console/context.ts";
import type { Handler } from "../run/handler.ts";
import { firmwareInfo, hardwareStatus } from "../texts/v7-86e/probe.ts";

/** A command that drives pins, one step after the other, and says nothing. */
const drive =
  (...steps: readonly Partial<Record<PinName, 0 | 1>>[]): Handler =>
  async (call) => {
    if (steps.some(({ nreset }) => nreset !== undefined)) await call.connection.settleErase();
    for (const pins of steps) await call.connection.openedProbe.probe.setPins(pins, call.io);
    // A clock by hand is a bit on the wire that no transfer accounts for: the next command begins anew.
    if (steps.some(({ tck }) => tck !== undefined)) call.connection.dropTarget();
    return "ok";
  };

/** The commands that drive a pin, by name (`?` pages in public logs; which pin `0`, `1` and `c` mean is (unsure)). */
export const PINS = {
  r0: drive({ nreset: 0 }),
  r1: drive({ nreset: 1 }),
  trst0: drive({ trst: 0 }),
  trst1: drive({ trst: 1 }),
  tck0: drive({ tck: 0 }),
  tck1: drive({ tck: 1 }),
  t0: drive({ tms: 0 }),
  t1: drive({ tms: 1 }),
  "0": drive({ tdi: 0 }),
  "1": drive({ tdi: 1 }),
  c: drive({ tck: 0 }, { tck: 1 }),
  c00: drive({ tdi: 0, tms: 0 }, { tck: 0 }, { tck: 1 }),
} as const;

/** `power`: taken, as `exec SupplyPower` is; what the board lacks then, the connection says. */
export const power: Handler = async (call) => {
  call.notes.add(`power ${call.args.text("on | off")} is taken, and has no effect here: power the board by itself`);
  return "ok";
};

/** `JTAGConf`: taken and ignored, because SWD has no chain. */
export const jtagConf: Handler = async () => "ok";

/** `f`: the probe's firmware and hardware. */
export const showFirmware: Handler = async (call) => {
  const { firmware, hardware = "N/A" } = call.connection.openedProbe.probe.info;
  print(call, firmwareInfo(firmware, hardware));
  return "ok";
};

/** `st`: voltage and pins; the current into the target isn't measured. */
export const showStatus: Handler = async (call) => {
  const { probe } = call.connection.openedProbe;
  const { tck, tdi, tdo, tms, nreset, trst } = await probe.setPins({}, call.io);
  const mv = (await probe.targetVoltage?.(call.io)) ?? 0;
  print(call, hardwareStatus(call.texts.vtref(mv), 0, { tck, tdi, tdo, tms, tres: nreset, trst }));
  return "ok";
};
