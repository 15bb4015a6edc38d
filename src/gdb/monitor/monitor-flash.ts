import { address32 } from "../../base/u32.ts";
import type { Debuggee } from "../debuggee.ts";
import type { MonitorWord } from "./monitor-word.ts";

/** `breakpoints`, with what they are to be where that is given: `breakpoints = 1`, `breakpoints on`. */
const BREAKPOINTS = /^breakpoints\s*=?\s*(1|0|on|off|enable|disable)?\s*$/i;

/** `flash breakpoints`; whatever else J-Link's scripts say of flash needs nothing here. */
async function flash(debuggee: Debuggee, rest: string): Promise<readonly string[]> {
  const found = BREAKPOINTS.exec(rest);
  if (!found) return ["flash: accepted, and not needed here"];
  const [, wanted] = found;
  if (wanted === undefined) return stateLines(debuggee);
  return /^(?:1|on|enable)$/i.test(wanted) ? enable(debuggee) : disable(debuggee);
}

async function enable({ points, options, session }: Debuggee): Promise<readonly string[]> {
  if ((options.flashBreakpoints ?? "off") === "off")
    return ["breakpoints in flash are off: the server was started without --flash-breakpoints ask or on"];
  if (!session.found.chip) return ["breakpoints in flash need a chip, and none is named"];
  await points.code.switchTo("on");
  return ["breakpoints in flash are on: comparators first; each change of one in flash erases its sector"];
}

async function disable({ points, options }: Debuggee): Promise<readonly string[]> {
  const lost = await points.code.switchTo(options.flashBreakpoints === "off" ? "off" : "ask");
  const places = lost.map(address32).join(", ");
  const gone = lost.length === 0 ? "" : `; no comparator is left for ${places}: those breakpoints are gone`;
  return [`breakpoints in flash are off, and every sector has its own bytes${gone}`];
}

function stateLines({ points, session }: Debuggee): readonly string[] {
  const { all, erasesBySector } = session.patched;
  const standing = all.map(({ sector: { address, size }, breakpoints }) => {
    return `${address32(address)} (${size / 1024} KB): ${breakpoints.map(address32).join(", ") || "not whole"}`;
  });
  const erases = erasesBySector.map(([address, count]) => `${address32(address)} ${count}`).join(", ");
  return [
    `breakpoints in flash are ${points.code.mode}`,
    ...standing,
    ...(erases === "" ? [] : [`erases of this session by sector: ${erases}`]),
  ];
}

/** The words of J-Link's server about flash. */
export const FLASH_WORDS: { readonly [word: string]: MonitorWord } = {
  flash: {
    help: "flash breakpoints [= 1|0]: breakpoints in flash where comparators run out, and the erases that they cost",
    run: flash,
  },
};
