import { memoryMapXml } from "../memory-map.ts";
import { monitor } from "../monitor/monitor.ts";
import { targetXml } from "../registers.ts";
import { bytesOfHex, hexOfText } from "../rsp.ts";
import { type PacketTable, type Reply, REFUSED } from "./packet.ts";

/** Bytes of a packet, in hex, as J-Link and OpenOCD say it. */
const PACKET_SIZE = "4000";

/** What the server is asked about itself and the target, and `monitor`. */
export const GENERAL: PacketTable = {
  qSupported: ({ understood, session, options }, { text }) => {
    understood.swbreak = text.includes("swbreak+");
    understood.hwbreak = text.includes("hwbreak+");
    const map = session.found.chip && options.flashBy !== "writes" ? ";qXfer:memory-map:read+" : "";
    const own =
      "QStartNoAckMode+;qXfer:features:read+;qXfer:threads:read+;vContSupported+;swbreak+;hwbreak+;QNonStop+;binary-upload+";
    return `PacketSize=${PACKET_SIZE};${own}${map}`;
  },
  QStartNoAckMode: () => "OK",
  "!": (debuggee) => {
    debuggee.isExtended = true;
    return "OK";
  },
  "qXfer:features:read:": ({ core }, { text }) => documentPart(text, "target.xml", targetXml(core.identity)),
  "qXfer:memory-map:read:": ({ session, options }, { text }) =>
    session.found.chip && options.flashBy !== "writes" ? documentPart(text, "", memoryMapXml(session.found.chip)) : "",
  qAttached: () => "1",
  "qRcmd,": async (debuggee, { text }, send) => {
    const line = bytesOfHex(text);
    if (!line) return REFUSED;
    const news = debuggee.news.take();
    const lines = [...news, ...(await monitor(debuggee, new TextDecoder().decode(line)))];
    if (lines.length > 0) await send.reply(`O${hexOfText(`${lines.join("\n")}\n`)}`);
    return "OK";
  },
};

/** The part `ANNEX:OFFSET,LENGTH` of a document: `m` and more follows, `l` and it is the last. */
export function documentPart(text: string, annex: string, document: string): Reply {
  const [, name, offset, length] = /^([^:]*):([0-9a-f]+),([0-9a-f]+)$/i.exec(text) ?? [];
  if (name !== annex || offset === undefined || length === undefined) return "E00";
  const [from, count] = [Number.parseInt(offset, 16), Number.parseInt(length, 16)];
  return `${from + count < document.length ? "m" : "l"}${document.slice(from, from + count)}`;
}
