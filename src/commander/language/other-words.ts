import { nearest } from "../../base/nearest.ts";
import { findCommand } from "./command.ts";
import { COMMANDS } from "./command-list.ts";

/**
 * Words that people type for a command of J-Link Commander: from GDB, OpenOCD, pyOCD and Flashproof's own command line.
 * Each names a call, as one types it.
 */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  "flash verify_image program load download loadhex write_image burn load_image": "LoadFile FILE [ADDRESS]",
  "verify compare cmp verify_bin verifyfile checkbin": "VerifyBin FILE, ADDRESS",
  "save dump_image savehex read_flash readbin upload savemem": "SaveBin FILE, ADDRESS, LENGTH",
  "dump md mdb x xd hexdump peek readmem": "mem ADDRESS, LENGTH",
  "mdw read read32 r32 rw cmd32": "mem32 ADDRESS, COUNT",
  "mdh read16": "mem16 ADDRESS, COUNT",
  "mww write write32 poke w32 wr": "w4 ADDRESS, VALUE",
  "mwb write8 w8b": "w1 ADDRESS, VALUE",
  "mwh write16": "w2 ADDRESS, VALUE",
  "run resume continue cont start goto c": "g",
  "stop break pause suspend": "h",
  "stepi si1 stepinto next": "s",
  "reg registers showregs info": "regs",
  "quit bye end close disconnect logout shutdown stopscript": "q",
  "erasechip eraseall erase_all mass_erase masserase chiperase recover": "erase, or for a locked chip unlock FAMILY",
  "help commands h? man usage": "?",
  "wait delay pause_ms": "Sleep MILLISECONDS",
  "list probes emulist showprobes": "ShowEmuList",
  "chips devices targets devlist": "ExpDevList FILE",
  "interface select transport wire tif": "SelectInterface SWD",
  "freq frequency adapter clock": "speed KHZ",
  "target chip dev part": "device NAME",
  "version ver about": "ShowFWInfo",
  "bp breakpoint b": "SetBP ADDRESS",
  "rbp delete clearbreakpoint": "ClearBP HANDLE",
  "echo print puts": "// comments: nothing prints a text",
};

const BY_WORD = new Map(
  Object.entries(OTHER_WORDS).flatMap(([words, call]) =>
    words.split(" ").map((word): [string, string] => [word, call]),
  ),
);

/** The call that was probably meant by a word that is no command; undefined where none is near. */
function meantBy(word: string): string | undefined {
  const plain = word.toLowerCase();
  return BY_WORD.get(plain) ?? nearestCommand(plain) ?? nearestOther(plain);
}

/** Short names are too alike for a guess by letters. */
const SHORTEST = 4;

function nearestOther(word: string): string | undefined {
  const words = [...BY_WORD.keys()].filter((each) => each.length >= SHORTEST);
  const near = word.length < SHORTEST ? undefined : nearest(word, words);
  return near === undefined ? undefined : BY_WORD.get(near);
}

function nearestCommand(word: string): string | undefined {
  if (word.length < SHORTEST) return undefined;
  const names = COMMANDS.flatMap(({ names: all }) => all.map((name) => name.toLowerCase()));
  const near = nearest(
    word,
    names.filter((name) => name.length >= SHORTEST),
  );
  return near === undefined ? undefined : findCommand(COMMANDS, near)?.names[0];
}

/** The files that commands take. */
const FILE_NAME = /^[^"]*?\S\s+\S*?[^"]*\.(?:hex|ihex|bin|elf|axf|out|srec|s19|s28|s37|mot|uf2)(?=$|[\s,])/i;

/** The path that has blanks and no quotes at the start of a command's arguments; undefined where there is none. */
export function unquotedPath(rest: string): string | undefined {
  const [path] = FILE_NAME.exec(rest) ?? [];
  return path !== undefined && !path.includes(",") ? path : undefined;
}

/** What to do about a word that is no command, as hints; none where nothing is known. */
export function unknownWordHints(word: string): readonly string[] {
  if (word.startsWith("#")) return ["Comments begin with //, not with #."];
  const meant = meantBy(word);
  return meant === undefined ? [] : [`Did you mean ${meant}? The command ? lists all.`];
}
