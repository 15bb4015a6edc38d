import { connect, type Socket } from "node:net";
import { MK24FN1M0xxx12 as chip } from "../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { serveSwoBeside } from "../../../src/cli/serving/swo-beside.ts";
import { breathing } from "../../../src/node/boards/breathing.ts";
import { serveTerminal } from "../../../src/node/servers/terminal-server.ts";
import { connect as connectTarget } from "../../../src/session/connect.ts";
import { SwoDecoder } from "../../../src/swo/decoder.ts";
import { board, probeOf } from "../../support/board.ts";
import { ALPHABET, runProgram } from "../../support/itm-programs.ts";
import type { Victim } from "./victim.ts";

/** How long a good client waits for its bytes, in milliseconds. */
const PATIENCE_MS = 20_000;

/** Most bytes that a good client reads until its own have come. */
const MOST_READ = 1 << 22;

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The console of semihosting; what is typed is printed again, as a firmware would that reads and writes it. */
export function telnetVictim(): Victim {
  return {
    async serve() {
      const terminal = await serveTerminal(0);
      const stop = new AbortController();
      const echoing = (async () => {
        while (!stop.signal.aborted) await terminal.write(await terminal.read(256, stop.signal), "out");
      })().catch(() => {});
      const close = async () => {
        stop.abort();
        await echoing;
        await terminal.close();
      };
      return { host: terminal.host, port: terminal.port, close };
    },
    async askKindly(port) {
      const word = `kindly-${performance.now()}`;
      await receive(port, `${word}\n`, (text) => text.includes(word));
    },
    session: ["help\r\n", "\xff\xfd\x01\xff\xfb\x03", "y\n", "x".repeat(3000), "\x03\x04\x1b[A"].map(encode),
    begins: "anywhere",
    sendsFirst: false,
  };
}

/** The bytes of the SWO pin beside a debugger, of a core that prints the alphabet; what clients send counts for nothing. */
export function swoVictim(): Victim {
  return {
    async serve() {
      const twin = board({ flash: "zero" });
      const simulated = breathing({ probe: await probeOf(twin), clock: twin.clock });
      const session = await connectTarget({ ...simulated, chip, hz: 4_000_000, how: "halt" });
      await runProgram(session, ALPHABET);
      // A slice of the board's time an iteration, so that the clients' connections get theirs.
      const rest = async (us: number) => {
        await simulated.clock.sleep(Math.min(us, 200));
        await new Promise((resolve) => setTimeout(resolve, 5));
      };
      const served = await serveSwoBeside({ session, rest, port: 0, startsByItself: true, note: () => {} });
      return { host: "127.0.0.1", port: served.port, close: served.close };
    },
    async askKindly(port) {
      const decoder = new SwoDecoder();
      let letters = "";
      await receive(port, "", (_, bytes) => {
        for (const packet of decoder.feed(bytes))
          if (packet.kind === "itm") letters += String.fromCharCode(...packet.bytes);
        return letters.includes("MNOP");
      });
    },
    session: ["\x00", "\x01\x41\x01\x42", "GET / HTTP/1.1\r\n\r\n", "\x80".repeat(500), "x".repeat(3000)].map(encode),
    begins: "anywhere",
    sendsFirst: false,
  };
}

/** Connects, sends, and reads until `isEnough`; throws where that doesn't come. */
async function receive(
  port: number,
  sent: string,
  isEnough: (text: string, bytes: Uint8Array) => boolean,
): Promise<void> {
  const socket: Socket = connect(port, "127.0.0.1");
  const late = setTimeout(() => socket.destroy(), PATIENCE_MS);
  try {
    socket.write(sent);
    let text = "";
    for await (const bytes of socket) {
      text += (bytes as Buffer).toString("latin1");
      if (isEnough(text, bytes as Buffer)) return;
      if (text.length > MOST_READ) break;
    }
    throw new Error("what a good client waits for did not come");
  } finally {
    clearTimeout(late);
    socket.destroy();
  }
}
