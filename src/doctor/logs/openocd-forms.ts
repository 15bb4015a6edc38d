import { formsFrom, type LineForm } from "./line-form.ts";

const PROGRAM = "OpenOCD 0.12.0 as Debian ships it: its messages";
const BANNER = "jcard0na.github.io, 2016-11-11: a K22 behind OpenOCD";
const K40 = "OpenOCD logs of K20, K24, K40 and K64 in public readmes and threads, 2014 to 2024";

/** Lines of OpenOCD; `Info : ` and its like are cut off before. */
export const OPENOCD_FORMS: readonly LineForm[] = [
  ...formsFrom("openocd", K40, [
    ["version", /^(?:xPack )?Open On-Chip Debugger (?<version>v?\d+\.\d+\.\d\S*)/],
    ["chatter", /^(Licensed under GNU GPL|For bug reports, read|https?:\/\/openocd\.)/],
    [
      "chatter",
      /^(Listening on port|starting gdb server|clock speed|adapter speed|none separate|cortex_m reset_config)/,
    ],
    ["chatter", /^(only one transport option|auto-selecting first available|Unable to match requested speed)/],
    ["chatter", /^(Using CMSIS-DAP|CMSIS-DAP: |SWCLK\/TCK = )/],
    ["probe-firmware", /^(?<firmware>(J-Link|STLINK) .+)$/],
    ["chatter", /^Hardware version: /],
    ["voltage", /^(?:VTarget =|Target voltage:) (?<volts>[\d.]+)/],
    ["dp-id", /^SWD (?:DPIDR|IDCODE) (?<id>0x[0-9a-f]+)/i],
    ["core", /^(?:\[?(?<target>[\w.]+?)\]?:? )?(?<core>Cortex-M\w+) r\d+p\d+ processor detected/],
    ["connected", /^(?:\[?(?<target>[\w.]+?)\]?:? )?(?:target|hardware) has \d+ breakpoints, \d+ watchpoints/],
    ["lock-open", /^MDM: Chip is unsecured\. Continuing\./],
    ["chatter", /^\[?[\w.]+\]? halted due to|^target halted due to|^target state: /],
    ["registers", /^xPSR: \S+ pc: 0x(?<pc>[0-9a-f]{8}) msp: 0x(?<sp>[0-9a-f]{8})/i],
    ["download", /^\*\* Programming Started \*\*/],
    ["chatter", /^auto erase enabled/],
    ["device", /^Kinetis (?<device>MK\w+) detected: \d+ flash blocks/],
    ["chatter", /^\d+ PFlash banks: /],
    ["programmed", /^wrote (?<bytes>\d+) bytes from file (?<file>\S+)/],
    ["done", /^\*\* Programming Finished \*\*/],
    ["verify-started", /^\*\* Verify Started \*\*/],
    ["verify-ok", /^\*\* Verified OK \*\*/],
    ["chatter", /^shutdown command invoked/],
  ]),
  ...formsFrom("openocd", BANNER, [
    ["lock-seen", /^\*+ Your Kinetis MCU is in secured state/],
    ["chatter", /^\*{4}.*\*{4,}$/],
  ]),
  ...formsFrom("openocd", PROGRAM, [
    ["probe-missing", /^No J-Link device found/],
    ["probe-missing", /^unable to find a matching CMSIS-DAP device/],
    ["probe-silent", /^Failed to (send discovery message|bind discovery socket)/],
    ["voltage-low", /^Target voltage too low\. Check target power/],
    ["target-silent", /^Error connecting DP: cannot read IDR/],
    ["unexpected-id", /^(?:JTAG tap: \S+ )?UNEXPECTED(?: idcode)?: (?<id>0x[0-9a-f]+)/i],
    ["mass-erase-disabled", /^MDM: mass erase is disabled/],
    ["reset-line-missing", /^Mass erase of a secured MCU is not possible without hardware reset\./],
    ["mass-erase-failed", /^MDM: (mass erase timeout|waiting for mass erase conditions timed out\.)/],
    ["chatter", /^MDM: Press RESET button now if possible\./],
    ["chatter", /^SIM_FCFG1 PFSIZE = 0xf: please check if pflash is \d+ KB/],
    ["field-again", /^Trying to re-program FCF\./],
    ["flash-refused", /^Flash operation failed, (?<problem>illegal command|read collision)/],
    ["flash-protected", /^Flash operation failed, protection violated/],
    ["outside-flash", /^no flash bank found for address (?<address>(?:0x)?[0-9a-f]+)/i],
    ["memory-refused", /^Failed to (read|write) memory at (?<address>0x[0-9a-f]+)/i],
    ["chatter", /^(checksum mismatch|contents differ|No working memory available)/],
    [
      "verify-byte",
      /^diff \d+ address (?<address>0x[0-9a-f]+)\. Was (?<actual>0x[0-9a-f]{2}) instead of (?<expected>0x[0-9a-f]{2})/i,
    ],
    ["chatter", /^More than 128 errors, the rest are not printed\./],
    ["verify-failed", /^\*\* Verify Failed \*\*/],
    ["write-failed", /^\*\* Programming Failed \*\*/],
    ["halt-failed", /^timed out while waiting for target halted/],
  ]),
  ...formsFrom("openocd", "OpenOCD's kinetis driver after 0.12.0, as the project's log messages have it", [
    ["field-denied", /^Device security requested in the programmed file! Write denied\./],
    ["chatter", /^.*Expect verify errors/],
    ["chatter", /^Flash Configuration Field written\./],
    ["reset-loop", /RESET\/WDOG loop/],
  ]),
  ...formsFrom("openocd", "github.com/espressif/openocd-esp32/issues/166", [
    ["probe-driver", /^libusb_open\(\) failed with LIBUSB_ERROR_NOT_SUPPORTED/],
  ]),
];
