import { formsFrom, type LineForm } from "./line-form.ts";

/** Lines of pyOCD; its time, level and `[module]` are cut off before. */
export const PYOCD_FORMS: readonly LineForm[] = [
  ...formsFrom("pyocd", "github.com/pyocd/pyOCD/issues/246: pyocd-flashtool on a KL25Z", [
    ["lock-open", /^(?:is )?not in (?:a )?secure state/, "device"],
    ["chatter", /^(DAP SWD MODE initialised|hardware (break|watch)points)/],
    ["core", /^CPU core is (?<core>Cortex-M\w+\+?)/],
    ["erase-started", /^Erasing chip\.\.\./],
    ["result-code", /^(?<act>eraseAll|erase_sector\(\S+\)|programPage\(\S+\)) error: (?<code>\d+)/],
    ["chatter", /^Done$/],
  ]),
  ...formsFrom("pyocd", "github.com/pyocd/pyOCD/issues/1262 and 1343: flash erase sector failure", [
    ["download", /^Loading (?<file>\S+)( at \S+)?$/],
    ["chatter", /^\[[= ]+\]\s+\d+%$/],
    [
      "result-code",
      /^flash (?<act>erase sector|program page|erase all) failure \(address (?<address>0x[0-9a-f]+); result code (?<code>0x[0-9a-f]+)\)/i,
    ],
    ["trouble", /^Traceback \(most recent call last\):/],
    ["chatter", /^File ".*", line \d+/],
  ]),
  ...formsFrom("pyocd", "mbed-flasher and mbed handbook pages: K64F and K20D50M in secure state, 2015 to 2017", [
    ["mass-erase-tried", /^(in secure state|APPROTECT enabled): will try to unlock via mass erase/, "device"],
    ["mass-erase-done", /^secure state: unlocked successfully/, "device"],
  ]),
  ...formsFrom("pyocd", "pyOCD, family class of the Kinetis targets: its messages", [
    ["mass-erase-skipped", /^(in secure state|APPROTECT enabled): not automatically unlocking/, "device"],
    ["mass-erase-failed", /^mass erase failed/, "device"],
  ]),
  ...formsFrom("pyocd", "github.com/pyocd/pyOCD/issues/1689: a read-protected STM32", [
    [
      "memory-refused",
      /^(?:link exception during target disconnect: )?Memory transfer fault(?: \((?:read|write)\))? @ (?<address>0x[0-9a-f]+)/i,
    ],
  ]),
  ...formsFrom("pyocd", "github.com/pyocd/pyOCD/issues/760: lpc55s69", [
    ["memory-refused", /^SWD\/JTAG Transfer Fault @ (?<address>0x[0-9a-f]+)/i],
  ]),
  ...formsFrom("pyocd", "github.com/pyocd/pyOCD/issues/1027: MIMXRT1011", [
    ["outside-flash", /^Failed to add data chunk: no memory region defined for address (?<address>0x[0-9a-f]+)/i],
    ["programmed", /^Erased \d+ bytes \(\d+ sectors?\), programmed (?<bytes>\d+) bytes/],
  ]),
  ...formsFrom("pyocd", "github.com/pyocd/pyOCD/issues/848 and vllogic/vllink_lite#6: no answer on the wire", [
    ["target-silent", /^No ACK received/],
  ]),
  ...formsFrom("pyocd", "github.com/pyocd/pyOCD/pull/1488: probes without permission, DP found", [
    ["probe-access", /^\[Errno 13\] Access denied \(insufficient permissions\)/],
    ["device", /^Target type is (?<device>\w+)/],
    ["dp-id", /^DP IDR = (?<id>0x[0-9a-f]+)/i],
  ]),
  ...formsFrom("pyocd", "pyOCD, pyocd/coresight/discovery.py, pyocd/target/family/target_nRF91.py: its messages", [
    ["ap-disabled", /^Skipping CoreSight discovery for (?<ap>[\w#-]+) because it is disabled/],
  ]),
  ...formsFrom("pyocd", "pyOCD, pyocd/__main__.py, pyocd/core/helpers.py and soc_target.py: its messages", [
    ["version", /^pyOCD (?:version )?(?<version>\d+\.\d+\S*)/],
    [
      "probe-missing",
      /^No available debug probes|^No connected debug probes|^Waiting for a debug probe to be connected/,
    ],
    ["probe-missing", /^A debug probe matching unique ID '(?<id>[^']*)' (?:could not be found|not found)/],
    ["device-unknown", /^No matching devices\. Please make sure the pack index is up to date/],
    ["device-unknown", /^Target type (?<name>\S+) (?:not recognized|is not (?:recognized|supported))/i],
    ["trouble", /^(uncaught exception:|Error during board uninit|Failed to open CMSIS-DAP)/],
    ["core-missing", /^Core #\d+ is not accessible after reset/],
    ["core-missing", /^(No cores were discovered|No cores? (?:were )?found)/i],
    ["connected", /^(CPU core #\d+: (?<core>Cortex-M\w+)|CPU core #\d+ is (?<named>Cortex-M\w+\+?))/],
    [
      "chatter",
      /^(Generic target type is selected|Erasing (?:sectors|chip)|Successfully halted device|No section header)/,
    ],
    ["halt-failed", /^(Timeout waiting for target to (?:halt|reset)|Timed out waiting for (?:core|target) to halt)/i],
    ["timed-out", /^(?:Timeout|timed out) (?<what>waiting .+|reading .+|during .+)$/],
    ["verify-failed", /^(Verify failed|Flash verify failed|flash program page failure)/i],
    ["erased", /^(Chip erase complete|Mass erase complete)/i],
    ["wire-fault", /^(?:SWD\/JTAG )?(?:Transfer fault|TransferFaultError|Memory transfer fault)(?! @)/i],
    ["target-silent", /^SWD\/JTAG communication failure(?: \(No ACK\))?/i],
    ["trouble", /^STLink error \(\d+\)/],
    ["target-silent", /^(?:No ACK|Unexpected ACK value|Unable to connect to (?:target|DP))/],
    ["file-missing", /^(?:\[Errno 2\] )?No such file or directory: '(?<file>[^']+)'/],
    ["probe-busy", /^(?:Unable to open device|Probe .* is already open|open failed)/i],
  ]),
  ...formsFrom("pyocd", "pyOCD, pyocd/target/family, pyocd/probe and pyocd/flash: its messages", [
    ["mass-erase-disabled", /^Mass erase disabled\. MDM status/],
    ["mass-erase-failed", /^(?:Mass erase timeout|Failed to unlock\. MDM status)/],
    ["ap-disabled", /^AP#0 was not found, unable to create core 0/],
    ["connect-failed", /^Failed to initialize DAP/],
    ["tool-missing", /^unable to open JLink DLL/],
    [
      "library-missing",
      /^(?:STLink and CMSIS-DAPv2|CMSIS-DAPv\d|STLink) probes (?:may not be detected|are not supported) because no libusb library was found/,
    ],
    [
      "probe-firmware-old",
      /^(?:STLink \S+ is using an unsupported, older firmware version|Please update to the latest STLink firmware)/,
    ],
    ["halt-failed", /^(?:Timed out waiting for core to halt|Timeout waiting for target halt|Could not halt core #\d+)/],
    [
      "loader-missing",
      /^(?:flash region '[^']*' has no flash algo|flash memory region at address (?<address>0x[0-9a-f]+) has no flash instance)/i,
    ],
    ["outside-flash", /^address (?<address>0x[0-9a-f]+) is not (?:in flash|within a memory region)/i],
    ["loader-failed", /^(?:Flash algorithm overwritten!|Analyzer overwritten!|flash algorithm overflowed stack)/],
  ]),
];
