import { readWhatCanBe } from "../client-memory.ts";
import { memoryMapXml } from "../memory-map.ts";
import type { Observer } from "../observer.ts";
import { GENERAL_COUNT, registersOf, targetXml } from "../registers.ts";
import { hexOf, hexOfText, hexOfWord, numberOfHex } from "../rsp.ts";
import { documentPart } from "./general.ts";
import { rangeOf } from "./memory.ts";
import { type PacketTable, REFUSED } from "./packet.ts";

/** PC's number in `g` and `p`. */
const PC = 15;

/** A register that can't be read now. */
const unavailable = (bits: number): string => "xx".repeat(bits / 8);

/** The packets of a client that only looks: GDB takes the target for halted, and its memory is read while the core runs. */
export const OBSERVER: PacketTable<Observer> = {
  qSupported: ({ session }) => {
    const map = session.found.chip ? ";qXfer:memory-map:read+" : "";
    return `PacketSize=4000;QStartNoAckMode+;qXfer:features:read+;qXfer:threads:read+;vContSupported+${map}`;
  },
  QStartNoAckMode: () => "OK",
  "!": () => "OK",
  "?": () => "T00thread:1;",
  "qXfer:features:read:": ({ core }, { text }) => documentPart(text, "target.xml", targetXml(core.identity)),
  "qXfer:memory-map:read:": ({ session }, { text }) =>
    session.found.chip ? documentPart(text, "", memoryMapXml(session.found.chip)) : "",
  "qXfer:threads:read:": ({ core }, { text }) =>
    documentPart(text, "", `<threads><thread id="1" core="0" name="${core.identity.name}"/></threads>`),
  qAttached: () => "1",
  qC: () => "QC1",
  qfThreadInfo: () => "m1",
  qsThreadInfo: () => "l",
  H: () => "OK",
  T: (_, { text }) => (text === "1" ? "OK" : REFUSED),
  "qSymbol:": () => "OK",
  // GDB ends a connection that has no PC.
  g: async (observer) => {
    const pc = hexOfWord(await observer.pc());
    return Array.from({ length: GENERAL_COUNT }, (_, n) => (n === PC ? pc : unavailable(32))).join("");
  },
  p: async (observer, { text }) => {
    const number = numberOfHex(text) ?? -1;
    const register = registersOf(observer.core.identity)[number];
    if (!register) return REFUSED;
    return number === PC ? hexOfWord(await observer.pc()) : unavailable(register.bits);
  },
  m: async (observer, { text }) => {
    const [address, length] = rangeOf(text);
    if (address === undefined || length === undefined) return REFUSED;
    return hexOf(await readWhatCanBe(observer, address, length));
  },
  "vCont?": () => "vCont;c;C;s;S",
  "qRcmd,": async ({ host }, _rest, send) => {
    host.print("observer: a monitor command was refused");
    await send.reply(`O${hexOfText("this client only looks: another one debugs the target\n")}`);
    return "OK";
  },
  D: () => "OK",
  k: () => undefined,
};
