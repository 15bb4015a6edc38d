import { formsFrom, type LineForm } from "./line-form.ts";

/** Lines of what runs the tools: west, PlatformIO, Arduino. */
export const BUILD_FORMS: readonly LineForm[] = [
  ...formsFrom(
    "west",
    "github.com/zephyrproject-rtos/zephyr, scripts/west_commands: messages of west and its runners",
    [
      [
        "chatter",
        /^(?:west (?:flash|debug|build)|-- west (?:flash|debug|build|attach)|rebuilding|using runner|\[\d+\/\d+\]|ninja: (?:Entering directory|no work to do))/,
      ],
      ["tool-missing", /^(?:required program (?<name>\S+) (?:not found|wasn't found))/i],
      [
        "exit-code",
        /^(?:command exited with status (?<code>\d+)|FATAL ERROR: command exited with status (?<status>\d+))/,
      ],
      [
        "config-missing",
        /^(?:runner (?<name>\S+) (?:is not supported|not supported)|no runners? (?:configured|available)|Board (?<board>\S+) does not support runner)/i,
      ],
      [
        "file-missing",
        /^(?:Cannot flash; no (?<what>hex|bin|elf) ?(?:\([^)]*\))? file (?:found|provided)|no (?:hex|bin|elf) file)/i,
      ],
      ["download", /^(?:Flashing file: (?<file>.+)|Flash(?:ing)? with (?<runner>\S+))$/],
      [
        "success",
        /^(?:Board with serial number \d+ flashed successfully|Board\(s\) with serial number\(s\) [\d, ]+ flashed successfully)/i,
      ],
      ["verify-failed", /^(?:The hex file .* was not programmed correctly)/i],
      ["failed-unexplained", /^(?:Flashing? of .* failed|FATAL ERROR: (?!command exited))/],
    ],
  ),
  ...formsFrom("platformio", "github.com/platformio/platformio-core and docs.platformio.org: its messages", [
    ["exit-code", /^\*\*\* \[(?<target>[\w./-]+)\] Error (?<code>-?\d+)/],
    [
      "chatter",
      /^(?:Processing \S+ \(platform:|Verbose mode can be enabled|CONFIGURATION:|PLATFORM:|HARDWARE:|DEBUG:|PACKAGES:|LDF:|Building in|Checking size|RAM: +\[|Flash: \[|Configuring upload|AVAILABLE:|CURRENT:|Uploading \S+|Auto-detected:|Use manually specified|Forcing reset|Waiting for the new upload port|Linking|Compiling)/,
    ],
    ["success", /^=+ \[SUCCESS\] Took/],
    ["failed-unexplained", /^=+ \[FAILED\] Took/],
    ["port-missing", /^(?:Error: )?(?:Please specify `?upload_port`?|Couldn't find a board on the selected port)/],
    ["too-large", /^(?:Error: )?The program size \(\d+ bytes\) is greater than maximum allowed \(\d+ bytes\)/],
  ]),
  ...formsFrom("arduino", "github.com/arduino/arduino-cli and the IDE: its messages", [
    ["tool-missing", /^Upload error: (?<name>[\w.-]+) not found/i],
    [
      "failed-unexplained",
      /^(?:An error occurred while uploading the sketch|Failed uploading: uploading error|Error during Upload|Upload error|Failed uploading)/i,
    ],
    [
      "port-missing",
      /^(?:Board at (?<port>\S+) is not available|No upload port (?:provided|found)|Couldn't find a [Bb]oard on the selected port)/i,
    ],
    ["tool-missing", /\bCannot run program "(?<name>[^"]+)": CreateProcess error=2/],
    ["tool-missing", /\bexec: "(?<name>[^"]+)": executable file not found/],
    ["tool-missing", /^STM32CubeProgrammer not found \((?<name>[^)]+)\)/],
    ["tool-missing", /^(?<name>STM32_Programmer\S*) not found\./],
    ["tool-missing", /^Please install it or add .* to your PATH\b/],
    ["tool-missing", /\bIt seems that (?<name>[\w-]+) software is not installed/],
    ["port-busy", /^Error opening serial port '(?<port>[^']+)'\. \((?:Port )?busy\)/i],
    ["probe-access", /^Error opening serial port '[^']+'\. \(Permission denied\)/i],
    ["port-missing", /^Error opening serial port '(?<port>[^']+)'\. \(Port not found\)/i],
    [
      "too-large",
      /^(?:Sketch too big|text section exceeds available space in board|data section exceeds available space in board)/i,
    ],
    [
      "chatter",
      /^(?:Sketch uses \d+ bytes|Global variables use|Performing 1200-bps touch|Waiting for upload port|Upload port found|Forcing reset using 1200bps|TOUCH:|PORTS )/,
    ],
  ]),
];
