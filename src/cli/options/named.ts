import { counted, many, one, oneOr, onOff } from "./declaration.ts";
import * as kinds from "./kinds.ts";

// Every option of the verbs, by its name. A verb takes those of its set (sets.ts); the few that mean different things to
// different verbs stand in objects of their own below.

/** The probe to work with. */
export const probe = one(kinds.SELECTOR, {
  role: "setting",
  help: "VID:PID[:SERIAL], a serial, jlink:SN, dap:SN, ip:HOST[:PORT], twin:CHIP[,key=value...]",
});
/** The chip to work on. */
export const chip = one(kinds.text("name"), { role: "setting", help: "the chip, as its vendor spells it" });
/** Where the chip is described, which then is one of a pack. */
export const pack = one(kinds.FILE_IN, {
  role: "selection",
  help: "a CMSIS-Pack, target file or file of your own that describes the chip and has its flash algorithm",
});
/** The wire's clock; as J-Link Commander's prompt proposes where it is not given. */
export const speed = oneOr(kinds.SPEED, "4M", { role: "setting", help: "wire speed: 4M, or kHz (4000)" });
/** How to come to a core. */
export const connect = one(kinds.choice("how", ["halt", "under-reset", "attach"]), {
  role: "setting",
  help: "how to connect; verbs that only look attach, the others halt",
});
/** What to do about an image that would lock the chip. */
export const security = one(kinds.choice("policy", ["refuse", "keep-open", "as-image"]), {
  role: "consent",
  help: "what to do about security bytes that would lock the chip; refuse unless given",
});
/** Tokens of irreversible acts. */
export const allowIrreversible = many(kinds.text("token"), { role: "consent", help: "the token that `plan` printed" });
/** Consent to the loss of everything on a locked chip. */
export const allowMassErase = onOff({
  role: "consent",
  help: "a locked chip may be mass-erased: everything on it is lost",
});
/** Consent to a program of the sectors that a killed server has left. */
export const restoreBreakpoints = onOff({
  role: "consent",
  help: "give sectors in which a GDB server that was ended by force has left breakpoints their own bytes back",
});
/** Consent to a file of which a part may be missing. */
export const allowIncomplete = onOff({
  role: "consent",
  help: "take a file of which a part may be missing: no end record, or not all of its UF2 blocks",
});
/** Consent to a write that no plan stands behind, where it can erase or lock. */
export const raw = onOff({
  role: "consent",
  help: "also to the flash controller, option bytes and debug registers, where a write can erase or lock",
});
/** Ranges that survive. */
export const keep = many(kinds.RANGE, { role: "selection", help: "A:B or A:+LEN: read before, written back after" });
/** Ranges that an earlier `flash --keep` kept. */
export const keptBefore = many(kinds.RANGE, {
  role: "selection",
  help: "A:B or A:+LEN: what flash --keep kept there is no difference",
});
/** Where to store what is lost. */
export const save = one(kinds.FILE_OUT, {
  role: "selection",
  help: "store what will be erased, as Intel HEX, before it is",
});
/** Banks beside the firmware's that an image may change. */
export const bank = many(kinds.text("name"), {
  role: "selection",
  help: "a bank of option bytes, one-time cells or a user row that the image may change, as chips names it",
});
/** A whole bank in place of a range. */
export const wholeBank = {
  bank: one(kinds.text("name"), { role: "selection", help: "a whole bank, as chips names it" }),
};
/** Where an image goes. */
export const base = one(kinds.ADDRESS, {
  role: "selection",
  help: "address of a raw file, offset of the others",
});
/** The plan that is to be done. */
export const plan = one(kinds.FILE_IN, {
  role: "selection",
  help: "do exactly what plan --out wrote down, or nothing; its options are given again",
});
/** Where the plan goes. */
export const out = one(kinds.FILE_OUT, {
  role: "selection",
  help: "keep the plan; flash --plan does it, and nothing else",
});
/** Where memory goes. */
export const output = one(kinds.FILE_OUT, { role: "selection", short: "o", help: "a raw file" });
/** A simulated board in place of the one on the desk. */
export const dryRun = onOff({
  role: "selection",
  help: "on a twin of the chip; nothing else is touched",
});
/** Erase all flash. */
export const chipAll = onOff({ role: "selection", help: "the whole flash" });
/** Sectors to erase. */
export const sectors = one(kinds.RANGE, { role: "selection", help: "whole sectors, addresses on their borders" });
/** The width of each access. */
export const width = oneOr(kinds.choice("bits", [8, 16, 32]), "32", {
  role: "selection",
  help: "bits of each access",
});
/** How a flash erases. */
export const eraseBy = oneOr(kinds.choice("how", ["auto", "sectors", "chip"]), "auto", {
  role: "selection",
  help: "auto erases several sectors by one command where that is quicker and loses nothing more, sectors one after the other, chip the whole flash first",
});
/** How flash is programmed. */
export const loader = oneOr(kinds.choice("name", ["ram", "direct"]), "ram", {
  role: "setting",
  help: "ram is our code in the chip's RAM, direct needs no running core",
});
/** What happens after a reset. */
export const halt = onOff({ role: "setting", help: "leave the core halted at its reset vector" });
/** How the chip is compared. */
export const verifyBy = oneOr(kinds.choice("how", ["hash", "read"]), "hash", {
  role: "setting",
  help: "hash compares by two checks that code in the chip's RAM counts, and reads what they don't prove; read reads every byte",
});
/** RAM and registers as they were. */
export const keepRam = onOff({
  role: "setting",
  help: "give the RAM that the loader uses back as it was; flash doesn't where it ends in a reset",
});
/** One reading of flash. */
export const once = onOff({
  role: "request",
  help: "don't read flash (and a halted core's RAM) a second time to prove the first",
});
/** The image that a log is about. */
export const image = one(kinds.FILE_AT, {
  role: "setting",
  help: "FILE[@ADDR] that a log is about: checked against what the log says, and against its chip",
});
/** What of an image or a log fails. */
export const failOn = oneOr(kinds.choice("what", ["brick", "lock", "none", "failure", "unknown"]), "brick", {
  role: "setting",
  help: "exit 1 on findings of an image (brick, lock; none: never), on a log that failed (failure) or says nothing of it (unknown)",
});
/** All of a log's diagnosis. */
export const full = onOff({
  role: "request",
  help: "all of a log's diagnosis: every cause, the steps, the lines not understood, a text to send",
});
/** Private words in the text to send. */
export const keepPrivate = onOff({
  role: "request",
  help: "leave paths, user names and serial numbers in the text to send",
});
/** The rule for Linux. */
export const udev = onOff({
  role: "request",
  help: "print the udev rule that lets you open probes on Linux",
});
/** The text that ends a watch. */
export const until = one(kinds.text("text"), { role: "setting", help: "end as soon as the firmware has said this" });
/** Stand-ins for Windows, on any system. */
export const windows = onOff({
  role: "request",
  help: "also JLink.cmd and JLinkExe.cmd, as on Windows",
});

/** Options of `list` and `doctor` that differ from the other verbs' of the same name. */
export const listing = { probe: many(kinds.SELECTOR, probe) };

/** Options of verbs that watch a simulated board's UART. */
export const watching = {
  uart: one(kinds.UART_FILE, {
    role: "setting",
    help: "stdout or a file: what a simulated board sends on its UART",
  }),
  for: oneOr(kinds.MILLISECONDS, "1000", { role: "setting", help: "how long to watch, in the board's own time" }),
};

/** Options of `erase` that differ from the other verbs' of the same name. */
export const erasing = {
  range: one(kinds.RANGE, { role: "selection", help: "any range; the rest of its sectors is kept" }),
};

/** Options of `rtt`. */
export const rttOptions = {
  channel: oneOr(kinds.wholeNumber("n", "", 0, 0xff), "0", { role: "setting", help: "0 is the terminal" }),
  addr: one(kinds.ADDRESS, {
    role: "setting",
    help: "where the control block is; without it the chip's RAM is searched",
  }),
  range: many(kinds.RANGE, { role: "request", help: "A:B or A:+LEN to search instead" }),
  input: onOff({ role: "request", help: "send what comes by stdin, also where it is no terminal" }),
  for: one(kinds.MILLISECONDS, { role: "setting", help: "end after so long, on a simulated board in its own time" }),
};

/** Options of verbs that listen to the SWO pin. */
export const swoOptions = {
  baud: oneOr(kinds.SPEED, "2M", {
    role: "setting",
    help: "the fastest speed of the SWO pin; both ends agree on one below",
  }),
  clock: one(kinds.SPEED, {
    role: "setting",
    help: "the trace clock, mostly the core's: 120M, or kHz; measured where it is not given, while the core runs",
  }),
  for: one(kinds.MILLISECONDS, { role: "setting", help: "end after so long, on a simulated board in its own time" }),
};

/** What of it `swo` shows. */
export const swoContent = {
  ports: many(kinds.wholeNumber("n", "", 0, 31), {
    role: "setting",
    help: "a stimulus port whose text is printed; 0 unless given",
  }),
  exceptions: onOff({ role: "setting", help: "have exceptions reported, too" }),
  samples: onOff({ role: "setting", help: "have PC sampled, too" }),
  timestamps: onOff({ role: "setting", help: "have local timestamps sent" }),
  packets: onOff({ role: "setting", help: "print every packet in words, in place of the text" }),
  output: one(kinds.FILE_OUT, { role: "selection", short: "o", help: "the bytes as they come, for another tool" }),
};

/** Options of `profile`. */
export const profiling = {
  for: oneOr(kinds.MILLISECONDS, "1000", {
    role: "setting",
    help: "sample for so long, on a simulated board in its own time",
  }),
  html: one(kinds.FILE_OUT, { role: "selection", help: "a flame picture, in one file of HTML" }),
  top: oneOr(kinds.wholeNumber("n", "", 1, 1000), "20", { role: "request", help: "so many lines of the table" }),
};

/** Options of `ui`. */
export const page = {
  port: oneOr(kinds.wholeNumber("port", "", 0, 0xffff), "0", {
    role: "setting",
    help: "TCP port of 127.0.0.1; 0 takes a free one, which is printed",
  }),
  noOpen: onOff({ role: "setting", help: "print the address, and start no browser" }),
};

/** Options of `gdbserver`. */
export const debugging = {
  port: oneOr(kinds.wholeNumber("port", "", 0, 0xffff), "2331", {
    role: "setting",
    help: "TCP port of 127.0.0.1; 0 takes a free one, which is printed",
  }),
  cores: oneOr(kinds.choice("which", ["all", "first"]), "all", {
    role: "setting",
    help: "a port for each core with a debug port of its own, those behind --port; first: the first core alone",
  }),
  onClose: oneOr(kinds.choice("what", ["run", "halt"]), "halt", {
    role: "setting",
    help: "what becomes of the core when GDB closes the connection without detach",
  }),
  flashBreakpoints: oneOr(kinds.choice("when", ["off", "ask", "on"]), "off", {
    role: "consent",
    help: "breakpoints in flash where comparators run out, each change of which erases a sector; ask: once GDB's user says monitor flash breakpoints = 1",
  }),
  singleRun: onOff({ role: "request", help: "end when the first GDB has gone" }),
  rtt: onOff({ role: "setting", help: "serve RTT beside GDB" }),
  rttPort: oneOr(kinds.wholeNumber("port", "", 0, 0xffff), "19021", {
    role: "setting",
    help: "TCP port of 127.0.0.1 for --rtt; 0 takes a free one, which is printed",
  }),
  swoPort: one(kinds.wholeNumber("port", "", 0, 0xffff), {
    role: "setting",
    help: "serve the bytes of the SWO pin on this TCP port (J-Link's is 2332); 0 takes a free one",
  }),
  for: one(kinds.MILLISECONDS, { role: "setting", help: "end by itself after so long" }),
};

/** What firmware may ask of this machine by BKPT 0xAB. */
export const semihostingOptions = {
  semihosting: onOff({ role: "request", help: "serve the firmware's semihosting calls (BKPT 0xAB)" }),
  semihostingDir: one(kinds.FOLDER, {
    role: "request",
    help: "the one folder whose files the firmware may read and write; without it, none",
  }),
  semihostingArgs: one(kinds.text("text"), { role: "request", help: "what the firmware gets as its command line" }),
};

/** The same for `gdbserver`. */
export const debuggedSemihosting = {
  ...semihostingOptions,
  semihostingFileio: onOff({
    role: "request",
    help: "the firmware's files and console are those of GDB's machine (File-I/O), all files that GDB's user may use",
  }),
  exitOnSemihosting: onOff({
    role: "request",
    help: "the firmware's SYS_EXIT ends the program for GDB; without it, it is a stop",
  }),
  telnetPort: one(kinds.wholeNumber("port", "", 0, 0xffff), {
    role: "setting",
    help: "TCP port of 127.0.0.1 for the firmware's console; 0 takes a free one, which is printed",
  }),
};

/** Options of `twin`. */
export const serving = {
  jlink: one(kinds.PORT, { role: "setting", help: "a J-Link over TCP (19020); the next board has the next port" }),
  pyocd: one(kinds.PORT, {
    role: "setting",
    help: "a remote probe for pyOCD over TCP (5555): pyocd ... -u remote:127.0.0.1",
  }),
  usbip: one(kinds.PORT, {
    role: "setting",
    help: "USB devices by USB/IP (3240), one port for all: usbip attach makes them real",
  }),
  beacon: one(kinds.wholeNumber("ms", "milliseconds", 1, 60_000), {
    role: "setting",
    help: "advertise the J-Links on this machine so often; boards then differ by address",
  }),
  pace: oneOr(kinds.choice("how", ["wall", "lockstep"]), "wall", {
    role: "setting",
    help: "whether time passes by itself or only while the board is used",
  }),
  uart: one(kinds.UART_SERVED, { role: "setting", help: "what the chip sends: stdout, tcp:PORT, or a file" }),
  state: one(kinds.FILE_IN, { role: "selection", help: "the board's state, kept when it ends" }),
  fault: one(kinds.text("spec"), { role: "selection", help: "what goes wrong, and when (docs/twin.md)" }),
  for: one(kinds.MILLISECONDS, { role: "setting", help: "end by itself after so long" }),
  untilEof: onOff({ role: "request", help: "end by itself when stdin ends" }),
};

/** One JSON object on stdout. */
export const json = onOff({ role: "setting", help: "one JSON object on stdout" });
/** Progress for programs. */
export const events = one(kinds.choice("form", ["ndjson"]), {
  role: "setting",
  help: "progress as JSON lines on stderr",
});
/** Errors in depth, then the trace. */
export const verbose = counted(kinds.VERBOSITY, {
  role: "setting",
  short: "v",
  help: "after an error: every error beneath it, with its details, and the last packets; -vv: the trace of all layers",
});
/** The trace for programs. */
export const logFile = one(kinds.FILE_OUT, {
  role: "selection",
  help: "append the trace of all layers to a file, as JSON lines",
});
/** Fewer words. */
export const quiet = onOff({ role: "setting", short: "q", help: "results and errors only" });

/** Which jobs are measured, and on what. */
export const benching = {
  job: many(kinds.choice("letter", ["a", "b", "c", "d", "e", "f", "fc", "g", "h", "i"]), {
    role: "request",
    help: "one job of the table; all unless given",
  }),
  model: many(kinds.choice("name", ["jlink", "jlink-hs", "cmsis-dap", "cmsis-dap-hs", "cmsis-dap-v1"]), {
    role: "request",
    help: "one probe model; all unless given",
  }),
  flash: oneOr(kinds.choice("times", ["typ", "max", "zero"]), "typ", {
    role: "request",
    help: "how long flash commands take: as typical, as at most, or no time",
  }),
  openocd: onOff({
    role: "request",
    help: "the same jobs by OpenOCD on the same simulated boards, where it is installed",
  }),
};

/** Where packs come from, what they are used under, and what of one is tried. */
export const packing = {
  sequence: one(kinds.text("name"), {
    role: "request",
    help: "check: runs this debug sequence of the device on no chip, and lists what it would do to one",
  }),
  index: one(kinds.text("url"), { role: "request", help: "the vendor's index of packs, at https://" }),
  acceptLicense: onOff({ role: "consent", help: "agrees to the licence of a pack that is downloaded" }),
};
