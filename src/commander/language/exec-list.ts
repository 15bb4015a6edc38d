/** Every command string of `exec` that Flashproof takes (UM08001 V6.22 5.13; AllowIrreversible is Flashproof's own). */
export const EXEC_STRINGS = [
  { name: "device", effect: "selects the device, as the command does" },
  { name: "SetRestartOnClose", effect: "0: the core stays halted when the connection ends" },
  { name: "SetResetType", effect: "selects the kind of reset, as RSetType does" },
  { name: "SetFlashDLNoRMWThreshold", effect: "a download of fewer bytes keeps the rest of its sectors" },
  { name: "SetVerifyDownload", effect: "0: a download isn't compared with the flash afterwards" },
  { name: "DisableFlashDL", effect: "from here on nothing programs flash" },
  { name: "EnableFlashDL", effect: "downloads program flash again" },
  { name: "SetRTTAddr", effect: "RTT's control block lies at this address, and isn't searched" },
  { name: "SetRTTSearchRanges", effect: "where RTT's control block is searched: START LENGTH, START LENGTH" },
  { name: "ScriptFile", effect: "refused, as -JLinkScriptFile is" },
  { name: "JLinkScriptFile", effect: "the same" },
  { name: "AllowIrreversible", effect: "gives the token that an act which can't be undone asks for" },
] as const;

/** The name of a command string that does something. */
export type ExecName = (typeof EXEC_STRINGS)[number]["name"];

/** Strings that scripts in the wild give and that nothing here depends on (UM08001 V6.22 5.13). */
export const EXEC_WITHOUT_EFFECT: readonly string[] = [
  "EnableEraseAllFlashBanks SetCompareMode SetSkipProgOnCRCMatch",
  "DisableFlashBPs EnableFlashBPs SetResetPulseLen SetFlashDLThreshold SetWorkRAM SetCFIFlash map",
  "ExcludeFlashCacheRange SetAllowFlashCache InvalidateCache InvalidateFW DisableAutoUpdateFW EnableAutoUpdateFW",
  "SilentUpdateFW SuppressInfoUpdateFW SupplyPower SupplyPowerDefault DisablePowerSupplyOnClose",
  "SetRTTTelnetPort CORESIGHT_SetIndexAHBAPToUse CORESIGHT_SetIndexAPBAPToUse CORESIGHT_AddAP",
  "CORESIGHT_SetCoreBaseAddr SetETMIsPresent SetETBIsPresent SetIgnoreReadMemErrors SetIgnoreWriteMemErrors",
  "SetCPUConnectIDCODE SetRXIDCode EnableRemarks EnableLowPowerHandlingMode DisableCortexMXPSRAutoCorrectTBit",
  "SetBatchMode HideDeviceSelection SuppressControlPanel ProjectFile JLinkDevicesXMLPath AppendToLogFile",
  "SetAllowSimulation SetMonModeDebug SetDbgPowerDownOnClose SetSysPowerDownOnIdle SelectTraceSource",
  "TraceSampleAdjust SWOSetConversionMode InhibitConnectRetries SetSkipDebugDeInit",
].flatMap((line) => line.split(" "));
