import { formsFrom, type LineForm } from "./line-form.ts";

/** Lines of pyOCD; its time, level and `[module]` are cut off before. */
export const PYOCD_FORMS: readonly LineForm[] = [
  ...formsFrom("pyocd", "github.com/pyocd/pyOCD/issues/246: pyocd-flashtool on a KL25Z", [
    ["lock-open", /^(?<device>K\w+) not in secure state/],
    ["chatter", /^(DAP SWD MODE initialised|\d+ hardware (break|watch)points)/],
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
    ["chatter", /^(Traceback \(most recent call last\):|File ".*", line \d+)/],
  ]),
  ...formsFrom("pyocd", "mbed-flasher and mbed handbook pages: K64F and K20D50M in secure state, 2015 to 2017", [
    ["mass-erase", /^(?<device>\w+) (in secure state|APPROTECT enabled): will try to unlock via mass erase/],
    ["mass-erase-done", /^(?<device>\w+) secure state: unlocked successfully/],
  ]),
  ...formsFrom("pyocd", "pyOCD, family class of the Kinetis targets: its messages", [
    ["mass-erase-skipped", /^(?<device>\w+) in secure state: not automatically unlocking/],
    ["mass-erase-failed", /^(?<device>\w+): mass erase failed/],
  ]),
  ...formsFrom("pyocd", "github.com/pyocd/pyOCD/issues/1689: a read-protected STM32", [
    ["memory-refused", /^Memory transfer fault \((read|write)\) @ (?<address>0x[0-9a-f]+)/i],
  ]),
  ...formsFrom("pyocd", "github.com/pyocd/pyOCD/issues/760: lpc55s69", [
    ["memory-refused", /^SWD\/JTAG Transfer Fault @ (?<address>0x[0-9a-f]+)/i],
  ]),
  ...formsFrom("pyocd", "github.com/pyocd/pyOCD/issues/1027: MIMXRT1011", [
    ["outside-flash", /^Failed to add data chunk: no memory region defined for address (?<address>0x[0-9a-f]+)/i],
    ["programmed", /^Erased \d+ bytes \(\d+ sectors?\), programmed (?<bytes>\d+) bytes/],
  ]),
  ...formsFrom("pyocd", "github.com/pyocd/pyOCD/issues/848 and vllogic/vllink_lite#6: no answer on the wire", [
    ["target-silent", /^(?:pyocd\.\S+: )?No ACK received/],
  ]),
  ...formsFrom("pyocd", "github.com/pyocd/pyOCD/pull/1488: probes without permission, DP found", [
    ["probe-access", /^\[Errno 13\] Access denied \(insufficient permissions\)/],
    ["device", /^Target type is (?<device>\w+)/],
    ["dp-id", /^DP IDR = (?<id>0x[0-9a-f]+)/i],
  ]),
];
