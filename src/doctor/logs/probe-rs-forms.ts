import { formsFrom, type LineForm } from "./line-form.ts";

/** Lines of probe-rs, cargo-flash and probe-run; level and module are cut off before, and the number of a cause. */
export const PROBE_RS_FORMS: readonly LineForm[] = [
  ...formsFrom("probe-rs", "github.com/ariel-os/ariel-os/issues/127 and 880: a locked nRF", [
    ["lock-seen", /^Core (\d+ )?is locked\. Erase procedure will be started to unlock it\./],
    ["chatter", /^Connecting to the chip was unsuccessful\./],
    ["chatter", /^Caused by:$/],
    ["chatter", /^An ARM specific error occurred\./],
    [
      "mass-erase-refused",
      /^An operation could not be performed because it lacked the permission to do so: (?<what>erase_all)/,
    ],
    ["command", /^Running `?(?<command>probe-rs .+?)`?$/],
    ["device", /^Chip: (?<device>\w+)/],
  ]),
  ...formsFrom("probe-rs", "github.com/probe-rs/probe-rs/issues/3112: RP2040", [
    [
      "operation",
      /^(The flashing procedure failed for '(?<what>[^']+)'|An error with the flashing procedure has occurred)\./,
    ],
    ["verify-failed", /^Flash content verification failed\./],
  ]),
  ...formsFrom("probe-rs", "github.com/probe-rs/probe-rs/issues/2849: STM32F334", [
    ["chatter", /^(Erasing|Programming) \S \[/],
    ["chatter", /^(Matching \S+ based on wildcard|No RTT header info)/],
    ["erase-failed", /^Failed to erase flash sector at address (?<address>0x[0-9a-f]+)/i],
    ["chatter", /^Something during the interaction with the core went wrong/],
    ["target-silent", /^A timeout occurred\./],
  ]),
  ...formsFrom("probe-rs", "github.com/probe-rs/probe-rs/issues/247 and 4225: result codes of flash loaders", [
    [
      "chatter",
      /^(Found \d+ loadable sections:|\.\w+ at [0-9a-f]+ \(\d+ byte|Erasing sector at address|Done erasing sector)/,
    ],
    ["result-code", /^(?:failed to flash app: )?The execution of '(?<act>\w+)' failed with code (?<code>\d+)/],
  ]),
];
