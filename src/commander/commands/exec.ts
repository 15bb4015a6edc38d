import { print } from "../context.ts";
import { parseDeviceName } from "../device-name.ts";
import type { Call, Handler } from "../handler.ts";
import { parseDecimal } from "../numbers.ts";
import { dllError, UNKNOWN_EXEC } from "../texts/v7-86e/banner.ts";
import { RESET_TYPES } from "../texts/v7-86e/reset.ts";
import { deviceNamed } from "../texts/v7-86e/target.ts";

/** `exec NAME = VALUE` or `exec NAME VALUE`: a command string of the DLL; most say nothing. */
export const exec: Handler = async (call) => {
  const [, name = "", value = ""] = /^(\w+)\s*=?\s*(.*)$/.exec(call.args.text("Command")) ?? [];
  const done = run(call, name.toLowerCase(), value.trim());
  if (!done) print(call, dllError(UNKNOWN_EXEC));
  return done ? "ok" : "failed";
};

/** Does one string; answers whether it is one that J-Link knows, with a value that can be read. */
function run(call: Call, name: string, value: string): boolean {
  const effect = EFFECTS[name];
  if (effect) return effect(call, value);
  if (!WITHOUT_EFFECT.has(name)) return false;
  call.notes.say(`exec ${name} is taken, and has no effect here`);
  return true;
}

/** The strings that do something here, by their names in lower case (UM08001 V6.22 5.13; AllowIrreversible is ours). */
const EFFECTS: Readonly<Record<string, (call: Call, value: string) => boolean>> = {
  device: (call, value) => {
    if (value === "") return false;
    call.settings.device = parseDeviceName(value);
    call.connection.dropTarget();
    print(call, deviceNamed(call.settings.device.text));
    return true;
  },
  allowirreversible: ({ settings }, value) => value !== "" && settings.tokens.push(value) > 0,
  setflashdlnormwthreshold: ({ settings }, value) =>
    withNumber(value, (bytes) => {
      settings.noRmwThreshold = bytes;
    }),
  setrestartonclose: ({ settings }, value) =>
    withNumber(value, (on) => {
      settings.restartOnClose = on !== 0;
    }),
  setresettype: ({ settings }, value) =>
    withNumber(value, (number) => {
      settings.resetType = RESET_TYPES.find((type) => type.number === number) ?? RESET_TYPES[0];
    }),
};

function withNumber(text: string, use: (value: number) => void): boolean {
  const value = parseDecimal(text);
  if (value !== undefined) use(value);
  return value !== undefined;
}

/** Strings that scripts in the wild give and that nothing here depends on (UM08001 V6.22 5.13). */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set(
  [
    "EnableEraseAllFlashBanks SetCompareMode SetSkipProgOnCRCMatch SetVerifyDownload DisableFlashDL EnableFlashDL",
    "DisableFlashBPs EnableFlashBPs SetResetPulseLen SetFlashDLThreshold SetWorkRAM SetCFIFlash map",
    "ExcludeFlashCacheRange SetAllowFlashCache InvalidateCache InvalidateFW DisableAutoUpdateFW EnableAutoUpdateFW",
    "SilentUpdateFW SuppressInfoUpdateFW SupplyPower SupplyPowerDefault DisablePowerSupplyOnClose SetRTTAddr",
    "SetRTTSearchRanges SetRTTTelnetPort CORESIGHT_SetIndexAHBAPToUse CORESIGHT_SetIndexAPBAPToUse CORESIGHT_AddAP",
    "CORESIGHT_SetCoreBaseAddr SetETMIsPresent SetETBIsPresent SetIgnoreReadMemErrors SetIgnoreWriteMemErrors",
    "SetCPUConnectIDCODE SetRXIDCode EnableRemarks EnableLowPowerHandlingMode DisableCortexMXPSRAutoCorrectTBit",
    "SetBatchMode HideDeviceSelection SuppressControlPanel ScriptFile ProjectFile JLinkDevicesXMLPath AppendToLogFile",
    "SetAllowSimulation SetMonModeDebug SetDbgPowerDownOnClose SetSysPowerDownOnIdle SelectTraceSource",
    "TraceSampleAdjust SWOSetConversionMode InhibitConnectRetries SetSkipDebugDeInit",
  ].flatMap((line) => line.toLowerCase().split(" ")),
);
