import type { Debuggee } from "../debuggee.ts";
import type { MonitorWord } from "./monitor-word.ts";

/** `enable [VECTOR]`, `disable`, `IOclient MASK`, `fileio enable|disable` and `setargs TEXT`; what J-Link has besides needs nothing here. */
function semihosting({ semihosting: own }: Debuggee, rest: string): readonly string[] {
  const [, word = "", value = ""] = /^\s*(\w*)[\s=]*(.*?)\s*$/s.exec(rest) ?? [];
  switch (word.toLowerCase()) {
    case "":
      return [stateOf(own)];
    case "enable":
    case "disable":
      own.isEnabled = word.toLowerCase() === "enable";
      return [stateOf(own)];
    case "ioclient": {
      const mask = /^[1-3]$/.test(value) ? Number(value) : undefined;
      if (mask === undefined) return ["IOclient takes 1 (terminal), 2 (GDB) or 3 (both)"];
      own.clients = mask;
      return [stateOf(own)];
    }
    case "fileio":
      return fileIo(own, value);
    case "setargs":
      own.commandLine = value.replace(/^"(.*)"$/s, "$1");
      return [`the firmware's command line is "${own.commandLine}"`];
    default:
      return [`semihosting ${word}: accepted, and not needed here`];
  }
}

/** OpenOCD's `arm semihosting_fileio`: `enable`, `disable`, or neither to ask. */
function fileIo(own: Debuggee["semihosting"], word: string): readonly string[] {
  if (/^(?:enable|disable)$/i.test(word)) own.isFileIo = word.toLowerCase() === "enable";
  else if (word !== "") return ["fileio takes enable or disable"];
  return [
    own.isFileIo
      ? "File-I/O is on: the firmware's files, console, clock and commands are those of GDB's machine"
      : "File-I/O is off: the server's machine serves the firmware",
  ];
}

const PLACES: { readonly [mask: number]: string } = {
  1: "the terminal's port",
  2: "GDB",
  3: "the terminal's port and GDB",
};

const stateOf = ({ isEnabled, clients }: Debuggee["semihosting"]): string =>
  isEnabled ? `semihosting is on; its output goes to ${PLACES[clients]}` : "semihosting is off";

/** OpenOCD's and pyOCD's words: `arm semihosting enable`, `arm semihosting_fileio enable`, `arm semihosting_cmdline TEXT`. */
function arm(debuggee: Debuggee, rest: string): readonly string[] {
  const [, word = "", value = ""] = /^\s*(\w*)\s*(.*)$/s.exec(rest) ?? [];
  if (word.toLowerCase() === "semihosting") return semihosting(debuggee, value);
  if (word.toLowerCase() === "semihosting_fileio") return fileIo(debuggee.semihosting, value.trim());
  if (word.toLowerCase() === "semihosting_cmdline") return semihosting(debuggee, `setargs ${value}`);
  return [`arm ${word}: accepted, and not needed here`];
}

/** Words that turn semihosting on and off. */
export const SEMIHOSTING_WORDS: { readonly [word: string]: MonitorWord } = {
  semihosting: {
    help: "semihosting enable|disable|IOclient 1|2|3|fileio enable|setargs TEXT: the firmware's BKPT 0xAB is served or stops the core",
    run: semihosting,
  },
  arm: { help: "arm semihosting enable|disable: the same in OpenOCD's words", run: arm },
};
