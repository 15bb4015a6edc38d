import { formsFrom, type LineForm } from "./line-form.ts";

/** Lines of nrfjprog and nrfutil. */
export const NORDIC_FORMS: readonly LineForm[] = [
  ...formsFrom("nrfjprog", "Nordic, nRF Command Line Tools: messages of nrfjprog in devzone.nordicsemi.com", [
    ["version", /^nrfjprog version: (?<version>[\d.]+)/],
    [
      "verify-byte",
      /^Expected byte value (?<expected>0x[0-9a-f]{1,2}) but read (?<actual>0x[0-9a-f]{1,2}) at address (?<address>0x[0-9a-f]+)/i,
    ],
    ["verify-failed", /^(?:Failed while verifying device|Write verify failed|Verification failed)/i],
    [
      "lock-seen",
      /^(?:The operation attempted is unavailable due to readback protection in(?: your device)?|Access protection is enabled, can't (?:read|write|perform)|Unavailable because of readback protection|-90: |The device is protected)/i,
    ],
    ["lock-seen", /^NOT_AVAILABLE_BECAUSE_PROTECTION/],
    ["lock-seen", /(?:-90: Access protection is enabled|\bap-protection is enabled|readback protection is enabled)/i],
    ["trouble", /^Unsupported device\. The detected device could not be recognized/],
    ["trouble", /^(?:Encountered error -?\d+|Unable to connect to a debugger|Failed while )/],
    ["chatter", /^(?:in )?(?:your device\. )?Please use --recover to unlock the device/i],
    ["mass-erase", /^(?:Recovering device\. This operation might take 30s\.|Recovering device)/i],
    ["mass-erase-done", /^(?:Device recovered|Recovered device|Successfully recovered)/i],
    ["mass-erase-failed", /^(?:Failed to recover|Recover failed|Recovering device failed)/i],
    [
      "probe-missing",
      /^(?:There is no debugger connected to the PC|No debug(?:ger|\s?probe)s? (?:is |are )?connected|NO_EMULATOR_CONNECTED|There is no emulator connected|An? operation (?:was )?attempted with no emulator)/i,
    ],
    ["voltage-low", /^(?:LOW_VOLTAGE|Low voltage (?:was )?detected|The (?:target )?device is not powered)/i],
    [
      "target-silent",
      /^(?:CANNOT_CONNECT|Failed to connect to target|Cannot connect to (?:the )?(?:device|target)|No target device|Debugger could not connect)/i,
    ],
    [
      "wrong-family",
      /^(?:WRONG_FAMILY_FOR_DEVICE|The family specified|The device (?:family )?does not match the (?:given |specified )?family)/i,
    ],
    [
      "tool-missing",
      /^(?:JLINKARM_DLL_NOT_FOUND|JLinkARM DLL (?:was )?not found|JLINKARM_DLL_TOO_OLD|JLinkARM DLL (?:reported an error|version .* is too old|is too old))/i,
    ],
    ["tool-missing", /\b(?:CouldNotOpenDLL|JLINKARM_DLL_NOT_FOUND)\b/],
    ["probe-driver", /\bLIBUSB_ERROR_NOT_FOUND\b.*libusb-compatible kernel driver/],
    ["not-blank", /^(?:NVMC_ERROR|Flash is not erased|The area to write is not erased)/i],
    [
      "file-missing",
      /^(?:FILE_OPERATION_FAILED|Unable to open file|The (?:hex|file) .* (?:could not be found|does not exist))/i,
    ],
    [
      "file-invalid",
      /^(?:FILE_PARSING_ERROR|FILE_INVALID_ERROR|The (?:hex )?file could not be parsed|Failed to parse)/i,
    ],
    ["erase-started", /^(?:Erasing (?:user|all|page|UICR)|Parsing image file)/i],
    [
      "chatter",
      /^(?:Parsing (?:hex|image) file|Reading flash area to program|Checking that the area to write is not protected|Programming device|Verifying programming|Applying (?:system|pin) reset|Run\.)\.?/i,
    ],
    ["verify-ok", /^Verified OK\.?$/],
    ["success", /^(?:Programming completed|Successfully programmed)\b/i],
    [
      "outside-flash",
      /^(?:INVALID_ADDRESS|The (?:address|hex file) .*(?:outside|beyond|not (?:in|within)) .*(?:flash|memory))/i,
    ],
  ]),
  ...formsFrom("nrfutil", "github.com/adafruit/Adafruit_nRF52_nrfutil and pc-nrfutil 0.5, nordicsemi: its messages", [
    ["download", /^Upgrading target on (?<port>\S+) with DFU package (?<file>\S+)\. /],
    [
      "boot-silent",
      /^(?:Failed to upgrade target\. Error is: )?(?:No data received on serial port|Timed out waiting for acknowledgement from device|Serial port is not open)/i,
    ],
    [
      "probe-lost",
      /^(?:Failed to upgrade target\. Error is: )(?:read failed: )?(?:device reports readiness to read but returned no data|ClearCommError failed|WriteFile failed)/i,
    ],
    ["failed-unexplained", /^Failed to upgrade target\. Error is: /],
    [
      "chatter",
      /^(?:Touched serial port|Opened serial port|Starting DFU upgrade of type|Sending DFU (?:start|init) packet|Sending firmware file|Activating new firmware|DFU upgrade took|#+$|During handling of the above exception)/,
    ],
    ["success", /^Device programmed\.$/],
  ]),
  ...formsFrom("nrfutil", "Nordic, nrfutil device: messages in devzone.nordicsemi.com", [
    ["version", /^nrfutil(?:-device)? (?<version>\d+\.\d+\.\d+)/],
    [
      "lock-seen",
      /^(?:Device is (?:readback )?protected|(?:The )?(?:application|network) core (?:access port )?is protected|The readback protection mechanism)/i,
    ],
    [
      "probe-missing",
      /^(?:No devices? (?:was |were )?(?:found|connected|matching)[.!]?$|Found no (?:supported )?devices?|Unable to find a board)/i,
    ],
    ["device-unknown", /\bUnknown device: Unknown part number (?<name>0x[0-9a-f]+)/i],
    ["failed-unexplained", /^(?:One or more program tasks failed|One or more \w+ tasks failed)/i],
    ["chatter", /^\u2714 /],
    [
      "boot-silent",
      /^(?:Could not (?:open|find) (?:the )?(?:DFU|serial) (?:target|port)|No ping response after opening COM|Failed to establish connection with the DFU|Serial port could not be opened)/i,
    ],
    ["file-invalid", /^(?:Unable to (?:parse|open) (?:the )?(?:DFU )?(?:package|zip)|Invalid (?:DFU )?package)/i],
    [
      "boot-refused",
      /^(?:Extended Error 0x|Operation failed|The object type or (?:version|hash)|(?:The )?(?:hardware|firmware|sd) version (?:is|does) (?:not|too))/i,
    ],
  ]),
];
