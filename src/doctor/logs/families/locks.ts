import type { LogTool } from "../forms/line-form.ts";
import type { FamilyId } from "./families.ts";

/** How a family is locked against a debugger, and how tools open it. */
export interface FamilyLock {
  /** The lock, in the words of the family's manual. */
  readonly what: string;
  /** What decides whether it is set. */
  readonly test: string;
  /** What opening it costs. */
  readonly cost: string;
  /** What to do in each tool's own words; `any` where the tool in use has none. */
  readonly open: { readonly [Tool in LogTool | "any"]?: string };
  /** Flash that refuses to be written or erased: what it is called, and what takes it away. */
  readonly writeProtection?: { readonly what: string; readonly test: string; readonly remedy: readonly string[] };
}

const STM32_TEST = "Read the option bytes: RDP 0xAA is open, 0xCC (level 2) locked for ever, anything else is level 1.";

/** Locks by family. Sources: the vendors' reference manuals, and the tools' own documentation. */
export const FAMILY_LOCKS: { readonly [Id in FamilyId]?: FamilyLock } = {
  kinetis: {
    what: "the security byte FSEC (0x40C) secures it",
    test: "flashproof info says whether the chip is locked; a blank chip that resets over and over can look like it.",
    cost: "A mass erase loses everything on the chip.",
    open: {
      jlink: "J-Link Commander: unlock Kinetis.",
      openocd: "OpenOCD: kinetis mdm mass_erase.",
      pyocd: "pyOCD: pyocd erase --mass.",
      "probe-rs": "probe-rs: --allow-erase-all.",
      any: "The tool's mass erase through the MDM-AP.",
    },
    writeProtection: {
      what: "the region is protected by FPROT",
      test: "Read FPROT0-3 (0x40020010 on Kinetis K): a bit that is 0 protects its region.",
      remedy: [
        "Only a mass erase takes the protection away: flashproof unlock --allow-mass-erase, which loses everything.",
      ],
    },
  },
  "kinetis-ke0": {
    what: "the security byte NV_FSEC secures it",
    test: "Read the MDM-AP's status register: bit 2 says secured.",
    cost: "A mass erase loses everything on the chip.",
    open: { openocd: "OpenOCD: kinetis_ke mdm mass_erase.", any: "The tool's mass erase through the MDM-AP." },
    writeProtection: {
      what: "the region is protected by NV_FPROT",
      test: "Read FTMRE_FPROT: FPOPEN, FPHDIS and FPLDIS say which region is protected.",
      remedy: ["Only a mass erase takes the protection away, and everything with it."],
    },
  },
  s32k1: {
    what: "the security byte FSEC (0x40C) secures it, as on Kinetis",
    test: "Read the MDM-AP's status register: bit 2 says secured, bit 5 whether a mass erase is enabled.",
    cost: "A mass erase loses everything on the chip.",
    open: {
      jlink: "J-Link Commander: connect with the S32K's name and let it unsecure the chip.",
      "probe-rs": "probe-rs: --allow-erase-all.",
      any: "The tool's mass erase through the MDM-AP.",
    },
    writeProtection: {
      what: "the region is protected by FPROT",
      test: "Read FTFC FPROT0-3: a bit that is 0 protects its region.",
      remedy: ["Only a mass erase takes the protection away, and everything with it."],
    },
  },
  stm32: {
    what: "read protection (RDP) keeps debuggers out of its flash",
    test: STM32_TEST,
    cost: "Going back to RDP level 0 erases the flash; level 2 can't be taken back.",
    open: {
      cubeprogrammer: "STM32_Programmer_CLI -c port=SWD mode=UR -ob RDP=0xAA.",
      "stlink-cli": "ST-LINK_CLI -c SWD UR -OB RDP=0.",
      openocd:
        "OpenOCD: reset halt, then the driver's unlock command (stm32f1x unlock 0, stm32f2x unlock 0, stm32l4x unlock 0).",
      jlink: "J-Link: connect with the device's name and let it remove the protection, or run JLinkSTM32.",
      any: "STM32CubeProgrammer: STM32_Programmer_CLI -c port=SWD mode=UR -ob RDP=0xAA.",
    },
    writeProtection: {
      what: "write protection (WRP) or PCROP covers the sector",
      test: "Read the option bytes WRP and PCROP, and compare them with the failing address.",
      remedy: [
        "Take WRP away in the option bytes: STM32_Programmer_CLI -c port=SWD -ob displ shows them.",
        "OpenOCD: flash protect 0 0 last off.",
      ],
    },
  },
  gd32: {
    what: "its security protection (SPC, as RDP) keeps debuggers out of its flash",
    test: "Read the option bytes: SPC 0xA5 is open (0xAA on later ones).",
    cost: "Taking it away erases the flash.",
    open: { openocd: "OpenOCD: stm32f1x unlock 0.", any: "GD-Link Programmer: remove the security protection." },
    writeProtection: {
      what: "write protection in its option bytes covers the sector",
      test: "Read the option bytes WP.",
      remedy: ["Take the write protection away in the option bytes."],
    },
  },
  nrf51: {
    what: "read back protection (UICR RBPCONF) keeps debuggers out of its flash",
    test: "Read UICR.RBPCONF (0x10001004): 0xFFFFFFFF is open.",
    cost: "The erase loses everything on the chip.",
    open: {
      nrfjprog: "nrfjprog --recover.",
      nrfutil: "nrfutil device recover.",
      openocd: "OpenOCD: nrf51 mass_erase.",
      pyocd: "pyOCD: pyocd erase --mass.",
      any: "nrfjprog --recover.",
    },
    writeProtection: {
      what: "code region 0 or BPROT protects the page",
      test: "Read UICR.CLENR0 and BPROT.CONFIG.",
      remedy: ["Erase the whole chip: nrfjprog --eraseall. It loses everything."],
    },
  },
  nrf: {
    what: "APPROTECT closes its debug access port",
    test: "Read the CTRL-AP's APPROTECT.STATUS (0x00C): 0 is protected.",
    cost: "Recovering erases flash, UICR and RAM; chips with hardened APPROTECT close again at each reset unless firmware opens them.",
    open: {
      nrfjprog: "nrfjprog --recover (nRF53: --coprocessor CP_NETWORK first).",
      nrfutil: "nrfutil device recover (nRF53: --core Network too).",
      openocd: "OpenOCD: nrf52_recover (nRF52; the others: nrfutil device recover).",
      pyocd: "pyOCD: pyocd erase --mass.",
      "probe-rs": "probe-rs: --allow-erase-all.",
      jlink: "J-Link Commander: connect with the device's name and let it unsecure the chip.",
      west: "west flash --recover.",
      any: "nrfutil device recover.",
    },
    writeProtection: {
      what: "BPROT, ACL or SPU protects the page until the next reset",
      test: "Read BPROT.CONFIG or the ACLs, right after a reset and before firmware runs.",
      remedy: ["Connect under reset, or recover the chip: nrfutil device recover. It loses everything."],
    },
  },
  lpc: {
    what: "code read protection (CRP) closes its debug port",
    test: "Enter ISP and read the CRP word (0x2FC on LPC17xx and LPC11xx): CRP3 refuses ISP as well.",
    cost: "CRP1 and CRP2 open with a full erase by ISP; CRP3 only by the firmware itself.",
    open: {
      lpc21isp: "lpc21isp -wipe FILE PORT BAUD CLOCK.",
      any: "Enter ISP (ISP pin low at reset) and erase the whole chip: lpc21isp -wipe, or FlashMagic.",
    },
    writeProtection: {
      what: "CRP or the ISP's rules protect the sector",
      test: "Read the CRP word at 0x2FC.",
      remedy: ["Erase the whole chip by ISP."],
    },
  },
  lpc55: {
    what: "its debug authentication (CMPA, CFPA) closes the debug port",
    test: "Ask the debug mailbox: start a debug session and read its answer.",
    cost: "An erase by the debug mailbox loses the flash; sealed fields can't be taken back.",
    open: {
      pyocd: "pyOCD: pyocd erase --mass.",
      linkserver: "LinkServer: connect in ISP mode, then erase.",
      any: "Enter ISP (ISP pin low at reset) and erase with blhost flash-erase-all.",
    },
  },
  "sam-d": {
    what: "the security bit (SSB) closes its debug port",
    test: "Read DSU.STATUSB: bit 0 (PROT) says protected.",
    cost: "A chip erase loses everything on the chip.",
    open: {
      edbg: "edbg -e -t TARGET.",
      openocd: "OpenOCD: at91samd chip-erase.",
      any: "A chip erase through the DSU: OpenOCD at91samd chip-erase, or edbg -e.",
    },
    writeProtection: {
      what: "BOOTPROT or a region lock protects the row",
      test: "Read the NVM user row (0x804000): BOOTPROT is bits 2:0, the region locks bits 63:48.",
      remedy: [
        "OpenOCD: at91samd bootloader 0 takes BOOTPROT away; then reset the chip.",
        "Is there a boot loader that the application has to stand behind? Then link it for the address after it (0x2000 with Arduino's).",
      ],
    },
  },
  sam: {
    what: "the security bit (GPNVM 0) closes its debug port",
    test: "Measure whether the ERASE pin opens it; until then every access is refused.",
    cost: "The ERASE pin erases the whole flash.",
    open: {
      bossac: "bossac can't reach it: pull the ERASE pin high for a second.",
      any: "Pull the ERASE pin high for a second, then power it again.",
    },
    writeProtection: {
      what: "a lock region of the flash controller (EEFC) protects the page",
      test: "Read the lock bits: bossac -i, or OpenOCD flash info 0.",
      remedy: ["bossac -u unlocks all regions.", "OpenOCD: flash protect 0 0 last off."],
    },
  },
  efm32: {
    what: "its debug lock closes the debug port",
    test: "Read the AAP: if only it answers, the debug lock is set.",
    cost: "Unlocking erases flash and RAM.",
    open: {
      any: "Simplicity Commander: commander device recover; commander device lock --debug disable.",
      openocd: "Simplicity Commander: commander device lock --debug disable.",
    },
    writeProtection: {
      what: "a page lock word (PLW) protects the page",
      test: "Read the lock bits page (0x0FE04000).",
      remedy: ["Unlock the device by its AAP, which erases everything."],
    },
  },
  mspm0: {
    what: "the NONMAIN configuration closes its debug port",
    test: "Ask by DSSM whether a mass erase or factory reset is allowed.",
    cost: "A factory reset loses MAIN and NONMAIN; NONMAIN can forbid it for ever.",
    open: { any: "UniFlash: DSSM factory reset, with the reset button where it asks." },
    writeProtection: {
      what: "static write protection in NONMAIN covers the sector",
      test: "Read NONMAIN's FLASHSWP words.",
      remedy: ["Change NONMAIN, which erases it first: keep the power on until it is written again."],
    },
  },
  imxrt: {
    what: "its fuses (JTAG_SMODE, SEC_CONFIG) or HAB close the debug port",
    test: "Boot it in serial download mode and read the fuses.",
    cost: "Fuses can't be taken back.",
    open: {
      any: "Put the boot mode pins to serial download and connect: firmware that turns debugging off does not run then.",
    },
  },
  esp32: {
    what: "its eFuses (JTAG disable, flash encryption) close it",
    test: "espefuse.py summary.",
    cost: "eFuses can't be taken back.",
    open: { any: "espefuse.py summary says which fuse it is." },
  },
};

/** The texts for a lock where the family is not known. */
export const ANY_LOCK: FamilyLock = {
  what: "a lock of its maker's (RDP, APPROTECT, CRP, a security bit) keeps debuggers out",
  test: "Read a word of RAM and one of flash: if RAM reads and flash doesn't, the flash is read-protected; if neither, the debug port is closed.",
  cost: "Opening it erases the chip in almost every family.",
  open: { any: "Name the chip, and use its vendor's recover or unlock command." },
  writeProtection: {
    what: "the chip's write protection covers the place",
    test: "Read the protection settings of the failing address with the vendor's tool.",
    remedy: ["Take the protection away with the vendor's tool, or program another place."],
  },
};
