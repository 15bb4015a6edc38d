import { describe, expect, it } from "vitest";
import * as ftfe from "../../../../src/families/kinetis-ftfe/registers-flash.ts";
import * as system from "../../../../src/families/kinetis-ftfe/registers-system.ts";
import { MDM_CONTROL, MDM_STATUS } from "../../../../src/families/kinetis-ftfe/registers-mdm-ap.ts";

describe("Kinetis registers", () => {
  it("describe FSEC of the image and of the chip", () => {
    expect(ftfe.FSEC.describe(0x7b)).toBe(
      "FSEC 0x7B: KEYEN 1 (backdoor key access disabled), MEEN 3 (mass erase enabled), FSLACC 2 (factory access denied), SEC 3 (secured)",
    );
    expect(ftfe.FSEC.describe(0x7a)).toContain("SEC 2 (open)");
  });

  it("clear errors with 0x70 and launch with 0x80", () => {
    expect(ftfe.FSTAT.of({ RDCOLERR: 1, ACCERR: 1, FPVIOL: 1 })).toBe(0x70);
    expect(ftfe.FSTAT.of({ CCIF: 1 })).toBe(0x80);
  });

  it("put command and address into the first command word", () => {
    expect(ftfe.FCCOB0123.of({ command: 0x09, address: 0x1000 })).toBe(0x09001000);
  });

  it("invalidate the cache with the bits that NXP's loader sets", () => {
    expect(ftfe.FMC_PFB0CR.mask("CINV_WAY")).toBe(0x00f00000);
  });

  it("decode a secured, running chip's MDM-AP Status as 0x2E", () => {
    expect(MDM_STATUS.of({ MASS_ERASE_ENABLED: 1, SYSTEM_RESET: 1, SYSTEM_SECURITY: 1, FLASH_READY: 1 })).toBe(0x2e);
    expect(MDM_CONTROL.of({ CORE_HOLD_RESET: 1, DEBUG_REQUEST: 1 })).toBe(0x14);
  });

  it("decode the RAM size and the running watchdog as the manual's reset values", () => {
    expect(system.SIM_SOPT1.describe(0x8000b000)).toContain("RAMSIZE 11 (256 KB of RAM)");
    expect(system.WDOG_STCTRLH.describe(0x01d3)).toContain("WDOGEN 1 (watchdog on)");
  });
});
