import { once } from "node:events";
import { connect } from "node:net";
import { runJlinkGdbServer } from "../../../src/cli/shims/gdb-server.ts";
import { frame, hexOfText, RspReader } from "../../../src/gdb/rsp.ts";

/** The chip of the simulated board. */
export const DEVICE = "MK24FN1M0xxx12";

/** Ports that are free on any machine. */
export const FREE_PORTS = ["-port", "0", "-swoport", "0", "-telnetport", "0"];

/** The stand-in, run in this process; its ports are free ones. */
export async function started(
  words: readonly string[],
  { folder = process.cwd(), ...env }: Record<string, string> & { readonly folder?: string } = {},
) {
  const stop = new AbortController();
  let [out, err] = ["", ""];
  const streams = {
    out: (text: string) => {
      out += text;
    },
    outBytes: () => {},
    err: (text: string) => {
      err += text;
    },
    errIsTerminal: false,
    errColumns: () => undefined,
    streamsAreOne: false,
    inIsTerminal: false,
    env: { FLASHPROOF_PROBE: `twin:${DEVICE}`, ...env },
    folder,
    signal: stop.signal,
  };
  const exit = runJlinkGdbServer(words, streams);
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  void exit.then(over, over);
  const until = async (pattern: RegExp) => {
    while (!pattern.test(out) && !isOver) await new Promise((resolve) => setTimeout(resolve, 10));
    return pattern.exec(out);
  };
  return { exit, until, stop: () => stop.abort(), out: () => out, err: () => err };
}

/** A GDB of a few lines. */
export async function gdbAt(port: number) {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  const reader = new RspReader();
  const packets: string[] = [];
  socket.on("data", (data) => {
    for (const event of reader.feed(data))
      if (event.kind === "packet") packets.push(Buffer.from(event.bytes).toString("latin1"));
  });
  const next = async () => {
    while (packets.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    return packets.shift() ?? "";
  };
  const ask = (packet: string | Uint8Array) => {
    socket.write(frame(packet));
    return next();
  };
  /** What a `monitor` line prints. */
  const monitor = async (line: string) => {
    let text = "";
    for (let packet = await ask(`qRcmd,${hexOfText(line)}`); packet !== "OK"; packet = await next())
      text += Buffer.from(packet.slice(1), "hex").toString();
    return text;
  };
  return { ask, monitor, end: () => socket.end() };
}
