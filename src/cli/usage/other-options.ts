import { nearest } from "../../base/nearest.ts";

/** Options of other tools by what they say, and the flag that says it here. */
const OTHER_OPTIONS: readonly (readonly [names: string, here: string])[] = [
  ["device target mcu part family board chip-name d", "--chip NAME"],
  ["serial sn serial-number serialnumber snr uid unique-id probe-id adapter selectemubysn usb u", "--probe SERIAL"],
  ["frequency freq f clock adapter-speed swd-freq khz baud b", "--speed 4M"],
  ["all chip-erase chiperase mass-erase masserase erase-all full e", "--chip-all"],
  ["erase eraseall sectorerase", "nothing: flash erases the sectors that it programs"],
  ["start end length region pages page sector address-range", "--range A:B, or --sectors A:B"],
  ["address addr base-address offset a at flash-address", "FILE@ADDRESS, or --base ADDRESS"],
  ["out outfile file save-as dump-to", "--output FILE"],
  [
    "verify v1 check readback",
    "nothing: flash verifies always, and --verify hash or read says how; flashproof verify does it alone",
  ],
  ["no-verify noverify skip-verify", "nothing: flash verifies always"],
  [
    "reset hardreset softreset sysresetreq reset-after run go",
    "nothing: flash resets the chip at its end; --halt leaves it halted",
  ],
  ["no-reset noreset", "--halt"],
  ["reset-before under-reset connect-under-reset hotplug connect-mode", "--connect under-reset, halt or attach"],
  ["interface if transport wire protocol port swd jtag", "nothing: SWD is the only wire"],
  ["format binary-format type bin hex elf", "nothing: a file's content says its format; a raw one needs FILE@ADDRESS"],
  ["recover unlock unsecure allow-erase-all force yes y", "--allow-mass-erase"],
  ["dryrun simulate n no-act", "--dry-run"],
  ["debug log-level loglevel trace", "-v, or -vv for the trace of all layers"],
  ["ip host remote tool", "--probe ip:HOST[:PORT]"],
  ["config project settings", "nothing: flashproof.toml in this folder, or your own in ~/.config/flashproof"],
  ["length count size words", "A:+LENGTH as the range"],
];

const BY_NAME = new Map(
  OTHER_OPTIONS.flatMap(([names, here]) => names.split(" ").map((name): [string, string] => [name, here])),
);

/** What to write for an option that other tools have without a value, where ours needs none; undefined for any other. */
export function needlessHint(given: string): string | undefined {
  const here = BY_NAME.get(given.replace(/^-+/, ""));
  return here?.startsWith("nothing") ? `For ${given} write ${here}.` : undefined;
}

/** What was probably meant by an option that a verb hasn't, as a hint; `known` are the verb's own, without dashes. */
export function optionHint(given: string, known: readonly string[]): string | undefined {
  const name = given.replace(/^-+/, "").replace(/=.*$/, "").toLowerCase();
  const here = BY_NAME.get(name) ?? BY_NAME.get(name.replaceAll("_", "-"));
  const flag = here === undefined ? undefined : /^--([a-z-]+)/.exec(here)?.[1];
  // The flag is of use only where the verb has it; "nothing" and the like are sentences for every verb.
  if (here !== undefined && (flag === undefined || known.includes(flag))) return `For ${given} write ${here}.`;
  const near = nearest(name, known);
  return near === undefined ? undefined : `Did you mean --${near}?`;
}
