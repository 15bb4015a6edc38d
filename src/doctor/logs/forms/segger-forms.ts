import { formsFrom, type LineForm } from "./line-form.ts";

/** Lines of J-Link GDB Server, pylink and J-Link's library that Commander does not have. */
export const SEGGER_FORMS: readonly LineForm[] = [
  ...formsFrom("jlink-gdb", "SEGGER UM08001, J-Link GDB Server, and public logs of it in forum.segger.com", [
    ["version", /^SEGGER J-Link GDB Server (?<version>V[\d.]+[a-z]?)/],
    [
      "chatter",
      /^(GDBInit file|GDB Server (Listening|start)|Listening on TCP\/IP port|SWO (raw output|listening)|Telnet port|Remote (memory|only))/i,
    ],
    [
      "chatter",
      /^(-+GDB Server start settings-+|-+J-Link related settings-+|-+Target related settings-+|Target (device|interface|endian)|Host interface|Target interface speed|Accept remote connection|Generate logfile|Verify download|Init regs on start|Silent mode|Single run mode|Target connection timeout|Waiting for GDB connection)/i,
    ],
    ["device", /^Target device: +(?<device>(?!Unspecified)\w\S*)/i],
    ["connected", /^(Connected to target|Target connected|Connected to 127\.0\.0\.1)/],
    [
      "target-silent",
      /^(Target connection failed\. GDBServer will be closed|Target connection not possible|Could not connect to target\. ?$)/,
    ],
    ["probe-missing", /^(Could not connect to J-Link|Connecting to J-Link failed|J-Link not found)/],
    ["port-busy", /^(Failed to open listener port|Failed to bind address|Could not listen on port) ?(?<port>\d+)?/i],
    ["memory-refused", /^(?:Reading|Writing) \d+ bytes @ address (?<address>0x[0-9A-F]+)\.? ?(?:failed|- failed)/i],
    ["chatter", /^(Reading|Writing|Downloading) (?:\d+ bytes|all registers|register|common registers)/],
    [
      "chatter",
      /^(Read|Received|Setting breakpoint|Removing breakpoint|Starting target CPU|\.\.\.Target halted|Performing single step|Resetting target|Halting target|GDB closed TCP|Restoring target state|J-Link found|Flash download enabled)/,
    ],
  ]),
  ...formsFrom("pylink", "github.com/square/pylink, pylink/enums.py and errors.py: its messages", [
    [
      "target-silent",
      /^(?:pylink\.errors\.JLinkException: )?(?:Could not connect to the target\.|No target connected\.?|Target is not connected\.?)/i,
    ],
    [
      "probe-missing",
      /^(?:No emulator with serial number \d+ found\.|No connected emulator|Unable to connect to (?:the )?emulator\.?|Emulator connection error\.?)/i,
    ],
    ["voltage-low", /^(?:Target system has no power\.?|VCC (?:error|failure)\.?)/i],
    ["halt-failed", /^(?:CPU in an? (?:un)?known state|CPU is not halted|Failed to halt)/i],
    ["device-unknown", /^Unsupported device selected\.?|^Invalid device name\.?/i],
    ["timed-out", /^Timeout (?:occurred|error)\.?$/i],
    ["erase-failed", /^Failed to erase sector\.?/i],
    ["write-failed", /^Error while programming (?:the )?(?:flash|device)\.?/i],
    ["verify-failed", /^(?:Compare error|Verification error|Error while verifying)\b/i],
    ["tool-missing", /^(?:Expected to be given a valid DLL\.?|Could not find (?:the )?J-?Link (?:DLL|library))/i],
  ]),
  ...formsFrom("jlink", "J-Link's library log (logfile of the DLL), public logs in forum.segger.com", [
    ["chatter", /^(?:JLINK_\w+\(|JLINKARM_\w+\(|returns 0x)/],
    ["chatter", /^(?:DLL Compiled|Logging started|Process: |Firmware file)/],
  ]),
  ...formsFrom("pylink", "github.com/square/pylink, pylink/enums.py: error words of SEGGER's library", [
    ["low-power", /^Target CPU is in low power mode/],
    ["probe-lost", /^J-Link connection has been lost/],
    [
      "verify-failed",
      /^(?:Programmed data differs from source data|Error (?:while )?verifying programmed data|Error comparing flash content)/,
    ],
    ["write-failed", /^(?:Programming error occured|Error during program\/erase phase|Could not write target memory)/],
    ["core-missing", /^Could not find supported CPU/],
    ["file-missing", /^Specified file could not be opened/],
    ["file-invalid", /^File format of selected file is not supported/],
    ["probe-missing", /^(?:No connection to emulator|Could not connect to (?:default emulator|emulator at))/],
  ]),
];
