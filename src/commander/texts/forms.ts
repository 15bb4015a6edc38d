/** One rule by which another version's console differs from V7.86e's: lines that match become another line, or none. */
export interface FormRule {
  readonly line: RegExp;
  /** With `$1` for what the pattern caught; undefined where that version prints no such line. */
  readonly becomes?: string;
  readonly source: string;
}

/** The console of one version of J-Link Commander, as what differs from V7.86e's. */
export interface ConsoleForm {
  readonly version: string;
  /** Whether a script's lines are echoed; a version without echo prints an empty line behind each command instead. */
  readonly echo: boolean;
  readonly rules: readonly FormRule[];
}

/** Both banner lines; when a build was compiled is (unsure) but for V7.86e. */
const banner = (version: string, compiled: string): readonly FormRule[] => [
  {
    line: /^SEGGER J-Link Commander V7\.86e .*$/,
    becomes: `SEGGER J-Link Commander ${version} (Compiled ${compiled})`,
    source: "L V5 on",
  },
  { line: /^DLL version V7\.86e, .*$/, becomes: `DLL version ${version}, compiled ${compiled}`, source: "L V5 on" },
];

/** What V7.6 to V7.9 added to the connection's lines, so that older versions don't print it. */
const BEFORE_V7_6: readonly FormRule[] = [
  { line: /^J-Link uptime /, source: "L V7.6x on" },
  { line: /^CoreSight SoC-400 or earlier$/, source: "L V7.6x on" },
  { line: /^Error occurred: Could not connect .*$/, becomes: "Cannot connect to target.", source: "L V6, V7" },
  { line: /^For troubleshooting steps visit: /, source: "L V7.9 on" },
];

/** The versions whose consoles public logs show; V7.86e is what all texts are written as. */
export const FORMS: readonly ConsoleForm[] = [
  { version: "V7.86e", echo: true, rules: [] },
  {
    version: "V8.10",
    echo: true,
    rules: [
      ...banner("V8.10", "Oct  2 2024 00:00:00"),
      {
        line: /^(AP\[(\d)\]: \S+ \(IDR: 0x[0-9A-F]{8})\)$/,
        becomes: "$1, ADDR: 0x0$2000000)",
        source: "L V8 on",
      },
    ],
  },
  { version: "V7.58", echo: false, rules: [...banner("V7.58", "Nov  4 2021 00:00:00"), ...BEFORE_V7_6] },
  {
    version: "V6.44",
    echo: false,
    rules: [
      ...banner("V6.44", "Mar  1 2019 00:00:00"),
      ...BEFORE_V7_6,
      { line: /^VTref=(.*)$/, becomes: "VTref = $1", source: "L V5 to V6.20f" },
      { line: /^No address range specified, /, source: "L V7 on" },
      { line: /^'.*': Performing implicit reset & halt of MCU\.$/, source: "L V6.8 on" },
      {
        line: /^(\[\d+\]\[\d+\]: [0-9A-F]{8}) CID ([0-9A-F]{8}) PID ([0-9A-F]{8}) (.*)$/,
        becomes: "ROMTbl$1, CID: $2, PID: $3 $4",
        source: "L V6.20f and later V6",
      },
    ],
  },
];

/** The form of a version, whatever its case; undefined for one that no log shows. */
export const findForm = (version: string): ConsoleForm | undefined =>
  FORMS.find((form) => form.version.toLowerCase() === version.toLowerCase());
