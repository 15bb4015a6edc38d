import { formsFrom, type LineForm } from "./line-form.ts";

/** Lines of NXP's LinkServer, of Keil and of IAR. */
export const VENDOR_FORMS: readonly LineForm[] = [
  ...formsFrom("linkserver", "NXP community, MCUXpresso IDE forum: messages of redlink and LinkServer", [
    ["version", /^(?:NXP )?LinkServer v?(?<version>\d+\.\d+\S*)/],
    ["version", /^(?:MCUXpresso(?: IDE)?|LinkServer) RedlinkMulti Driver v(?<version>\d+\.\d+)/],
    ["server-silent", /^redlink server client - failed to receive response/],
    ["trouble", /^(?:connection failed - |probe \d+ TAP \d+ failed to read TAP ID)/],
    ["config-missing", /^(?:ERRMSG: )?(?:Exception: )?Device query can have at most \d+ parts/],
    ["trouble", /^ERRMSG: /],
    ["core-missing", /^'?Ee\(42\)\. Could not connect to core\.?'?/],
    ["core-missing", /^(?:Failed on connect: Ee\(42\)|'?Ee\(36\)\. Could not connect to core)/],
    [
      "target-silent",
      /^(?:No connection to chip's debug port|'?Em?\(\d+\)\. (?:No connection|Wire (?:not|ack))|Wire ?Ack Fault|Nn\(\d+\)\. Wire ACK Fault)/i,
    ],
    ["halt-failed", /^'?E[cm]\(\d+\)\. (?:Unable to halt|Target .*not halted)/i],
    ["trouble", /^'?(?:Ee|Ec|Ed|Ef|Em|Ep|Nn)\(\d+\)\. /],
    ["device", /^Emu\(\d+\): (?:Connected|Conn)&?Reset\. DpID: (?<id>[0-9A-F]+)\. CpuID: \w+\. Info: (?<device>\S+)/i],
    [
      "probe-missing",
      /^(?:No (?:compatible )?(?:emulator|probe|LinkServer probes?)s? (?:available|found|connected|detected)|Probe not found)/i,
    ],
    ["connected", /^(?:Connected: was_reset|inspecting chip|CONNECTED)/],
    ["verify-failed", /^(?:Verify (?:error|mismatch)|Flash verify fail)/i],
    ["success", /^(?:Finished writing Flash successfully|Flash Write Done|Wrote \d+ bytes)/i],
    [
      "chatter",
      /^(?:Reading remote configuration|Remote configuration complete|W[cs]\(\d+\)\. |Found (?:part description|chip XML)|Re(?:started|connected to existing) LinkServer|Probe Firmware: |Serial Number: |VID:PID: |USB Path: |Last (?:stub|sticky) error|Debug protocol: |Opening flash driver|Sending VECTRESET|Flash variant|Flash device|Erased\/Wrote|\( *\d+\) |load\w* \w+, |Writing \d+ bytes|Sectors written|Closing flash driver|Starting execution|Loaded \d+ bytes|sent \d+)/i,
    ],
  ]),
  ...formsFrom("keil", "Arm Keil, knowledge base and developer.arm.com forums: messages of uVision", [
    ["version", /^(?:IDE-Version: .Vision|µVision|uVision|MDK-ARM) ?(?:V)?(?<version>\d+\.\d\S*)/i],
    [
      "chatter",
      /^(?:Load "[^"]+"|compiling |linking\.\.\.|Program Size:|Build (?:target|started|Time)|\*\*\* Using Compiler|Application running|FromELF:)/i,
    ],
    ["loader-missing", /^(?:No Algorithm found for: (?<address>[0-9A-F]+)H|No Algorithm found)/i],
    ["erase-failed", /^(?:Erase Failed!?|Erase failed)/i],
    ["write-failed", /^Programming Failed!?/],
    [
      "verify-byte",
      /^Contents mismatch at: (?<address>[0-9A-F]+)H \(Flash ?= ?(?<actual>[0-9A-F]{2})H Required ?=? ?(?<expected>[0-9A-F]{2})H/i,
    ],
    [
      "verify-byte",
      /^Contents mismatch at: (?<address>0x[0-9a-f]+) \(Target=(?<actual>0x[0-9a-f]{1,2}) Required=(?<expected>0x[0-9a-f]{1,2})\)/i,
    ],
    ["verify-failed", /^(?:Verify Failed!?|Contents mismatch at: (?<address>[0-9A-F]+)H)/i],
    ["failed-unexplained", /^(?:Error: Flash Download failed|Flash Download failed)/],
    [
      "loader-failed",
      /^(?:Cannot Load Flash Programming Algorithm|Cannot Load Flash (?:Device )?(?:Description|Programming))/i,
    ],
    ["loader-failed", /^Insufficient RAM for Flash Algorithms/i],
    ["core-missing", /^(?:No Cortex-M (?:SW )?Device found|No Cortex-M Device found in JTAG chain)/i],
    [
      "target-silent",
      /^(?:SWD\/JTAG Communication Failure|SWD Communication Failure|RDDI-DAP Error|Cannot access target|Cannot Access Memory)/i,
    ],
    [
      "probe-missing",
      /^(?:No (?:ULINK|Debug Unit|ST-LINK|J-Link) (?:Device )?(?:found|detected)|No ST-LINK detected|Debugger - Cortex-M Error)/i,
    ],
    ["wrong-family", /^Connection refused due to device mismatch/i],
    ["file-missing", /^(?:Error: )?Could not load file '(?<file>[^']+)'/],
    ["done", /^Programming Done\.?/],
    ["verify-ok", /^Verify OK\.?/],
    ["erased", /^(?:Full Chip Erase Done|Erase Done)\.?/],
    ["chatter", /^Flash Load finished at /],
  ]),
  ...formsFrom("iar", "IAR Systems, C-SPY debugging guide for Arm and mypages.iar.com articles", [
    ["version", /^(?:IAR (?:C-SPY|Embedded Workbench)|C-SPY)[^\d]*(?<version>\d+\.\d\S*)/i],
    [
      "chatter",
      /^(?:Loading the (?:I-jet|J-Link|CMSIS-DAP|ST-LINK)|Download completed|Loaded (?:debugee|macro file|module)|Hardware reset|Software reset|Initial reset|Target reset|LowLevelReset|Probe:|Connecting on|Recognized CPUID|Debug resources|CPU status|Skipping flash loading pass|Found|Selected reset)/i,
    ],
    [
      "loader-failed",
      /^(?:Failed to load flash loader|The flash loader program reported an error|Fatal error: Failed to load flash loader|Flash loader .* (?:failed|timed out))/i,
    ],
    ["write-failed", /^(?:Error while programming flash|Fatal error while downloading|Failed to (?:program|flash) )/i],
    [
      "verify-failed",
      /^(?:There (?:was|were) (?:\d+ )?(?:error|mismatch)s?.* (?:while verifying|during (?:target )?(?:verification|memory verif))|Verify error at (?<address>0x[0-9a-f]+))/i,
    ],
    [
      "verify-byte",
      /^Verify error at (?:address )?(?<address>0x[0-9a-f]+), (?:target byte|read): (?<actual>0x[0-9a-f]{2}), (?:byte in file|expected): (?<expected>0x[0-9a-f]{2})/i,
    ],
    [
      "target-silent",
      /^(?:Fatal error: )?(?:CPU did not power up|Failed to (?:get CPU status|connect to (?:CPU|target))|DAP (?:did not|could not) |Cannot (?:connect|communicate) (?:to|with) (?:the )?(?:target|CPU))/i,
    ],
    [
      "probe-missing",
      /^(?:Fatal error: )?(?:Probe not found|Failed to (?:open|find) probe|No (?:probe|emulator) (?:is )?connected)/i,
    ],
    ["target-silent", /\bFailed to connect to CPU\b/i],
    ["failed-unexplained", /^(?:Session aborted!?|Fatal error: Session aborted)/i],
    ["success", /^(?:Download complete(?:d)?\. Verify OK|bytes downloaded (?:and verified|into FLASH))/i],
  ]),
];
