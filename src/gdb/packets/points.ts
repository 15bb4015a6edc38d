import type { Debuggee } from "../debuggee.ts";
import { PointRefused } from "../point-refused.ts";
import { numberOfHex } from "../rsp.ts";
import { type PacketTable, REFUSED } from "./packet.ts";

const ACCESSES = { 2: "write", 3: "read", 4: "any" } as const;

/** Breakpoints and watchpoints; setting one twice is no error, clearing one that isn't there neither. */
export const POINTS: PacketTable = {
  Z: (debuggee, { text }) => answer(debuggee, () => change(debuggee, text, "set")),
  z: (debuggee, { text }) => answer(debuggee, () => change(debuggee, text, "clear")),
};

async function answer({ host, news }: Debuggee, act: () => Promise<string>): Promise<string> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof PointRefused)) throw error;
    host.print(error.message);
    news.push(error.message);
    return REFUSED;
  }
}

async function change({ points }: Debuggee, text: string, what: "set" | "clear"): Promise<string> {
  const [kind, place, size] = text.split(/[,;]/);
  const [address, length] = [numberOfHex(place), numberOfHex(size)];
  if (address === undefined || length === undefined) return REFUSED;
  if (kind === "0" || kind === "1") {
    const wants = kind === "0" ? "software" : "hardware";
    await (what === "set" ? points.setBreakpoint(address, wants) : points.clearBreakpoint(address));
    return "OK";
  }
  const access = ACCESSES[Number(kind) as keyof typeof ACCESSES];
  if (!access) return "";
  await (what === "set" ? points.setWatch(address, length, access) : points.clearWatch(address, length, access));
  return "OK";
}
