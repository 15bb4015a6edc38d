import type { ImpossibleCommand } from "../command.ts";

const JTAG = "it works on a JTAG chain, and Flashproof speaks SWD";
const TRACE = "it needs trace hardware (ETM, ETB) that Flashproof doesn't drive";
const SWO = "SWO is captured by `flashproof swo`, not by these commands";
const FLASHER = "it works on the files of a SEGGER Flasher";
const SETTINGS = "it shows or changes settings stored in the probe, which Flashproof leaves alone";
const SUPPLY = "Flashproof leaves the probe's supplies alone: power the board by itself";
const OLD_CORE = "it is for ARM7, ARM9 and ARM11 cores; a Cortex-M has no such registers";

/**
 * Commands that J-Link Commander has and that can't work here: they are never unknown, they say why, and they fail
 * (UM08001 V6.22 3.2.1, kb.segger.com/J-Link_Commander, `?` pages in public logs).
 */
export const IMPOSSIBLE_COMMANDS: readonly ImpossibleCommand[] = [
  { names: ["be"], why: "every chip that Flashproof knows is little endian" },
  { names: ["term"], why: "it reads the debug communication channel until a key is pressed" },
  { names: ["wm"], why: "where J-Link writes its test words isn't documented, so nothing is written" },
  { names: ["TestCSpeed"], why: "how J-Link measures the core's clock isn't documented" },
  { names: ["vtref"], why: SUPPLY },
  { names: ["hwinfo"], why: "Flashproof doesn't read the probe's own meters; st shows the voltage" },
  { names: ["calib", "calibrate"], why: "it calibrates the probe's own meter" },
  { names: ["conf", "ShowConf"], why: SETTINGS },
  { names: ["rconf"], why: SETTINGS },
  { names: ["wconf"], why: SETTINGS },
  { names: ["ipaddr"], why: SETTINGS },
  { names: ["gwaddr"], why: SETTINGS },
  { names: ["dnsaddr"], why: SETTINGS },
  { names: ["vcom"], why: SETTINGS },
  { names: ["bootmode"], why: "it puts the probe into its boot loader" },
  { names: ["reboot"], why: "it restarts the probe" },
  { names: ["ecp"], why: "there is no control panel" },
  { names: ["i", "JTAGId"], why: JTAG },
  { names: ["wjc", "wjir"], why: JTAG },
  { names: ["wjd", "wjdr"], why: JTAG },
  { names: ["wjraw", "wjr"], why: JTAG },
  { names: ["rtap"], why: JTAG },
  { names: ["rt"], why: JTAG },
  { names: ["is"], why: JTAG },
  { names: ["ms"], why: JTAG },
  { names: ["mr"], why: JTAG },
  { names: ["etm"], why: TRACE },
  { names: ["re"], why: TRACE },
  { names: ["we"], why: TRACE },
  { names: ["es"], why: TRACE },
  { names: ["etb"], why: TRACE },
  { names: ["rb"], why: TRACE },
  { names: ["wb"], why: TRACE },
  { names: ["TClear"], why: TRACE },
  { names: ["TSetSize"], why: TRACE },
  { names: ["TSetFormat"], why: TRACE },
  { names: ["TSR"], why: TRACE },
  { names: ["TStart"], why: TRACE },
  { names: ["TStop"], why: TRACE },
  { names: ["TAddInst"], why: TRACE },
  { names: ["TAddBranch"], why: TRACE },
  { names: ["SWOSpeed"], why: SWO },
  { names: ["SWOStart"], why: SWO },
  { names: ["SWOStop"], why: SWO },
  { names: ["SWOStat"], why: SWO },
  { names: ["SWORead"], why: SWO },
  { names: ["SWOShow"], why: SWO },
  { names: ["SWOFlush"], why: SWO },
  { names: ["SWOView"], why: SWO },
  { names: ["PowerTrace"], why: SUPPLY },
  { names: ["PERConf"], why: TRACE },
  { names: ["PERStart"], why: TRACE },
  { names: ["PERStop"], why: TRACE },
  { names: ["PERStat"], why: TRACE },
  { names: ["PERRead"], why: TRACE },
  { names: ["PERShow"], why: TRACE },
  { names: ["rce"], why: OLD_CORE },
  { names: ["wce"], why: OLD_CORE },
  { names: ["ice"], why: OLD_CORE },
  { names: ["ri"], why: OLD_CORE },
  { names: ["wi"], why: OLD_CORE },
  { names: ["fwrite", "fwr"], why: FLASHER },
  { names: ["fread", "frd"], why: FLASHER },
  { names: ["fshow"], why: FLASHER },
  { names: ["fdelete", "fdel"], why: FLASHER },
  { names: ["fsize", "fsz"], why: FLASHER },
  { names: ["flist"], why: FLASHER },
];
