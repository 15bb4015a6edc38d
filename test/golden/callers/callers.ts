/** One program that runs J-Link Commander: how it calls it, what it sends, and what it looks for. */
export interface Caller {
  readonly name: string;
  /** Where the call was read: a section of its repository, or public logs. */
  readonly source: string;
  /** Arguments; the script of the call stands as `SCRIPT`, the device as `DEVICE`. */
  readonly args: readonly string[];
  /** The script's bytes; where `stdin` is set they come by that. */
  readonly script: string;
  readonly stdin?: true;
  /** The call stays in the background while its caller reads this from TCP port 19021, and then ends it by a signal. */
  readonly terminal?: string;
  /** What the caller takes for success: an exit code, texts that must be there, and texts that mustn't. */
  readonly success: Judgement;
  /** The same on a board without power. */
  readonly failure: Judgement;
}

/** What a run must look like. */
export interface Judgement {
  readonly exit: 0 | 1;
  readonly has?: readonly (string | RegExp)[];
  readonly lacks?: readonly (string | RegExp)[];
}

const NO_TARGET = "Could not connect to the target device.";
const LIST_ENTRY = /^J-Link\[0\]: Connection: USB, Serial number: (\d+), ProductName: (.+)$/m;

/** The run of a caller that reads nothing but the exit code. */
const byExitCode = { success: { exit: 0 }, failure: { exit: 1, has: [NO_TARGET] } } as const;

/** J-Link answers 0 whatever happened, and so do we: the caller is none the wiser, its user reads the text. */
const byNothing = { success: { exit: 0, has: [/^O\.K\.$/m] }, failure: { exit: 0, has: [NO_TARGET] } } as const;

const WEST = [
  "-nogui",
  "1",
  "-if",
  "swd",
  "-speed",
  "auto",
  "-device",
  "DEVICE",
  "-CommanderScript",
  "SCRIPT",
  "-nogui",
  "1",
];
const PLATFORMIO = [
  "-device",
  "DEVICE",
  "-speed",
  "4000",
  "-if",
  "swd",
  "-autoconnect",
  "1",
  "-CommanderScript",
  "SCRIPT",
];
const TOCK = ["-device", "DEVICE", "-if", "swd", "-speed", "1200", "-AutoConnect", "1", "-jtagconf", "-1,-1"];
const TOCK_SCRIPT = [...TOCK, "-CommanderScript", "SCRIPT"];
const RIOT = ["-SelectEmuBySN", "59304712", "-device", "DEVICE", "-speed", "2000", "-if", "SWD", "-jtagconf", "-1,-1"];

const west = (...load: readonly string[]) =>
  ["ExitOnError 1", "r", "LE", ...load, "g", "writeDP 1 0", "readDP 1", "q", ""].join("\n");
const tockFailures = ["USB...FAILED", "Can not connect to target.", "Error while programming flash"];

/** Every caller of the Commander whose call is known; the GDB server's and the DLL's callers are none of them. */
export const CALLERS: readonly Caller[] = [
  {
    name: "Zephyr west flash, hex",
    source: "zephyr scripts/west_commands/runners/jlink.py",
    args: WEST,
    script: west('loadfile "small.hex"'),
    ...byExitCode,
  },
  {
    name: "Zephyr west flash --erase, bin",
    source: "zephyr scripts/west_commands/runners/jlink.py",
    args: ["-USB", "59304712", ...WEST],
    script: west("erase", 'loadfile "app.bin" 0x8000', "r"),
    ...byExitCode,
  },
  {
    name: "Zephyr west flash, reset type, start address, loader",
    source: "zephyr scripts/west_commands/runners/jlink.py",
    args: WEST.map((word) => (word === "DEVICE" ? "DEVICE?Default" : word)),
    script: `RSetType 2\n${west('loadfile "small.hex"', "r", "WReg PC 0x00000410")}`,
    ...byExitCode,
  },
  {
    name: "PlatformIO, loadbin with a comma",
    source: "platform-nordicnrf52 builder/main.py",
    args: PLATFORMIO,
    script: 'h\nloadbin "app.bin",0x8000\nr\nq',
    ...byNothing,
  },
  {
    name: "PlatformIO, comma and blank, JTAG options",
    source: "platforms of PlatformIO",
    args: ["-jtagconf", "-1,-1", ...PLATFORMIO, "-NoGui", "1"],
    script: "h\nloadbin app.bin, 0x8000\nr\nq",
    ...byNothing,
  },
  {
    name: "PlatformIO, vendor builder",
    source: "platforms of PlatformIO",
    args: PLATFORMIO,
    script: "EoE 1\nh\nloadfile small.hex\nr\nsetPC 0x410\ngo\nq",
    ...byExitCode,
  },
  {
    name: "RIOT jlink.sh flash",
    source: "RIOT dist/tools/jlink/jlink.sh",
    args: [...RIOT, "-commandfile", "SCRIPT"],
    script: "loadbin app.bin 0x8000\nr\ng\nexit\n",
    ...byNothing,
  },
  {
    name: "RIOT jlink.sh, newer",
    source: "RIOT dist/tools/jlink/jlink.sh",
    args: [...RIOT, "-exitonerror", "1", "-commandfile", "SCRIPT"],
    script: "loadbin app.bin 0x8000\nr\ng\nexit\n",
    ...byExitCode,
  },
  {
    name: "RIOT jlink.sh term_rtt",
    source: "RIOT dist/tools/jlink/jlink.sh",
    args: [...RIOT, "-commandfile", "SCRIPT"],
    script: "connect\n",
    terminal: "RTT on a K24: hello\r\n",
    success: { exit: 0, has: ["Cortex-M4 identified."] },
    failure: { exit: 0, has: [NO_TARGET] },
  },
  {
    name: "MCUXpresso flash action",
    source: "community.nxp.com, Problem flashing k24 jlink",
    args: ["-Device", "DEVICE", "-If", "SWD", "-Speed", "4000", "-CommandFile", "SCRIPT"],
    script: 'ExitOnError 1\nr\nh\nloadfile "app.bin" 0x8000\nverifybin "app.bin" 0x8000\n',
    ...byExitCode,
  },
  {
    name: "tockloader, flash and verify",
    source: "tockloader jlinkexe.py",
    args: TOCK_SCRIPT,
    script: "h\nr\nloadbin app.bin, 0x8000\nverifybin app.bin, 0x8000\nr\nh\ng\nq",
    success: { exit: 0, has: ["Verify successful."], lacks: tockFailures },
    failure: { exit: 0, has: [NO_TARGET], lacks: ["Verify successful."] },
  },
  {
    name: "tockloader, read",
    source: "tockloader jlinkexe.py",
    args: TOCK_SCRIPT,
    script: "savebin read.bin, 0x8000 512\nr\nh\ng\nq",
    success: { exit: 0, has: ["Reading 1298 bytes from addr 0x00008000 into file...O.K."], lacks: tockFailures },
    failure: { exit: 0, has: [NO_TARGET] },
  },
  {
    name: "tockloader, list",
    source: "tockloader jlinkexe.py",
    args: ["-CommanderScript", "SCRIPT"],
    script: "ShowEmuList\nq",
    success: { exit: 0, has: [LIST_ENTRY], lacks: tockFailures },
    failure: { exit: 0, has: [LIST_ENTRY] },
  },
  {
    name: "nanoFirmwareFlasher",
    source: "nanoFirmwareFlasher JLinkCli.cs",
    args: ["-device", "DEVICE", "-si", "SWD", "-CommandFile", "SCRIPT"],
    script: "USB\nspeed auto\nHalt\nLoadFile app.bin 0x8000\nReset\nGo\nExit\n",
    success: { exit: 0, has: ["Flash download: Program & Verify", "O.K."] },
    failure: { exit: 0, has: [NO_TARGET], lacks: ["Flash download: Program & Verify"] },
  },
  {
    name: "nanoFirmwareFlasher, mass erase",
    source: "nanoFirmwareFlasher JLinkCli.cs",
    args: ["-device", "DEVICE", "-si", "SWD", "-CommandFile", "SCRIPT"],
    script: "USB\nspeed auto\nHalt\nErase\nExit\n",
    success: { exit: 0, has: ["Erasing done."] },
    failure: { exit: 0, lacks: ["Erasing done."] },
  },
  {
    name: "vendor SDK, probe list by a pipe",
    source: "scripts of several SDKs",
    args: ["-NoGui", "1"],
    script: "ShowEmuList\nexit\n",
    stdin: true,
    success: { exit: 0, has: [/Serial number: ([0-9]*),/] },
    failure: { exit: 0, has: [/Serial number: ([0-9]*),/] },
  },
  {
    name: "vendor SDK, -CommandFile /dev/stdin",
    source: "scripts of several SDKs",
    args: ["-device", "DEVICE", "-if", "SWD", "-speed", "4000", "-CommandFile", "/dev/stdin"],
    script: "loadfile app.bin 0x8000\nexit\n",
    stdin: true,
    ...byNothing,
  },
  {
    name: "scripts with a session of their own",
    source: "public scripts",
    args: ["-ExitOnError", "1", "-CommandFile", "SCRIPT"],
    script: "si 1\r\nspeed 4000\r\ndevice DEVICE\r\nconnect\r\nloadfile app.bin 0x8000\r\nqc\r\n",
    success: { exit: 0, has: ["O.K.", "Script processing completed.", "Cortex-M4 identified."] },
    failure: { exit: 1, has: [NO_TARGET], lacks: ["identified."] },
  },
  {
    name: "scripts that keep a log",
    source: "public scripts",
    args: ["-device", "DEVICE", "-if", "SWD", "-speed", "4000", "-log", "run.log", "SCRIPT"],
    script: "log session.log\nloadfile app.bin 0x8000 noreset\nverifybin app.bin 0x8000\nq\n",
    success: { exit: 0, has: ["Verify successful."] },
    failure: { exit: 0, has: [NO_TARGET] },
  },
];
