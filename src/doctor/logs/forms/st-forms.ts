import { formsFrom, type LineForm } from "./line-form.ts";

/** Lines of STM32CubeProgrammer, ST-LINK_CLI and st-flash. */
export const ST_FORMS: readonly LineForm[] = [
  ...formsFrom("cubeprogrammer", "ST UM2237 and community.st.com: messages of STM32_Programmer_CLI", [
    ["version", /^STM32CubeProgrammer v(?<version>[\d.]+\S*)/],
    [
      "chatter",
      /^(?:-----|ST-LINK (?:SN|FW)|Board +:|SWD freq|Connect mode|Reset mode|Device (?:type|ID|CPU|size)|Revision ID|NVM size|Flash size|BL Version|Opening and parsing file|Memory Programming|File +:|Size +:|Address +:|Bank +:|Erasing (?:memory corresponding|internal memory sectors|Segment)|Download in Progress|Read progress|Time elapsed|Read protection:|Software reset|Hard reset|Warning: |RDP +:)/,
    ],
    ["voltage", /^Voltage +: (?<volts>[\d.]+)V/],
    ["device", /^Device name +: (?<device>STM32\w+)/],
    ["core", /^Device CPU +: (?<core>Cortex-M\w+)/],
    ["probe-missing", /^(?:No (?:debug probe|STLink|ST-LINK) (?:detected|found)|No ST-?LINK (?:detected|device))/i],
    ["probe-busy", /^(?:ST-LINK is already in use|ST-LINK error \(DEV_USB_COMM_ERR\)|DEV_USB_COMM_ERR)/i],
    ["probe-firmware-old", /^(?:Old ST-LINK firmware|ST-LINK firmware (?:upgrade|version) )/i],
    [
      "target-silent",
      /^(?:No STM32 target found!?|Unable to get core ID|DEV_TARGET_NOT_RESPONDING|DEV_CONNECT_ERR|ST-LINK error \((?:DEV_TARGET_NOT_RESPONDING|DEV_CONNECT_ERR)\))/i,
    ],
    ["trouble", /^If your product embeds Debug Authentication/i],
    ["voltage-low", /^(?:Target (?:voltage|power) (?:is )?(?:too low|not detected)|DEV_NO_DEVICE|No target voltage)/i],
    [
      "read-protection",
      /^(?:Data read failed|Unable to read (?:memory|0x)|Device is (?:under|in) (?:Read ?Out|readout) Protection|Readout protection (?:is )?activated|Read Out Protection|Memory is read protected|Failed to (?:read|access) .*RDP)/i,
    ],
    ["read-protection", /^(?:The (?:device|flash|memory) is (?:read|readout)[- ]protected)/i],
    [
      "write-protection",
      /^(?:Write protection|The (?:memory|sector) is write[- ]protected|Memory is write protected)/i,
    ],
    ["erase-failed", /^(?:failed to erase memory|Mass erase operation failed|Operation exceeds memory limits)/i],
    ["write-failed", /^failed to download (?:Segment|the File|Sector)\[?(?<segment>\d+)?/i],
    ["write-failed", /^(?:Failed to write memory|Data write failed)/i],
    ["verify-failed", /^(?:Download verification failed|Data mismatch|Verification failed)/i],
    ["verify-failed", /^(?:at the address: )?Data mismatch (?:found )?at address/i],
    ["file-missing", /^(?:File (?:does not exist|doesn't exist)|Cannot open file|Wrong file path)/i],
    ["file-invalid", /^(?:Wrong file format|File (?:is )?corrupted|Unsupported file format|The file is empty)/i],
    ["done", /^File download complete/],
    ["verify-ok", /^Download verified successfully/],
    [
      "success",
      /^(?:Mass erase successfully achieved|Option Bytes? successfully programmed|Operation achieved successfully)/i,
    ],
    [
      "outside-flash",
      /^(?:Address (?<address>0x[0-9a-f]+) (?:is )?(?:out of|not in|doesn't belong)|Memory (?:range|address) is out of)/i,
    ],
    ["boot-silent", /^(?:Activating device: KO|Cannot connect to access port|Target device not found)/i],
  ]),
  ...formsFrom("stlink-cli", "ST UM0892: messages of ST-LINK_CLI", [
    ["version", /^STM32 ST-LINK CLI v(?<version>[\d.]+)/],
    [
      "chatter",
      /^(?:STM32 ST-LINK Command Line Interface|ST-LINK Firmware version|Connected via SWD|SWD Frequency|Connection mode|Debug in Low Power|Device (?:ID|flash Size|family)|Flash Programming|Verification\.\.\.|Loading file)/i,
    ],
    ["probe-missing", /^No ST-LINK detected/],
    ["target-silent", /^(?:No target connected|Unable to connect to the target|Can not connect to target)!?/i],
    [
      "read-protection",
      /^(?:Unable to (?:read|write) (?:memory|option bytes).*(?:protect)|Read ?out protection (?:is )?(?:enabled|active)|Device is read protected)/i,
    ],
    ["write-protection", /^(?:Flash sectors? (?:is|are) write protected|Write protected)/i],
    ["done", /^Programming Complete\.?/i],
    ["verify-ok", /^(?:Flash memory programmed and verified|Verification\.\.\.OK|Programming operation OK)/i],
    ["erase-failed", /^(?:Flash memory (?:erase|not erased)|Erase (?:operation )?failed|Unable to erase)/i],
    [
      "write-failed",
      /^(?:Internal command error|Error occured during program operation|Error during (?:program|flash))/i,
    ],
  ]),
  ...formsFrom("st-flash", "github.com/stlink-org/stlink, src/stlink-lib: messages of st-flash", [
    ["version", /^st-flash (?:v)?(?<version>\d+\.\d+\.\d+\S*)/],
    ["chatter", /^(?:common\.c|usb\.c|flash_loader\.c|INFO (?:common|usb|flash_loader)\.c)/],
    ["device", /^(?<device>STM32\w+): \d+ KiB SRAM, \d+ KiB flash/i],
    ["device", /^Device connected is: (?<device>[^,]+?) device/i],
    ["probe-missing", /^Couldn't find any ST-Link devices|^No ST-?Link (?:found|detected)/i],
    [
      "target-silent",
      /^(?:Failed to (?:connect to target|enter SWD mode)|Unable to get core ID|Can not connect to target)/i,
    ],
    ["device-unknown", /^(?:unknown chip id!?|Unknown memory region|Failed to parse flash type)/i],
    ["verify-failed", /^(?:Verification of flash failed at offset: (?<offset>\d+)|Flash verification failed)/i],
    ["verify-ok", /^Flash written and verified! jolly good!/],
    [
      "write-failed",
      /^(?:stlink_fwrite_flash\(\) == -1|stlink_flash_loader_run\(.*\) failed|Failed to write flash|Write error|Flash loader (?:write|run) error|flash loader run error)/i,
    ],
    ["loader-failed", /^(?:stlink_flash_loader_init\(\) failed|Flash loader(?: is)? not (?:loaded|valid))/i],
    ["write-protection", /^(?:Flash (?:memory )?is write protected|Failed to unlock (?:flash|option))/i],
    [
      "erase-failed",
      /^(?:Failed to erase_flash_page\((?<address>0x[0-9a-f]+)\)|Flash (?:memory )?erase (?:error|failed))/i,
    ],
    [
      "outside-flash",
      /^(?:addr (?<address>0x[0-9a-f]+) is not (?:a )?valid|addr(?:ess)? too (?:low|high)|addr overruns|unaligned (?:addr|size))/i,
    ],
    ["done", /^Starting verification of write complete/],
    [
      "chatter",
      /^(?:Attempting to write|EraseFlash|Flash page at addr|Finished erasing|Starting Flash write|Successfully loaded flash loader|size: \d+|NRST is not connected|Go to Thumb mode|Set [A-Z]+)/,
    ],
  ]),
  ...formsFrom("st-flash", "github.com/stlink-org/stlink, src/stlink-lib and src/st-flash: its messages", [
    ["not-blank", /^Flash memory contains a non-erased value/],
    ["probe-access", /^Could not open USB device \S+, access error/],
    ["halt-failed", /^Failed to halt the core/],
    ["outside-flash", /^Invalid address, it should be within/],
    ["loader-failed", /^Failed to write flash loader to sram!/],
    ["erased", /^Mass erase completed successfully/],
    ["erase-failed", /^Failed to erase the flash prior to writing/],
    ["file-missing", /^Cannot open file/],
    ["file-invalid", /^Cannot parse \S+ as Intel-HEX file/],
  ]),
];
