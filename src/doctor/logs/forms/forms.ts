import { BOOT_FORMS } from "./boot-forms.ts";
import { BUILD_FORMS } from "./build-forms.ts";
import { DAPLINK_FORMS } from "./daplink-forms.ts";
import { JLINK_FORMS } from "./jlink-forms.ts";
import type { LineForm } from "./line-form.ts";
import { MCUXPRESSO_FORMS } from "./mcuxpresso-forms.ts";
import { NORDIC_FORMS } from "./nordic-forms.ts";
import { OPENOCD_FORMS } from "./openocd-forms.ts";
import { PROBE_RS_FORMS } from "./probe-rs-forms.ts";
import { PYOCD_FORMS } from "./pyocd-forms.ts";
import { SEGGER_FORMS } from "./segger-forms.ts";
import { ST_FORMS } from "./st-forms.ts";
import { SYSTEM_FORMS } from "./system-forms.ts";
import { VENDOR_FORMS } from "./vendor-forms.ts";

/** Every line form that is known; the first that fits a line wins. A new tool is a file and a line here. */
export const LINE_FORMS: readonly LineForm[] = [
  ...MCUXPRESSO_FORMS,
  ...JLINK_FORMS,
  ...OPENOCD_FORMS,
  ...PYOCD_FORMS,
  ...PROBE_RS_FORMS,
  ...SEGGER_FORMS,
  ...NORDIC_FORMS,
  ...ST_FORMS,
  ...VENDOR_FORMS,
  ...BOOT_FORMS,
  ...DAPLINK_FORMS,
  ...BUILD_FORMS,
  ...SYSTEM_FORMS,
];

/** A form of a tool's log that is known to exist and is not understood, because no public log of it was found. */
export interface NotCovered {
  readonly tool: string;
  readonly what: string;
}

/** What a reader of logs should not expect to be understood. */
export const NOT_COVERED: readonly NotCovered[] = [
  { tool: "J-Link Commander", what: "clearing breakpoints, watchpoints, licences, SWO: no public log found" },
  { tool: "J-Link Commander", what: "erasing a range: its text is a guess; the end of WaitHalt's wait likewise" },
  { tool: "J-Link Commander", what: "the GUI dialog about a changed security byte: it leaves nothing in a console" },
  { tool: "J-Link Commander", what: "the text for a device whose (allow opt. bytes) or (allow ECRP) name is used" },
  {
    tool: "MCUXpresso IDE and LinkServer",
    what: "most of the Ee, Ed, Ef and Em codes: they are quoted, not explained",
  },
  { tool: "OpenOCD", what: "flash drivers beyond those of Kinetis, STM32, SAM, nRF and LPC2000" },
  { tool: "pyOCD", what: "tracebacks beyond their last line; gdbserver sessions" },
  { tool: "probe-rs", what: "the DAP server, RTT output, and messages before 0.6" },
  { tool: "esptool, openFPGALoader", what: "no form at all" },
];
