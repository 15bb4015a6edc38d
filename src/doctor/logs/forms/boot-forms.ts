import { formsFrom, type LineForm } from "./line-form.ts";

/** Lines of tools that program by a chip's own boot loader, and of small open-source programmers. */
export const BOOT_FORMS: readonly LineForm[] = [
  ...formsFrom("bossac", "github.com/shumatech/BOSSA, src/bossac.cpp, Samba.cpp and Flash.cpp: its messages", [
    ["version", /^(?:BOSSAC? |Version +: )(?<version>v?\d+\.\d\S*)/i],
    ["boot-silent", /^(?:No device found(?: on (?<port>\S+))?|SAM-BA operation failed)/],
    ["port-missing", /^(?:No serial ports found|Invalid serial port|Device (?<port>\S+) not found)/i],
    ["device-unknown", /^(?:Device unsupported|Unsupported (?:device|chip|processor)(?!\. The detected))/],
    [
      "flash-protected",
      /^(?:Flash (?:page|region) (?:is )?locked|Flash command failed|Error: (?:flash|region) is locked)/i,
    ],
    ["lock-seen", /^(?:Flash is secured|Security (?:bit )?(?:is )?set: *true)/i],
    ["device", /^Device +: (?<device>AT\w+|SAM\w+)/],
    ["verify-ok", /^Verify successful/],
    ["verify-failed", /^(?:Verify failed|Page errors: +\d+|Byte errors: +\d+)/],
    ["too-large", /^(?:File operation exceeds flash size)/i],
    [
      "chatter",
      /^(?:Atmel SMART device|Chip ID|Boot +:|Set boot flash|Erase flash|Write \d+ bytes to flash|Verify \d+ bytes|CPU reset|Pages +:|Page Size|Total Size|Planes +:|Lock Regions|Locked +:|Security +:|BOD +:|Address +:|\[=*\s*\] \d+%)/,
    ],
    ["done", /^(?:\[=+\] 100% \(\d+\/\d+ pages\)|done in [\d.]+ seconds)/],
  ]),
  ...formsFrom("lpc21isp", "github.com/capiman/lpc21isp, lpc21isp.c and lpcprog.c: its messages", [
    ["version", /^(?:Portable command line ISP|lpc21isp\b)[^\d]*(?:Version )?(?<version>\d+\.\d+)?/i],
    [
      "boot-silent",
      /^(?:No (?:answer|response) (?:on|to) '\?'|Synchronizing \(ESC to abort\)\.* ?(?:failed|no)|No sync)/i,
    ],
    [
      "chatter",
      /^(?:File \S+:|Image size|Synchronizing|Read bootcode|Read part ID|Will start programming|Erasing sector|Sector \d+:|Download Finished|Now launching)/i,
    ],
    ["device", /^Read part ID(?:\.| )+(?<device>LPC\w+)/i],
    ["boot-refused", /^(?:Error on (?<what>\w[\w -]*)|Wrong answer on \w+|CODE[ _]READ[ _]PROTECTION[ _]ENABLED)/],
    [
      "checksum-inserted",
      /^(?:Checksum (?:has been )?(?:added|inserted|calculated)|Valid user code|Position 0x[0-9A-F]+ patched: ivt_CRC)/i,
    ],
    ["success", /^Download Finished\.\.\./],
  ]),
  ...formsFrom("dfu-util", "dfu-util.sourceforge.net, src/main.c, dfu_load.c and dfuse.c: its messages", [
    ["version", /^dfu-util (?<version>\d+\.\d+)/],
    [
      "chatter",
      /^(?:Copyright \d|This program is Free Software|Please report bugs to|Opening DFU capable USB device|Determining device status|Claiming USB|Setting Alternate|DFU mode device|Device returned transfer|Deducing device DFU|Run-Time device|Found (?:DFU|Runtime):|Downloading to address|Erase +\[|Download\s+\[|DfuSe (?:interface|command))/i,
    ],
    ["boot-silent", /^No DFU capable USB device (?:available|found)/],
    ["probe-access", /^Cannot open DFU device \S+(?: found on devnum \d+)? \(LIBUSB_ERROR_ACCESS\)/],
    ["open-refused", /^Cannot open DFU device \S+$/],
    ["probe-driver", /^Cannot open DFU device \S+.*LIBUSB_ERROR_NOT_(?:SUPPORTED|FOUND)/],
    ["probe-ambiguous", /^More than one DFU capable USB device found/],
    [
      "outside-flash",
      /^(?:Page at (?<address>0x[0-9a-f]+) (?:can not be|is not) (?:erased|writeable)|Last page at (?<page>0x[0-9a-f]+) is not writeable)/i,
    ],
    ["lock-seen", /^(?:state = dfuERROR, status = 11)/],
    [
      "probe-lost",
      /^(?:Lost device after RESET|unable to read DFU status after completion|Error during (?:special command|download) )/,
    ],
    [
      "file-invalid",
      /^(?:Invalid DFU suffix signature|Not a valid DFU|Error: File ID .* does not match device|A valid DFU suffix will be required)/i,
    ],
    ["success", /^(?:File downloaded successfully|Download done\.)/],
    ["done", /^Done!$/],
  ]),
  ...formsFrom("picotool", "github.com/raspberrypi/picotool, main.cpp: its messages", [
    ["open-refused", /\bappears to be (?:an? RP\w+ device )?in BOOTSEL mode, but picotool was unable to connect/],
    ["boot-silent", /^No accessible RP\w*(?:\/RP\w+|-series)? devices? in BOOTSEL mode (?:were|was) found/],
    ["boot-silent", /\bappears to be an? RP\w+ device with a USB serial connection, so consider -f/],
    ["version", /^picotool v(?<version>\d+\.\d+\S*)/],
    ["chatter", /^(?:but:|Maybe try 'sudo'|Loading into Flash|Verifying Flash)/],
    ["success", /^The device was rebooted/],
    ["verify-ok", /^OK$/],
    ["file-invalid", /^(?:ERROR: )?File to load contains (?:an invalid|unexpected)/],
  ]),
  ...formsFrom("avrdude", "github.com/avrdudes/avrdude, src/ser_posix.c, stk500.c and main.c: its messages", [
    ["version", /^avrdude: Version (?<version>\d+\.\d+\S*)/],
    ["probe-access", /^avrdude: ser_open\(\): can't open device "(?<port>[^"]+)": Permission denied/],
    [
      "port-busy",
      /^avrdude: ser_open\(\): can't open device "(?<port>[^"]+)": (?:Device or resource busy|Access is denied)/,
    ],
    [
      "port-missing",
      /^avrdude: ser_open\(\): can't open device "(?<port>[^"]+)": (?:No such file|The system cannot find)/,
    ],
    [
      "boot-silent",
      /^avrdude: stk500\w*_(?:recv|getsync)\(\)(?: attempt \d+ of \d+)?: (?:programmer is not responding|not in sync|can't communicate)/,
    ],
    [
      "boot-silent",
      /^avrdude: (?:error: programmer did not respond to command|butterfly_recv\(\): programmer is not responding)/,
    ],
    ["wrong-family", /^avrdude: Expected signature for /],
    ["verify-failed", /^avrdude: (?:verification error|error: verification mismatch)/],
    ["success", /^avrdude: \d+ bytes of \w+ verified/],
    [
      "chatter",
      /^(?:avrdude done\. Thank you|Copyright \(c\) \d{4}|System wide configuration file|User configuration file|Using (?:Port|Programmer)\b|Overriding Baud Rate|AVR Part|Hardware Version|Firmware Version)/,
    ],
  ]),
  ...formsFrom(
    "stm32flash",
    "sourceforge.net/projects/stm32flash and github.com/florisla/stm32loader: their messages",
    [
      ["version", /^stm32flash (?<version>\d+\.\d+\S*)/],
      [
        "boot-silent",
        /^(?:Failed to init device(?:, timeout)?\.?|Can't init(?: into bootloader)?\. Ensure that BOOT0 is enabled|Bootloader activation timeout)/,
      ],
      [
        "lock-seen",
        /^(?:Error: )?(?:Device is (?:read|readout)[- ]protected|Readout protection (?:is )?(?:active|enabled))/i,
      ],
      [
        "boot-refused",
        /^(?:Got NACK from device on command|Failed to (?:erase memory|write memory|read memory)|Can't (?:erase|write|read) (?:memory|page))/i,
      ],
      ["verify-byte", /^(?<address>0x[0-9a-f]+): (?<actual>0x[0-9a-f]{1,2}) vs (?<expected>0x[0-9a-f]{1,2})$/i],
      ["trouble", /^Verification FAILED/],
      ["success", /^(?:Wrote and verified|Verification OK)/],
      [
        "chatter",
        /^(?:Using Parser|Interface serial_|Activating bootloader|Extended erase|http:\/\/(?:github|stm32flash))/,
      ],
    ],
  ),
  ...formsFrom(
    "flashmagic",
    "github.com/UnifiedEngineering/T-962-improvements, issues 78 and 247: messages of Flash Magic",
    [
      ["boot-silent", /^(?:Operation Failed\. )?(?:\(?Failed to autobaud|Reading of PART ID Failed)/i],
      ["boot-silent", /^Failed to autobaud/i],
      ["lock-seen", /^(?:Code read protection|CRP) (?:level \d )?(?:is )?enabled/i],
    ],
  ),
  ...formsFrom("edbg", "github.com/ataradov/edbg, edbg.c, dbg.c and target_*.c: its messages", [
    ["chatter", /^(?:Debugger: |Clock frequency: |Rev\.|Programming\.|Verification\.|Erasing\.|Target: )/],
    ["device", /^Target: (?<device>(?:AT)?SAM\s?\w+)/],
    ["probe-missing", /^(?:no debuggers found|unable to find a debugger|unable to find specified debugger)/i],
    [
      "lock-seen",
      /^(?:unable to (?:read|program|verify|erase): )?(?:device|target|target device) is (?:locked|secured)/i,
    ],
    ["wire-fault", /^invalid response (?:during|while) [^(]*\(.*(?:status|value) = 4\)/],
    ["timed-out", /^invalid response (?:during|while) [^(]*\(.*(?:status|value) = 2\)/],
    [
      "target-silent",
      /^(?:invalid response (?:during transfer|while (?:reading|writing))|unable to (?:connect|initialize) (?:to )?(?:the )?(?:target|debug)|could not (?:find|select) (?:the )?target)/i,
    ],
    ["device-unknown", /^unknown target device \(?(?<name>\S+)/],
    [
      "verify-failed",
      /^(?:at address (?<address>0x[0-9a-f]+) expected (?<expected>0x[0-9a-f]+), read (?<actual>0x[0-9a-f]+)|verification failed)/i,
    ],
    ["file-missing", /^(?:unable to open file|can't open (?:file|input))/i],
    ["probe-access", /^unable to open (?:device|debugger): Permission denied/i],
    ["open-refused", /^unable to open (?:device|debugger)/i],
    ["flash-protected", /^(?:erase (?:operation )?failed.*lock|bootloader (?:area )?is protected)/i],
  ]),
  ...formsFrom("blackmagic", "github.com/blackmagic-debug/blackmagic, src/command.c and gdb_main.c: its messages", [
    ["version", /^Black Magic (?:Probe|Debug App)[^\d]*(?<version>v?\d+\.\d+\S*)/i],
    [
      "target-silent",
      /^(?:SW-DP scan failed!|SWD scan failed!|JTAG (?:device )?scan failed!|Exception: (?:SWDP|SWD|JTAG|protocol))/i,
    ],
    ["trouble", /^(?:Attaching to Remote target failed|Remote failure reply: E\w+|Failed$)/i],
    ["voltage", /^Target voltage: (?<volts>[\d.]+) ?V/i],
    ["voltage", /^Target voltage: (?<volts>0\.\d+)V? volt/i],
    ["connected", /^Available Targets:/],
    [
      "lock-seen",
      /^(?<target>Kinetis|nRF5\d|SAM)\S* ?(?:Recovery \(MDM-AP\)|Access Port|[^\n]{0,30}\(?(?:protected|security bit))/i,
    ],
    ["erase-failed", /^(?:Error erasing flash with vFlashErase packet|Erase failed)/i],
    ["write-failed", /^(?:Error writing data to flash|Load failed)/i],
    [
      "verify-failed",
      /^(?:MIS-MATCHED!|Section .* -- MIS-MATCHED!|warning: One or more sections of the target image does not match)/i,
    ],
    ["verify-ok", /^Section \S+, range \S+ -- \S+: matched\./],
    ["done", /^Transfer rate: \d+/],
    [
      "probe-missing",
      /^(?:\/dev\/(?:ttyBmp\w+|ttyACM\d+): No such file or directory|No Black Magic (?:Debug )?Probe)/i,
    ],
  ]),
  ...formsFrom("lpc21isp", "github.com/capiman/lpc21isp, lpc21isp.c and lpcprog.c: answers of the boot ROM", [
    [
      "boot-silent",
      /^(?:no answer on '\?'|No \(or (?:incomplete|unacceptable)\) answer on sync attempt|No answer on )/i,
    ],
    ["port-missing", /^Can't open COM-Port (?<port>\S+)/],
    ["verify-ok", /^Download Finished and Verified correct/],
    ["too-large", /^Program too large; running out of Flash sectors/],
    ["file-missing", /^Can't open file (?<file>\S+)/],
  ]),
];
