/** Which Commander speaks: versions and build times as the two banner lines print them. */
export interface CommanderBuild {
  /** `V7.86e`. */
  readonly version: string;
  /** `Mar 22 2023 16:27:49`. */
  readonly compiled: string;
  readonly dllCompiled: string;
}

/** The build whose texts these are [L V7.86e]. */
export const V7_86E: CommanderBuild = {
  version: "V7.86e",
  compiled: "Mar 22 2023 16:27:49",
  dllCompiled: "Mar 22 2023 16:27:33",
};

/** The first two lines of every run, and the empty one behind them [L V7.86e]. */
export const banner = (build: CommanderBuild): readonly string[] => [
  `SEGGER J-Link Commander ${build.version} (Compiled ${build.compiled})`,
  `DLL version ${build.version}, compiled ${build.dllCompiled}`,
  "",
];

/** What `-ExitOnError 1` adds to the banner [L V7.82]. */
export const bannerExitOnError = (): readonly string[] => [...exitOnErrorSet(true), ""];

/** The answer to `ExitOnError` [L V7.86e]; switching it off is the manual's wording (UM08001 3.2.1). */
export const exitOnErrorSet = (on: boolean): readonly string[] => [
  on ? "J-Link Commander will now exit on Error" : "J-Link Commander will no longer exit on Error",
];

/** Before the first line of a script [L V7.86e]. */
export const scriptStart = (): readonly string[] => [
  "J-Link Command File read successfully.",
  "Processing script file...",
];

/** The echo of one script line, as typed, and the prompt of the interactive mode where `text` is empty [L V7.86e]. */
export const echo = (text: string): readonly string[] => [`J-Link>${text}`];

/** After a script's last line, and after the one that ended it by an error: no other word says which [L V7.82, V7.86e]. */
export const scriptEnd = (): readonly string[] => ["", "Script processing completed.", ""];

/** Before the first prompt of the interactive mode [L V7.x]. */
export const interactiveStart = (): readonly string[] => [
  "",
  "",
  `Type "connect" to establish a target connection, '?' for help`,
];

/** A command file that can't be opened (unsure: no public log shows it). */
export const scriptUnreadable = (path: string): readonly string[] => [`Failed to open command file: ${path}`];

/** An option that Commander doesn't know, without its dash [L V9.46: the same for any option, (unsure) for V7.86e]. */
export const unknownOption = (option: string): readonly string[] => [`Unknown command line option ${option}.`];

/** An option without its value (unsure). */
export const missingOptionValue = (option: string): readonly string[] => [
  `Missing command line parameter after command line option -${option}.`,
];

/** A word that is no command [L V4.15b to V8.84]. */
export const unknownCommand = (): readonly string[] => ["Unknown command. '?' for help."];

/** A command that J-Link has, and why it can't work here; no word of J-Link's own (unsure what it would print). */
export const commandNotSupported = (name: string, why: string): readonly string[] => [
  `Command "${name}" is not supported: ${why}.`,
];

/** A call that lacks an argument [L V7.82: `Syntax: SetPC <addr>`]. */
export const missingArgument = (syntax: string): readonly string[] => [`Syntax: ${syntax}`];

/** A call with an argument that can't be read [L V7: erase with a wrong end address]. */
export const unreadableArgument = (name: string, syntax: string): readonly string[] => [
  `Error while parsing parameter <${name}>`,
  `Syntax: ${syntax}`,
];

/** An error of the DLL: an empty line and six stars [L V7]. */
export const dllError = (text: string): readonly string[] => ["", `****** Error: ${text}`];

/** What `exec` says of a string it doesn't know (unsure), for `dllError`. */
export const UNKNOWN_EXEC = "Unknown / illegal command";
