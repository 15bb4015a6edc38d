import { print } from "../context.ts";
import type { Handler } from "../handler.ts";
import { firmwareInfo, hardwareStatus } from "../texts/v7-86e/probe.ts";

const resetLine =
  (level: 0 | 1): Handler =>
  async (call) => {
    await call.connection.openedProbe.probe.setPins({ nreset: level }, call.io);
    return "ok";
  };

/** `r0`: pulls the reset line, and says nothing. */
export const pullReset = resetLine(0);
/** `r1`: lets the reset line go, and says nothing. */
export const releaseReset = resetLine(1);

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
  print(call, hardwareStatus(mv, 0, { tck, tdi, tdo, tms, tres: nreset, trst }));
  return "ok";
};
