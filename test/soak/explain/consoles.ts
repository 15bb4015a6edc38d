/** The user whose name stands in paths. */
const USER = "anna";

/**
 * Short consoles as the tools print them, line by line, each line with what it says. Written for the soak; nothing here
 * is shared with the forms and causes that have to understand it.
 */

/** One line and what is true once it stands in a log. */
export interface ConsoleLine {
  readonly text: string;
  /** Causes that may be given where this line stands; a line with any says that something failed. */
  readonly causes?: readonly string[];
  /** Those of them that the line itself states. */
  readonly states?: readonly string[];
  /** The tool says that it succeeded. */
  readonly success?: true;
  /** It says that something went wrong, in words that no form knows. */
  readonly error?: true;
  /** It names a chip of this family. */
  readonly family?: "kinetis" | "stm32" | "nrf" | "sam" | "lpc" | "none";
}

/** The consoles of one tool: how it begins, and how it may continue. */
export interface Consoles {
  readonly tool: string;
  readonly begin: readonly ConsoleLine[];
  readonly ends: readonly (readonly ConsoleLine[])[];
}

const line = (text: string): ConsoleLine => ({ text });
const fails = (text: string, causes: readonly string[], states: readonly string[] = []): ConsoleLine => ({
  text,
  causes,
  states,
});
const ok = (text: string): ConsoleLine => ({ text, success: true });
const odd = (text: string): ConsoleLine => ({ text, error: true });

const VERIFY = [
  "unlocated-difference",
  "blank",
  "stuck-bits",
  "over-programmed",
  "unknown",
  "stale-image",
  "shifted",
  "cut-while-programming",
];
const PROTECTED = ["erase-protected", "erase-failed", "write-failed", "protected-region", "failed-unexplained"];
const LOST = [
  "target-silent",
  "connect-failed",
  "timed-out",
  "core-not-found",
  "failed-unexplained",
  "target-no-power",
  "wrong-chip",
];
const LOCKED = [
  "locked-chip",
  "read-protected",
  "mass-erase-not-allowed",
  "mass-erase-failed",
  "connect-failed",
  "failed-unexplained",
];

/** Every tool of the soak. */
export const CONSOLES: readonly Consoles[] = [
  {
    tool: "jlink",
    begin: [
      line("SEGGER J-Link Commander V7.94 (Compiled Dec  6 2023 16:00:00)"),
      line("Connecting to J-Link via USB...O.K."),
      line("S/N: 593047128"),
      line("VTref=3.314V"),
      { text: 'Device "STM32F407VG" selected.', family: "stm32" },
      line("Found SW-DP with ID 0x2BA01477"),
      line("Cortex-M4 identified."),
      line(`J-Link>loadfile "/home/${USER}/build/app.hex"`),
      line(`Downloading file [/home/${USER}/build/app.hex]...`),
    ],
    ends: [
      [ok("O.K."), line("Script processing completed.")],
      [
        fails(
          "****** Error: Failed to erase sectors 0 @ address 0x08000000 (Algo135: Flash protection violation. Flash is write-protected.)",
          PROTECTED,
          ["erase-protected"],
        ),
      ],
      [fails("Error occurred: Could not connect to the target device.", LOST)],
      [fails("Failed to open file.", ["file-not-opened"], ["file-not-opened"])],
      [odd("ERROR: The frobnication stage refused to begin (code 77)")],
      [fails("Verify failed @ address 0x08000104.", VERIFY), line("Expected 20 read 60")],
      [],
    ],
  },
  {
    tool: "jlink-kinetis",
    begin: [
      line("SEGGER J-Link Commander V7.86e (Compiled Mar 22 2023 16:27:49)"),
      { text: 'Device "MK24FN1M0XXX12" selected.', family: "kinetis" },
      line("Found SW-DP with ID 0x2BA01477"),
      line("Cortex-M4 identified."),
      line("J-Link>loadfile app.bin 0x0"),
      line("Downloading file [app.bin]..."),
    ],
    ends: [
      [ok("O.K.")],
      [fails("CTRL-AP indicates that the device is secured.", LOCKED, ["locked-chip"])],
      [
        fails("Verify failed @ address 0x0000040C.", [...VERIFY, "loader-kept-open", "programmed-over-FE"]),
        line("Expected 7B read 7A"),
      ],
    ],
  },
  {
    tool: "openocd",
    begin: [
      line("Open On-Chip Debugger 0.12.0"),
      line("Licensed under GNU GPL v2"),
      line("Info : CMSIS-DAP: Interface ready"),
      line("Info : SWD DPIDR 0x2ba01477"),
      { text: "Info : [stm32f4x.cpu] Cortex-M4 r0p1 processor detected", family: "stm32" },
      { text: "Info : [stm32f4x.cpu] target has 6 breakpoints, 4 watchpoints", family: "stm32" },
      line("** Programming Started **"),
    ],
    ends: [
      [
        ok("wrote 77824 bytes from file app.hex in 2.113s (35.968 KiB/s)"),
        ok("** Programming Finished **"),
        line("** Verify Started **"),
        ok("** Verified OK **"),
      ],
      [
        fails("Error: error writing to flash at address 0x08004000 at offset 0x00000000", [
          "write-failed",
          "failed-unexplained",
        ]),
        fails("embedded:startup.tcl:1516: Error: ** Programming Failed **", ["write-failed", "failed-unexplained"]),
      ],
      [fails("Warn : no flash bank found for address 0x1fffc000", ["outside-flash"], ["outside-flash"])],
      [fails("Error: Error connecting DP: cannot read IDR", LOST)],
      [fails("Error: stm32x device protected", [...PROTECTED], ["erase-protected"])],
      [odd("Error: the quux is not in the bar state")],
      [fails("Error: libusb_open() failed with LIBUSB_ERROR_ACCESS", ["probe-access"], ["probe-access"])],
      [],
    ],
  },
  {
    tool: "openocd-samd",
    begin: [
      line("Open On-Chip Debugger 0.12.0"),
      line("** Programming Started **"),
      { text: "Info : SAMD MCU: SAMD21J17A (128KB Flash, 16KB RAM)", family: "sam" },
    ],
    ends: [
      [
        fails("Error: SAMD: NVM lock error", PROTECTED, ["erase-protected"]),
        fails("Error: Failed to erase row containing 00000000", PROTECTED),
      ],
      [ok("** Programming Finished **")],
    ],
  },
  {
    tool: "pyocd",
    begin: [
      { text: "0000365 I Target type is nrf52840 [board]", family: "nrf" },
      line("0000497 I DP IDR = 0x2ba01477 (v1 rev2) [dap]"),
      line(`0001497 I Loading /home/${USER}/app.hex [load_cmd]`),
    ],
    ends: [
      [
        ok(
          "0002355 I Erased 4096 bytes (1 sector), programmed 4096 bytes (1 page), skipped 0 bytes (0 pages) at 12.34 kB/s [loader]",
        ),
      ],
      [
        {
          ...fails("0001495 W nRF52840 APPROTECT enabled: will try to unlock via mass erase [target_nRF52]", LOCKED),
          family: "nrf",
        },
        fails("0001928 W Skipping CoreSight discovery for AHB-AP#0 because it is disabled [ap]", LOCKED),
      ],
      [fails("0002355 C No ACK received [__main__]", LOST)],
      [
        fails("0002355 C Memory transfer fault (read) @ 0x00000000-0x00000003 [__main__]", [
          ...LOCKED,
          "memory-refused",
        ]),
      ],
      [odd("0002355 E the flux capacitor did not answer [quux]")],
      [],
    ],
  },
  {
    tool: "probe-rs",
    begin: [
      { text: "Running `probe-rs run --chip nRF52833_xxAA target/app`", family: "nrf" },
      line("Erasing \u2714 100% [####################]   4.00 KiB @  30.00 KiB/s (took 0s)"),
    ],
    ends: [
      [ok("Finished in 0.52s")],
      [
        fails("Error: Connecting to the chip was unsuccessful.", [...LOST, ...LOCKED]),
        fails(
          "    1: An operation could not be performed because it lacked the permission to do so: erase_all",
          LOCKED,
          ["mass-erase-not-allowed"],
        ),
      ],
      [fails("Error: No connected probes were found.", ["probe-not-found", "probe-driver"])],
      [fails("Flash content verification failed.", VERIFY)],
      [odd("Error: the widget could not be frobbed")],
    ],
  },
  {
    tool: "nrfjprog",
    begin: [line("nrfjprog version: 10.24.2 external"), line("Parsing image file.")],
    ends: [
      [ok("Verified OK.")],
      [
        fails(
          "[error] [ nRF52] - Failed while verifying device. -160: Data does not match in address range [0x00000000 - 0x00003FFF] (Flash)",
          VERIFY,
        ),
        fails("Expected byte value 0x20 but read 0x60 at address 0x00000104.", VERIFY),
      ],
      [fails("ERROR: There is no debugger connected to the PC.", ["probe-not-found"])],
      [odd("ERROR: Something undocumented failed (-999)")],
    ],
  },
  {
    tool: "cubeprogrammer",
    begin: [
      line("STM32CubeProgrammer v2.15.0"),
      line("ST-LINK SN  : 066DFF383333554E43164816"),
      { text: "Device name : STM32F411xC/E", family: "stm32" },
      line("Device CPU  : Cortex-M4"),
    ],
    ends: [
      [ok("File download complete"), ok("Download verified successfully")],
      [fails("Error: Data read failed", ["read-protected", "failed-unexplained"], ["read-protected"])],
      [
        fails(
          "Error: No STM32 target found! If your product embeds Debug Authentication, please perform a discovery using Debug Authentication",
          LOST,
        ),
      ],
      [odd("Error: option byte frobnication failed")],
    ],
  },
  {
    tool: "st-flash",
    begin: [line("st-flash 1.7.0")],
    ends: [
      [ok("2024-01-08T09:10:11 INFO common.c: Flash written and verified! jolly good!")],
      [fails("Couldn't find any ST-Link devices", ["probe-not-found", "probe-driver"])],
      [fails("Failed to connect to target", LOST)],
    ],
  },
  {
    tool: "bossac",
    begin: [line("Erase flash"), line("Set boot flash true")],
    ends: [[fails("No device found on /dev/ttyACM0", ["bootloader-silent"])], [ok("Verify successful")]],
  },
  {
    tool: "dfu-util",
    begin: [line("dfu-util 0.11"), line("Opening DFU capable USB device...")],
    ends: [[fails("No DFU capable USB device available", ["bootloader-silent"])], [ok("File downloaded successfully")]],
  },
];

/** Prose around a console; none of it says what a tool says. */
export const PROSE: readonly string[] = [
  "Hello everybody, thanks for this great forum.",
  "We have a new board and this is the console:",
  "Best regards, Anna",
  "I tried it on two machines.",
  "On Tue, Jan 8, 2024 at 9:10 AM Bob wrote:",
];

/** Messages of operating systems in the languages of their users: each says that something went wrong. */
export const LOCALIZED: readonly string[] = [
  "Zugriff verweigert",
  "Das System kann die angegebene Datei nicht finden. Fehler 2",
  "Acc\u00e8s refus\u00e9.",
  "Acceso denegado.",
  "Accesso negato.",
  "Acesso negado.",
  "Odmowa dost\u0119pu: b\u0142\u0105d 5",
  "\u041e\u0448\u0438\u0431\u043a\u0430: \u043e\u0442\u043a\u0430\u0437\u0430\u043d\u043e \u0432 \u0434\u043e\u0441\u0442\u0443\u043f\u0435",
  "\u9519\u8bef: \u62d2\u7edd\u8bbf\u95ee",
  "\u30a8\u30e9\u30fc: \u30a2\u30af\u30bb\u30b9\u304c\u62d2\u5426\u3055\u308c\u307e\u3057\u305f",
];
