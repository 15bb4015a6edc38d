// @ts-check
// Who may import whom: the one list that `npm run check` and test/architecture read. docs/architecture.md says why.

/**
 * A part of `src` and what it may import.
 *
 * @typedef {object} Layer
 * @property {string} name
 * @property {readonly string[]} files folders (ending in `/`) or single files under `src`, with `*` for any part of one
 *   name; the longest match wins
 * @property {readonly string[]} imports names of layers; `NAME types` allows type imports only
 */

const ground = ["base", "registers"];
const target = ["adi", "probe", ...ground];
const chips = ["chips", "chip shapes"];
const job = ["flash", "protection", "image", ...chips, "cortex", ...target];
const belowSession = [...job, "families", "family shapes", "probe drivers", "swd", "pipe", "usb"];
const belowHosts = [
  "packs",
  "session",
  "session error",
  "doctor",
  "doctor shapes",
  "commander",
  "gdb",
  "rtt",
  "semihosting",
  "swo",
  ...belowSession,
];

/** @type {readonly Layer[]} */
export const layers = [
  { name: "base", files: ["base/"], imports: [] },
  { name: "registers", files: ["registers/"], imports: ["base"] },
  { name: "usb", files: ["usb/"], imports: ["base"] },
  { name: "usbip", files: ["usbip/"], imports: ["base", "usb types"] },
  { name: "pipe", files: ["pipe/"], imports: ["base", "usb"] },
  { name: "probe", files: ["probe/"], imports: ["probe drivers", "pipe", "usb", ...ground] },
  { name: "swd", files: ["probe/swd/"], imports: ["probe", ...ground] },
  {
    name: "probe drivers",
    files: ["probe/jlink/", "probe/cmsis-dap/"],
    imports: ["probe", "swd", "pipe", "usb", ...ground],
  },
  // Of swd only the line sequences, which wake a port through any probe.
  { name: "adi", files: ["adi/"], imports: ["probe", "swd", ...ground] },
  { name: "cortex", files: ["cortex/"], imports: ["adi", ...ground] },
  { name: "swo", files: ["swo/"], imports: ground },
  { name: "rtt", files: ["rtt/"], imports: ["adi", ...ground] },
  // A firmware's requests to its host by BKPT 0xAB: what they mean, and the one file that knows a core.
  { name: "semihosting", files: ["semihosting/"], imports: ["cortex", "adi", ...ground] },
  // The shapes of chips and flash banks; what is in a chip's file, and the list of all, lies above the families' tables.
  { name: "chip shapes", files: ["chips/*.ts"], imports: ground },
  {
    name: "chips",
    files: ["chips/", "chips/list.ts", "chips/built-in.ts", "chips/built-in-by-family.ts"],
    imports: ["chip shapes", "family data", "base"],
  },
  // What one family of chips is, as data: chips name it. Its code is reached through families/list.ts alone.
  {
    name: "family data",
    files: ["registers", "protection", "procedures", "guards"].map((kind) => `families/*/${kind}*.ts`),
    imports: ["chip shapes", ...ground],
  },
  // A family's causes explain differences to the doctor, in its shapes.
  { name: "family shapes", files: ["families/family.ts"], imports: ["doctor shapes", ...job] },
  { name: "family code", files: ["families/"], imports: ["family data", "family shapes", "doctor shapes", ...job] },
  {
    name: "families",
    files: ["families/list.ts", "families/list-by-family.ts", "families/openocd.ts"],
    imports: ["family code", "family shapes", ...job],
  },
  { name: "image", files: ["image/"], imports: ["base"] },
  // What vendors' packs, probe-rs's targets and a user's own file say of chips, as chips and flash algorithms.
  { name: "packs", files: ["packs/"], imports: ["image", "chips", "chip shapes", "base"] },
  { name: "protection", files: ["protection/"], imports: ["image", ...chips, ...ground] },
  { name: "flash", files: ["flash/"], imports: ["protection", "image", ...chips, "cortex", "adi", ...ground] },
  {
    name: "session",
    files: ["session/"],
    imports: ["session error", "families", "family shapes", "swo", ...job, "pipe", "usb"],
  },
  // Apart, so that doctor can advise on its codes without reaching up into the session itself.
  { name: "session error", files: ["session/session-error.ts"], imports: ["base"] },
  {
    name: "doctor shapes",
    files: ["cause", "cause-acts", "evidence", "advice-acts", "advise"].map((name) => `doctor/${name}.ts`),
    imports: job,
  },
  {
    name: "doctor",
    files: ["doctor/"],
    imports: ["session error", "doctor shapes", "packs", "rtt", "semihosting", ...belowSession],
  },
  {
    name: "commander",
    files: ["commander/"],
    imports: ["session", "session error", "doctor", "doctor shapes", "rtt", ...belowSession],
  },
  // The Commander's lines for `monitor` are handed in by the host.
  { name: "gdb", files: ["gdb/"], imports: ["session", "session error", "rtt", "semihosting", ...belowSession] },
  // Findings, plans, differences and logs as structured text, alike for every host.
  {
    name: "report",
    files: ["report/"],
    imports: ["packs", "swo", "session", "session error", "doctor", "doctor shapes", ...belowSession],
  },
  // What every host needs: the wall clock, and devices opened with the driver that knows them.
  { name: "host", files: ["host/"], imports: ["base", "usb", "pipe", "probe"] },
  // The package's entries: what both share, and what Node adds. The one for browsers reaches nothing of Node.
  { name: "entry", files: ["entry/"], imports: [...belowHosts, "report", "host", "twin"] },
  { name: "entry node", files: ["entry/node.ts"], imports: ["entry", "node", ...belowHosts, "report", "host", "twin"] },
  // The page shows what comes as messages; the work behind them is the library's, in a worker of the browser.
  { name: "web protocol", files: ["web/protocol.ts", "web/code-protocol.ts"], imports: ["base types"] },
  { name: "web policy", files: ["web/policy.ts"], imports: [] },
  {
    name: "web work",
    files: ["web/work/"],
    imports: ["web protocol", ...belowHosts, "report", "host", "entry", "twin"],
  },
  // This browser's probes: WebUSB and WebHID as the core's devices, one page at a time.
  {
    name: "web browser",
    files: ["web/browser/", "web/worker.ts"],
    imports: ["web work", "web protocol", "base", "usb", "probe", "host", "entry"],
  },
  { name: "web page", files: ["web/page/"], imports: ["web protocol types", "web wire"] },
  // The page's disassembler, a worker with a policy of its own.
  { name: "web disassembly", files: ["web/disassembly/"], imports: ["web protocol types", "cortex"] },
  { name: "web offline", files: ["web/offline/"], imports: ["web policy"] },
  { name: "web wire", files: ["web/wire.ts"], imports: [] },
  // `fp ui`: the page and its messages for this machine's probes.
  {
    name: "web machine",
    files: ["web/machine/"],
    imports: ["web work", "web protocol types", "web wire", "web policy", "base", "usb", "host", "node"],
  },
  { name: "node", files: ["node/"], imports: [...belowHosts, "host", "twin", "bare core", "usbip"] },
  { name: "cli", files: ["cli/"], imports: [...belowHosts, "report", "host", "node", "twin", "web machine"] },

  // The twin states its own registers and geometry; of our side it knows the ground and the shape of a USB device.
  {
    name: "twin",
    files: ["twin/usb.ts"],
    imports: ["twin board", "twin chips", "twin probe", "twin parts", "base", "usb types"],
  },
  {
    name: "twin board",
    files: ["twin/board.ts"],
    imports: ["twin probe", "twin parts", "twin chip", "base", "usb types"],
  },
  { name: "twin probe", files: ["twin/probe/"], imports: ["twin parts", "twin chip", "base", "usb types"] },
  { name: "twin parts", files: ["twin/"], imports: ["twin chip", "base", "usb types"] },
  // The list of chips is the one place above the families that names them.
  {
    name: "twin chips",
    files: ["twin/chips.ts", "twin/chips-by-family.ts"],
    imports: ["twin families", "twin parts", "twin chip", "base"],
  },
  // A core with RAM alone, on which a flash algorithm of any chip can be tried.
  { name: "bare core", files: ["twin/bare/"], imports: ["twin cpu", "base"] },
  { name: "twin families", files: ["twin/families/"], imports: ["twin chip", "twin cpu", "base"] },
  { name: "twin chip", files: ["twin/chip/"], imports: ["twin cpu", "base"] },
  { name: "twin cpu", files: ["twin/cpu/"], imports: ["base"] },
];

/** Modules from outside, by the start of their name, and the layers that may import them. No other layer may. */
export const packages = [
  { name: "node:", layers: ["node", "cli", "web machine"] },
  { name: "ws", layers: ["web machine"] },
  { name: "usb", layers: ["node"] },
  { name: "node-hid", layers: ["node"] },
  { name: "commander", layers: ["cli"] },
  { name: "preact", layers: ["web page"] },
  { name: "@preact/signals", layers: ["web page"] },
  { name: "smol-toml", layers: ["node", "cli", "packs"] },
  { name: "saxes", layers: ["packs"] },
  { name: "yaml", layers: ["packs"] },
  { name: "@zip.js/zip.js", layers: ["node", "packs"] },
  { name: "@alexaltea/capstone-js", layers: ["cortex", "web disassembly"] },
  { name: "@noble/hashes", layers: ["protection", "flash", "session", "node", "cli"] },
];

/** Only hosts know the wall clock, and the page, which has no core; everything else takes a `Clock`. Paths under `src`. */
export const time = {
  words: ["Date", "performance", "setTimeout", "setInterval", "setImmediate"],
  allowed: /^((host|node)\/|web\/page\/clock\.ts$)/,
};

/**
 * Files that answer from their arguments alone: they take neither a `Clock` nor an `Io`. `Picoseconds` and the
 * constants beside it are plain numbers, and allowed.
 */
export const pure = {
  files: [
    /^base\/(?!(clock|deadlines|index|trace)\.ts$)/,
    /^(registers|chips|image|packs|protection|report)\//,
    /^families\/[^/]+\/(registers|protection|procedures|guards)/,
    /^flash\/plan\//,
    /^commander\/(language\/(lexer|numbers|command-line|parse-args)|texts\/)/,
    /^swo\//,
    /^rtt\/(control-block|ring|telnet|place-text)\.ts$/,
    /^semihosting\/(?!serve-call\.ts$)/,
    /^usbip\//,
    /^twin\/cpu\//,
  ],
  forbidden: {
    "base/clock.ts": ["Clock", "Io", "within"],
    "base/deadlines.ts": ["checkIo", "withDeadline", "pollUntil", "Poll"],
  },
};
