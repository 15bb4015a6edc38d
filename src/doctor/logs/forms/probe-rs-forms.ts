import { formsFrom, type LineForm } from "./line-form.ts";

/** Lines of probe-rs, cargo-flash and probe-run; level and module are cut off before, and the number of a cause. */
export const PROBE_RS_FORMS: readonly LineForm[] = [
  ...formsFrom("probe-rs", "github.com/ariel-os/ariel-os/issues/127 and 880: a locked nRF", [
    ["lock-seen", /^Core (\d+ )?is locked\. Erase procedure will be started to unlock it\./],
    ["connect-failed", /^Connecting to the chip was unsuccessful\./],
    ["chatter", /^Caused by:$/],
    ["trouble", /^An ARM specific error occurred\./],
    [
      "mass-erase-refused",
      /^An operation could not be performed because it lacked the permission to do so: (?<what>erase_all)/,
    ],
    ["command", /^Running `?(?<command>probe-rs .+?)`?$/],
    ["device", /^Chip: (?<device>\w+)/],
  ]),
  ...formsFrom("probe-rs", "github.com/probe-rs/probe-rs/issues/3112: RP2040", [
    [
      "failed-unexplained",
      /^(The flashing procedure failed for '(?<what>[^']+)'|An error with the flashing procedure has occurred)\./,
    ],
    ["verify-failed", /^Flash content verification failed\./],
  ]),
  ...formsFrom("probe-rs", "github.com/probe-rs/probe-rs/issues/2849: STM32F334", [
    ["chatter", /^(Erasing|Programming) \S \[/],
    ["chatter", /^(Matching \S+ based on wildcard|No RTT header info)/],
    ["erase-failed", /^Failed to erase flash sector at address (?<address>0x[0-9a-f]+)/i],
    ["trouble", /^Something during the interaction with the core went wrong/],
    ["timed-out", /^A timeout occurred\./],
  ]),
  ...formsFrom("probe-rs", "github.com/probe-rs/probe-rs/issues/247 and 4225: result codes of flash loaders", [
    [
      "chatter",
      /^(Found \d+ loadable sections:|\.\w+ at [0-9a-f]+ \(\d+ byte|Erasing sector at address|Done erasing sector)/,
    ],
    ["result-code", /^(?:failed to flash app: )?The execution of '(?<act>\w+)' failed with code (?<code>\d+)/],
  ]),
  ...formsFrom("probe-rs", "probe-rs, probe-rs/src/architecture/arm, error.rs and probe.rs: its messages", [
    ["ap-disabled", /^Memory AP is not accessible, DeviceEn bit not set/],
    ["trouble", /^Failed to (?:read|write) register \w+ at address 0x[0-9a-f]+/i],
    ["wire-fault", /^Target device responded with a FAULT response to (?:the|a) request/i],
    ["wire-fault", /^Target device responded with a WAIT response to (?:the|a) request/i],
    ["target-silent", /^(?:Target device did not respond to request)/i],
    ["wire-broken", /^(?:Incorrect parity on READ request)/i],
    ["probe-missing", /^(?:No (?:connected )?(?:debug )?probes? (?:were |was )?found|Probe not found)/i],
    ["probe-missing", /^(?:Failed to open (?:the )?(?:debug )?probe|Unable to open probe)/i],
    ["probe-access", /^(?:Permission denied \(os error 13\)|Access is denied\. \(os error 5\))/],
    ["probe-lost", /^(?:(?:USB )?Communication with (?:the )?(?:device|probe) failed|USB error)/i],
    ["device-unknown", /^(?:The chip '(?<name>[^']+)' was not found in the database)/i],
    ["device-unknown", /^Unable to (?:auto-?detect|automatically determine) (?:the )?chip/i],
    ["lock-seen", /^(?:The core is locked|Chip is locked|The (?:target )?device is locked|Device is locked)/i],
    ["outside-flash", /^No flash memory contains the entire requested memory range (?<address>0x[0-9a-f]+)/i],
    ["outside-flash", /^No (?:flash )?(?:memory|region) (?:contains|for) (?:address )?(?<address>0x[0-9a-f]+)/i],
    [
      "file-invalid",
      /^(?:Could not find any (?:loadable )?(?:segments?|sections?)|No loadable (?:ELF )?(?:segments|sections) were found|Failed to parse (?:the )?ELF)/i,
    ],
    [
      "file-missing",
      /^(?:Failed to open (?:file|the file)|Could not open file|No such file or directory \(os error 2\))/i,
    ],
    ["halt-failed", /^(?:The core could not be halted|Could not halt the core)/i],
    ["done", /^(?:Finished in|Flashing completed in) [\d.]+ ?m?s/],
    ["chatter", /^(?:Erasing|Programming|Verifying|Flashing|Reading flash)\b[\s.\u2714\d%[]/],
    ["core-missing", /^(?:No (?:ARM )?cores? (?:were )?found|Core \d+ not found)/i],
    ["download", /^Flashing (?<file>\S+)$/],
    ["command", /^Running `?(?<command>(?:cargo(?:-| )(?:flash|embed|run)|probe-run) .+?)`?$/],
  ]),
  ...formsFrom("probe-rs", "probe-rs, probe-rs/src/flashing/error.rs, probe.rs and vendor sequences: its messages", [
    ["probe-busy", /^Probe is already in use/],
    ["probe-ambiguous", /^probes were found: /],
    ["voltage-low", /^Target power-up failed\./],
    ["loader-failed", /^Failed to load flash algorithm into RAM at address (?<address>0x[0-9a-f]+)/i],
    ["loader-failed", /^The RAM contents did not match the expected contents after loading the flash algorithm\./],
    ["loader-failed", /^The (?:un)?initialization of the flash algorithm failed\./],
    ["loader-missing", /^Trying to write to flash region (?<address>0x[0-9a-f]+)/i],
    ["write-failed", /^The page write of the page at address (?<address>0x[0-9a-f]+) failed\./i],
    ["erase-failed", /^Failed to erase the whole chip\./],
    ["ap-disabled", /^Core is still not accessible after erase operation/],
    ["mass-erase-tried", /^The Device is locked, unlocking\.\./],
    ["timed-out", /^Timeout occurred/],
    [
      "halt-failed",
      /^(?:Failed to reset, and then halt the CPU|The core did not acknowledge a request for reset, resume or halt)/,
    ],
    ["probe-lost", /^A USB transport error occurred\./],
    ["failed-unexplained", /^(?:Failed to flash|Failed to build the cargo project|Failed to attach to RTT)/],
  ]),
];
