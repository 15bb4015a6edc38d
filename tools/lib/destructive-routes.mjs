// @ts-check
// Every way to do something that destroys, and what agrees to it: the data of docs/safety.md. A test holds the verbs,
// options and commands that are named here against the tables of the program.

/**
 * @typedef {object} Route
 * @property {string} [verb] a verb of Flashproof's own
 * @property {readonly string[]} [flags] its options that agree to the act, by their long names
 * @property {readonly string[]} [commands] commands of the Commander, where the script's own line is the consent
 * @property {string} [other] a route that is neither
 * @property {string} consent what agrees to it
 * @property {string} said what is said before it happens
 */

/** @typedef {{ readonly act: string, readonly loses: string, readonly routes: readonly Route[] }} DestructiveAct */

/** @type {readonly DestructiveAct[]} */
export const DESTRUCTIVE_ACTS = [
  {
    act: "erase sectors",
    loses: "the bytes in them; `--range` and `--keep` write back what they don't name",
    routes: [
      {
        verb: "erase",
        flags: ["--sectors", "--range"],
        consent: "the range itself",
        said: "nothing: it was asked for",
      },
      { verb: "flash", consent: "the files: only sectors that they touch", said: "the plan; `--dry-run` shows it" },
      {
        verb: "gdbserver",
        flags: ["--flash-breakpoints"],
        consent:
          "`--flash-breakpoints on`, or `ask` and GDB's `monitor flash breakpoints = 1`: a sector gets its own bytes back at the end",
        said: "the sector and the count of its erases, on the server's console",
      },
      {
        other: "any verb with a target",
        flags: ["--restore-breakpoints"],
        consent: "`--restore-breakpoints`, and the sector is as its record has it: it gets its own bytes back",
        said: "without the option: which sectors",
      },
      { commands: ["erase", "LoadFile", "LoadBin"], consent: "the script's line", said: "J-Link's own lines" },
    ],
  },
  {
    act: "erase everything",
    loses: "all flash",
    routes: [
      { verb: "erase", flags: ["--chip-all"], consent: "`--chip-all`", said: "nothing: it was asked for" },
      {
        verb: "flash",
        flags: ["--erase"],
        consent: "`--erase chip`; `auto` erases a bank only where every sector of it is written or blank",
        said: "the plan: what is lost, and how long a power cut would leave the chip locked",
      },
      { commands: ["erase"], consent: "`erase` without a range", said: "that there was no range" },
    ],
  },
  {
    act: "mass erase",
    loses: "all flash, with no look at it",
    routes: [
      {
        verb: "unlock",
        flags: ["--allow-mass-erase"],
        consent: "`--allow-mass-erase`",
        said: "how many KB of flash are lost",
      },
      {
        verb: "flash",
        flags: ["--allow-mass-erase"],
        consent: "`--allow-mass-erase`, and only on a chip that is shut (locked, or protected regions)",
        said: "that it begins, and afterwards that everything was erased",
      },
      {
        verb: "erase",
        flags: ["--allow-mass-erase"],
        consent: "`--chip-all --allow-mass-erase`, with nothing to keep or save",
        said: "that it begins",
      },
      {
        commands: ["unlock"],
        consent: "`unlock` with the family's name (Kinetis, nRF, STM32)",
        said: "what is lost, with `-q` too",
      },
      {
        commands: ["connect"],
        consent: "yes at the prompt, or the stored `secured-device` (above)",
        said: "what is lost; what the stored answer is and where, with `-q` too",
      },
      { commands: ["SWDWriteAP", "WriteAP"], consent: "the script's line", said: "a warning, with `-q` too" },
    ],
  },
  {
    act: "program",
    loses: "nothing that was not erased: a phrase is never programmed twice without an erase",
    routes: [
      { verb: "flash", consent: "the files", said: "every declared change" },
      {
        verb: "gdbserver",
        flags: ["--allow-incomplete"],
        consent: "GDB's `load`: one flash job, which erases the sectors that it touches",
        said: "the plan, on the server's console",
      },
      {
        verb: "flash",
        flags: ["--allow-incomplete"],
        consent: "`--allow-incomplete`, for a file of which a part may be missing",
        said: "in the refusal: what is missing",
      },
      {
        verb: "run",
        flags: ["--allow-incomplete"],
        consent: "the file, which goes to RAM alone; `--allow-incomplete`, where a part of it may be missing",
        said: "in the refusal: what is missing",
      },
      {
        commands: ["LoadFile", "LoadBin"],
        consent:
          "the script's line; user rows (UICR) are programmed like flash, option bytes and one-time cells refused",
        said: "every declared change",
      },
      {
        other: "`JLinkGDBServer` of `jlink-shims`",
        consent: "what GDB writes to flash; dropped where the connection breaks within it",
        said: "the plan, on the server's console",
      },
    ],
  },
  {
    act: "change option bytes, one-time cells or a user row",
    loses: "what they held; it can decide whether the chip is open, at the next reset or power-on",
    routes: [
      {
        verb: "flash",
        flags: ["--bank"],
        consent: "`--bank NAME`, and what the values ask for by the chip's table",
        said: "the fields in words",
      },
      {
        verb: "erase",
        flags: ["--bank"],
        consent: "`--bank NAME`; a field is left open",
        said: "nothing: it was asked for",
      },
    ],
  },
  {
    act: "lock, so that a mass erase opens the chip",
    loses: "all flash, once it is opened again",
    routes: [
      { verb: "flash", flags: ["--security"], consent: "`--security as-image`", said: "the security byte in words" },
      {
        verb: "gdbserver",
        flags: ["--security"],
        consent: "`--security as-image` on the server's command line, before a `load`",
        said: "the security byte in words, on the server's console",
      },
      {
        commands: ["LoadFile", "LoadBin"],
        consent: "the device's name with `(allow security)`",
        said: "the security byte in words",
      },
      {
        other: "`JLinkGDBServer` of `jlink-shims`",
        consent: "`-device` with `(allow security)`",
        said: "the security byte in words, on the server's console",
      },
    ],
  },
  {
    act: "lock for ever",
    loses: "the chip, for every debugger",
    routes: [
      {
        verb: "flash",
        flags: ["--allow-irreversible"],
        consent: "`--allow-irreversible TOKEN`; the token fits one image, one act and one chip",
        said: "the security byte in words",
      },
      {
        verb: "gdbserver",
        flags: ["--allow-irreversible"],
        consent:
          "`--allow-irreversible TOKEN` on the server's command line; the token fits one image, one act and one chip",
        said: "the security byte in words, on the server's console",
      },
      {
        commands: ["exec"],
        consent: "`exec AllowIrreversible = TOKEN` before the download",
        said: "the security byte in words",
      },
    ],
  },
  {
    act: "raw writes: unchecked, with no plan behind them",
    loses: "whatever the register does: sectors, all flash, or the chip for ever",
    routes: [
      {
        verb: "write",
        flags: ["--raw"],
        consent: "`--raw`, in the ranges below; elsewhere none is needed",
        said: "in the refusal: what the address is",
      },
      {
        verb: "gdbserver",
        flags: ["--raw"],
        consent:
          "`--raw` on the server's command line, for writes of GDB and of `monitor jlink`; without it they are refused",
        said: "in the refusal: what the address is",
      },
      {
        commands: ["w1", "w2", "w4", "w8", "LoadFile", "LoadBin", "TestWSpeed", "TestNWSpeed"],
        consent: "the script's line",
        said: "a warning before the write that starts a flash command, with `-q` too",
      },
      {
        commands: ["SWDWriteAP", "WriteAP"],
        consent: "the script's line",
        said: "the same, by the CSW and TAR that the access port holds at that moment",
      },
    ],
  },
  {
    act: "replace a twin's state file",
    loses: "the simulated board's past",
    routes: [
      {
        other: "any verb on `twin:CHIP,state=FILE`",
        consent: "`state=`; a file that is no state of this chip is left alone (`twin-state-foreign`)",
        said: "nothing",
      },
    ],
  },
  {
    act: "replace a file",
    loses: "what stood in it",
    routes: [
      { verb: "read", flags: ["--output"], consent: "the name", said: "nothing: it was asked for" },
      { verb: "plan", flags: ["--out"], consent: "the name", said: "nothing: it was asked for" },
      { verb: "flash", flags: ["--save", "--uart"], consent: "the name", said: "what was saved" },
      { verb: "erase", flags: ["--save"], consent: "the name", said: "what was saved" },
      {
        commands: ["SaveBin", "log", "ExpDevList", "ExpDevListXML"],
        consent: "the script's line",
        said: "J-Link's own lines",
      },
    ],
  },
];
