import type { ArgumentSpec, CommandSpec } from "./command.ts";

const address: ArgumentSpec = { name: "Addr", kind: "address" };
const count: ArgumentSpec = { name: "NumItems", kind: "hex" };
const index: ArgumentSpec = { name: "RegIndex", kind: "hex" };
const data: ArgumentSpec = { name: "Data", kind: "hex" };
const resetChoice: ArgumentSpec = { name: "reset", kind: "choice", choices: ["noreset", "reset"], optional: true };

/** Syntax that also the `Syntax:` lines of public logs show, or that the manual's table gives. */
const LOAD_SYNTAX = "<filename> [<addr>] [, <noreset | reset>]";
const MEM_SYNTAX = "[<Zone>:]<Addr>, <NumItems> (hex)";

/**
 * Every command of J-Link Commander that Flashproof knows (UM08001 V6.22 3.2.1, kb.segger.com/J-Link_Commander,
 * `?` pages in public logs). Adding one is one entry here and one handler of the same name.
 */
export const COMMANDS = [
  { names: ["?"], group: "Session", args: [], help: "shows this list", needs: "none" },
  { names: ["connect", "con"], group: "Session", args: [], help: "connects to the target", needs: "none" },
  {
    names: ["device"],
    group: "Session",
    args: [{ name: "DeviceName", kind: "rest" }],
    help: "selects the device",
    needs: "none",
  },
  {
    names: ["SelectInterface", "si", "if"],
    group: "Session",
    args: [{ name: "Interface", kind: "text" }],
    help: "selects the wire: 0 or JTAG, 1 or SWD",
    needs: "none",
  },
  {
    names: ["speed"],
    group: "Session",
    args: [{ name: "freq", kind: "text" }],
    syntax: "speed <freq> | auto | adaptive",
    help: "sets the wire's speed in kHz",
    needs: "none",
  },
  {
    names: ["exec"],
    group: "Session",
    args: [{ name: "Command", kind: "rest" }],
    help: "runs a command string of the DLL",
    needs: "none",
  },
  {
    names: ["ExitOnError", "eoe"],
    group: "Session",
    args: [{ name: "1 | 0", kind: "choice", choices: ["1", "0"] }],
    help: "ends a script at the first error",
    needs: "none",
  },
  {
    names: ["Sleep"],
    group: "Session",
    args: [{ name: "ms", kind: "decimal" }],
    help: "waits, on the target's clock",
    needs: "none",
  },
  {
    names: ["log"],
    group: "Session",
    args: [{ name: "filename", kind: "file" }],
    help: "writes a log file",
    needs: "none",
  },
  { names: ["le"], group: "Session", args: [], help: "little endian, the only one there is", needs: "none" },
  {
    names: ["ShowEmuList"],
    group: "Session",
    args: [{ name: "interface", kind: "choice", choices: ["USB", "IP"], optional: true }],
    help: "lists the probes that can be seen",
    needs: "none",
  },
  {
    names: ["ShowFWInfo", "f"],
    group: "Session",
    args: [],
    help: "shows the probe's firmware and hardware",
    needs: "probe",
  },
  {
    names: ["ShowHWStatus", "st"],
    group: "Session",
    args: [],
    help: "shows voltage, current and pins",
    needs: "probe",
  },
  { names: ["q", "qc", "exit"], group: "Session", args: [], help: "closes the connection and ends", needs: "none" },

  { names: ["halt", "h"], group: "Core", args: [], help: "halts the core and shows its registers", needs: "target" },
  { names: ["IsHalted", "ih"], group: "Core", args: [], help: "says whether the core is halted", needs: "target" },
  {
    names: ["WaitHalt", "wh"],
    group: "Core",
    args: [{ name: "Timeout", kind: "decimal", optional: true }],
    help: "waits until the core is halted (1000 ms)",
    needs: "target",
  },
  {
    names: ["go", "g"],
    group: "Core",
    args: [
      { name: "NumSteps", kind: "hex", optional: true },
      { name: "Flags", kind: "hex", optional: true },
    ],
    help: "starts the core",
    needs: "target",
  },
  { names: ["reset", "r"], group: "Core", args: [], help: "resets and halts", needs: "target" },
  {
    names: ["ResetX", "rx"],
    group: "Core",
    args: [{ name: "DelayAfterReset", kind: "decimal" }],
    help: "resets, waits, halts",
    needs: "target",
  },
  { names: ["rnh"], group: "Core", args: [], help: "resets without halting", needs: "target" },
  {
    names: ["RSetType", "rst"],
    group: "Core",
    args: [{ name: "type", kind: "hex" }],
    help: "selects the kind of reset",
    needs: "none",
  },
  {
    names: ["step", "s"],
    group: "Core",
    args: [{ name: "NumSteps", kind: "decimal", optional: true }],
    help: "executes single instructions",
    needs: "target",
  },
  { names: ["regs"], group: "Core", args: [], help: "shows the registers", needs: "target" },
  {
    names: ["rreg"],
    group: "Core",
    args: [{ name: "RegName", kind: "text" }],
    help: "shows one register",
    needs: "target",
  },
  {
    names: ["wreg"],
    group: "Core",
    args: [
      { name: "RegName", kind: "text" },
      { name: "Value", kind: "hex" },
    ],
    help: "writes one register",
    needs: "target",
  },
  {
    names: ["SetPC"],
    group: "Core",
    args: [{ name: "addr", kind: "hex" }],
    help: "sets the program counter",
    needs: "target",
  },
  {
    names: ["SetBP"],
    group: "Core",
    args: [
      { name: "addr", kind: "hex" },
      { name: "mode", kind: "choice", choices: ["A", "T", "W", "H"], optional: true },
      { name: "kind", kind: "choice", choices: ["S", "H"], optional: true },
    ],
    syntax: "SetBP <addr> [[A/T]/[W/H]] [S/H]",
    help: "sets a breakpoint",
    needs: "target",
  },
  {
    names: ["ClearBP", "clrBP"],
    group: "Core",
    args: [{ name: "BP_Handle", kind: "hex" }],
    help: "clears a breakpoint",
    needs: "target",
  },

  {
    names: ["mem"],
    group: "Memory",
    args: [address, count],
    syntax: `mem ${MEM_SYNTAX}`,
    help: "shows bytes and characters",
    needs: "target",
  },
  {
    names: ["mem8"],
    group: "Memory",
    args: [address, count],
    syntax: `mem8 ${MEM_SYNTAX}`,
    help: "shows bytes",
    needs: "target",
  },
  {
    names: ["mem16"],
    group: "Memory",
    args: [address, count],
    syntax: `mem16 ${MEM_SYNTAX}`,
    help: "shows halfwords",
    needs: "target",
  },
  {
    names: ["mem32"],
    group: "Memory",
    args: [address, count],
    syntax: `mem32 ${MEM_SYNTAX}`,
    help: "shows words",
    needs: "target",
  },
  {
    names: ["mem64"],
    group: "Memory",
    args: [address, count],
    syntax: `mem64 ${MEM_SYNTAX}`,
    help: "shows double words",
    needs: "target",
  },
  { names: ["w1", "write1"], group: "Memory", args: [address, data], help: "writes a byte", needs: "target" },
  { names: ["w2", "write2"], group: "Memory", args: [address, data], help: "writes a halfword", needs: "target" },
  { names: ["w4", "write4"], group: "Memory", args: [address, data], help: "writes a word", needs: "target" },
  {
    names: ["w8", "write8"],
    group: "Memory",
    args: [address, { name: "Data", kind: "hex64" }],
    help: "writes a double word",
    needs: "target",
  },

  {
    names: ["LoadFile"],
    group: "Flash and files",
    args: [{ name: "filename", kind: "file" }, { name: "addr", kind: "address", optional: true }, resetChoice],
    syntax: `LoadFile ${LOAD_SYNTAX}`,
    help: "programs a file: .bin .hex .srec .elf",
    needs: "target",
  },
  {
    names: ["LoadBin"],
    group: "Flash and files",
    args: [{ name: "filename", kind: "file" }, { name: "addr", kind: "address", optional: true }, resetChoice],
    syntax: `LoadBin ${LOAD_SYNTAX}`,
    help: "the same",
    needs: "target",
  },
  {
    names: ["SaveBin"],
    group: "Flash and files",
    args: [
      { name: "filename", kind: "file" },
      { name: "addr", kind: "address" },
      { name: "NumBytes", kind: "hex" },
    ],
    help: "saves memory to a file",
    needs: "target",
  },
  {
    names: ["VerifyBin"],
    group: "Flash and files",
    args: [
      { name: "filename", kind: "file" },
      { name: "addr", kind: "address" },
    ],
    help: "compares a file with memory",
    needs: "target",
  },
  {
    names: ["erase"],
    group: "Flash and files",
    args: [
      { name: "SAddr", kind: "hex", optional: true },
      { name: "EAddr", kind: "hex", optional: "with-previous" },
      resetChoice,
    ],
    syntax: "erase [<SAddr>, <EAddr>] [, <noreset | reset>]",
    help: "erases a range, or the chip",
    needs: "target",
  },
  {
    names: ["unlock"],
    group: "Flash and files",
    args: [{ name: "DeviceName", kind: "text", optional: true }],
    help: "opens a locked chip by a mass erase",
    needs: "probe",
  },

  { names: ["SWDSelect"], group: "Debug port", args: [], help: "switches the wire to SWD", needs: "probe" },
  { names: ["SWDReadDP"], group: "Debug port", args: [index], help: "reads a DP register, raw", needs: "probe" },
  {
    names: ["SWDWriteDP"],
    group: "Debug port",
    args: [index, data],
    help: "writes a DP register, raw",
    needs: "probe",
  },
  {
    names: ["SWDReadAP"],
    group: "Debug port",
    args: [index],
    help: "reads an AP register, raw and posted",
    needs: "probe",
  },
  {
    names: ["SWDWriteAP"],
    group: "Debug port",
    args: [index, data],
    help: "writes an AP register, raw",
    needs: "probe",
  },
  { names: ["ReadDP"], group: "Debug port", args: [index], help: "reads a DP register", needs: "probe" },
  { names: ["WriteDP"], group: "Debug port", args: [index, data], help: "writes a DP register", needs: "probe" },
  { names: ["ReadAP"], group: "Debug port", args: [index], help: "reads an AP register", needs: "probe" },
  { names: ["WriteAP"], group: "Debug port", args: [index, data], help: "writes an AP register", needs: "probe" },

  { names: ["r0"], group: "JTAG and pins", args: [], help: "pulls the reset line", needs: "probe" },
  { names: ["r1"], group: "JTAG and pins", args: [], help: "lets the reset line go", needs: "probe" },
  {
    names: ["JTAGConf", "Config"],
    group: "JTAG and pins",
    args: [
      { name: "IRPre", kind: "decimal" },
      { name: "DRPre", kind: "decimal" },
    ],
    help: "the chip's place in a JTAG chain; SWD has none",
    needs: "none",
  },
] as const satisfies readonly CommandSpec[];

/** The name of a command, as its handler is filed: the first of its names. */
export type CommandName = (typeof COMMANDS)[number]["names"][0];
