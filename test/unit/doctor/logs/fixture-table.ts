/** A log of test/fixtures/logs, what it shows first, and the one fact in which its sibling differs. */
export interface LogFixture {
  readonly log: string;
  /** Id of the first cause. */
  readonly first: string;
  /** What stands in the log, and in its sibling instead. */
  readonly from: string;
  readonly to: string;
  /** Id of the sibling's first cause. */
  readonly second: string;
}

/**
 * The logs, written line form by line form from what docs/log-forms.md cites; every line of theirs has a form with a
 * source, which the test checks.
 */
export const LOG_FIXTURES: readonly LogFixture[] = [
  {
    log: "jlink-allow-security",
    first: "programmed-over-FE",
    from: "MK24FN1M0XXX12 (allow security)",
    to: "MK24FN1M0XXX12",
    second: "loader-kept-open",
  },
  { log: "jlink-fsec-79", first: "loader-kept-open", from: "read 7A", to: "read 78", second: "programmed-over-FE" },
  { log: "jlink-fsec-54", first: "loader-kept-open", from: "0x0000040C", to: "0x0000140C", second: "stuck-bits" },
  { log: "jlink-verify-blank", first: "blank", from: "read FF", to: "read 1A", second: "stuck-bits" },
  { log: "jlink-verify-wrong", first: "unknown", from: "read E5", to: "read FF", second: "blank" },
  { log: "jlink-lpc-checksum", first: "vector-checksum", from: "0x0000001C", to: "0x0000003C", second: "unknown" },
  {
    log: "jlink-no-probe",
    first: "probe-not-found",
    from: "FAILED: Cannot connect to J-Link.",
    to: "FAILED: Communication timed out: Requested 2 bytes, received 0 bytes !",
    second: "probe-silent",
  },
  {
    log: "jlink-no-power",
    first: "target-no-power",
    from: "VTref=0.017V",
    to: "VTref=3.300V",
    second: "target-silent",
  },
  {
    log: "jlink-voltage-low",
    first: "target-no-power",
    from: "\nTarget voltage too low. Please check https://kb.segger.com/J-Link_cannot_connect_to_the_CPU#Target_connection.\nError occurred: Could not connect to the target device.",
    to: "\nConnecting to J-Link via USB...FAILED: Cannot connect to J-Link.",
    second: "probe-not-found",
  },
  { log: "jlink-no-core", first: "core-not-found", from: "0x2BA01477", to: "0x0BC11477", second: "wrong-chip" },
  {
    log: "jlink-other-core",
    first: "wrong-chip",
    from: "Found Cortex-M0 r0p1",
    to: "Found Cortex-M4 r0p1",
    second: "ram-loader-failed",
  },
  {
    log: "jlink-skip-unsecure",
    first: "mass-erase-skipped",
    from: "Skipping unsecure\nInitTarget() end - Took 4.35ms\nError occurred: Could not connect to the target device.",
    to: "Device will be unsecured now.\nInitTarget() end - Took 4.35ms",
    second: "mass-erased-on-connect",
  },
  {
    log: "jlink-stm32-rdp",
    first: "read-protected",
    from: "Active read protected",
    to: "Active write protected",
    second: "protected-region",
  },
  { log: "jlink-ramcode", first: "ram-loader-failed", from: "0x20000F80", to: "0x20040F80", second: "wrong-chip" },
  { log: "jlink-erase-sector", first: "erase-failed", from: "0x3e000", to: "0x13e000", second: "outside-flash" },
  { log: "jlink-write-outside", first: "outside-flash", from: "0x00100000", to: "0x00005000", second: "write-failed" },
  {
    log: "jlink-script-typo",
    first: "script-error",
    from: "J-Link>lodfile \"app.bin\" 0x0\nUnknown command. '?' for help.",
    to: 'J-Link>loadfile "app.bin" 0x0\nFailed to open file.',
    second: "file-not-opened",
  },
  { log: "mcuxpresso-kept-open", first: "loader-kept-open", from: "read 3E", to: "read FF", second: "blank" },
  { log: "jlink-kw38-fopt", first: "field-byte-changed", from: "0x0000040D", to: "0x0000140D", second: "blank" },
  { log: "openocd-field-denied", first: "fcf-write-denied", from: "0x0000040c", to: "0x0000140c", second: "unknown" },
  { log: "openocd-pack-field", first: "loader-kept-open", from: "Was 0xfe", to: "Was 0xff", second: "blank" },
  {
    log: "openocd-secured",
    first: "mass-erase-disabled",
    from: "MDM: mass erase is disabled",
    to: "Mass erase of a secured MCU is not possible without hardware reset.",
    second: "mass-erase-needs-reset-line",
  },
  { log: "openocd-wrong-chip", first: "wrong-chip", from: "0x0bc11477", to: "0x2ba01477", second: "memory-refused" },
  { log: "openocd-no-bank", first: "outside-flash", from: "0x00200000", to: "0x1fff0400", second: "ram-image" },
  {
    log: "openocd-protected",
    first: "erase-protected",
    from: "protection violated",
    to: "illegal command",
    second: "flash-command-refused",
  },
  {
    log: "openocd-no-idr",
    first: "target-silent",
    from: "VTarget = 3.300 V",
    to: "VTarget = 0.004 V",
    second: "target-no-power",
  },
  {
    log: "openocd-no-probe",
    first: "probe-not-found",
    from: "No J-Link device found",
    to: "libusb_open() failed with LIBUSB_ERROR_NOT_SUPPORTED",
    second: "probe-driver",
  },
  { log: "pyocd-erase-104", first: "erase-protected", from: "error: 104", to: "error: 103", second: "erase-failed" },
  {
    log: "pyocd-auto-unlock",
    first: "mass-erased-on-connect",
    from: "K64F secure state: unlocked successfully",
    to: "K64F: mass erase failed",
    second: "mass-erase-failed",
  },
  { log: "pyocd-sector-0x67", first: "erase-failed", from: "0x67", to: "0x68", second: "erase-protected" },
  { log: "pyocd-read-fault", first: "locked-chip", from: "0x08000000", to: "0x40034fe0", second: "memory-refused" },
  { log: "pyocd-no-region", first: "outside-flash", from: "0x60000400", to: "0x20000400", second: "ram-image" },
  {
    log: "pyocd-no-ack",
    first: "target-silent",
    from: "pyocd.core.exceptions.TransferError: No ACK received",
    to: "0000365 D [Errno 13] Access denied (insufficient permissions) [pyusb_backend]",
    second: "probe-access",
  },
  {
    log: "probe-rs-locked",
    first: "mass-erase-not-allowed",
    from: "    1: An operation could not be performed because it lacked the permission to do so: erase_all",
    to: "    1: A timeout occurred.",
    second: "locked-chip",
  },
  {
    log: "probe-rs-verify",
    first: "unlocated-difference",
    from: "Flash content verification failed.",
    to: "Failed to erase flash sector at address 0x08000000.",
    second: "erase-failed",
  },
  { log: "probe-rs-erase-code", first: "erase-failed", from: "code 1\n", to: "code 104\n", second: "erase-protected" },
];
