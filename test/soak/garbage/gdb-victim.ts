import { connect, type Socket } from "node:net";
import { MK24FN1M0xxx12 as chip } from "../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { frame, hexOfText, RspReader } from "../../../src/gdb/rsp.ts";
import { breathing } from "../../../src/node/boards/breathing.ts";
import { serveGdbClients } from "../../../src/node/servers/gdb-server.ts";
import { connect as connectTarget } from "../../../src/session/connect.ts";
import { board, probeOf } from "../../support/board.ts";
import type { Victim } from "./victim.ts";

/** How long a client waits for an answer, in milliseconds: a client before it may have a flash job under way. */
const PATIENCE_MS = 20_000;

/** Where a good client writes, and what. */
const PLACE = { address: 0x20001000, bytes: "0123456789abcdef" } as const;

/** The security byte, and what its field SEC is on an open chip (K24P144M120SF5RM, 29.3.1). */
const FSEC = 0x40c;
const UNSECURE = 2;

/** Where the HTTP request's packet would write. */
const FORBIDDEN = 0x20002000;

/** The server for GDB, with a debugger and observers, on a board whose core runs. */
export function gdbVictim(): Victim {
  const twin = board({ flash: "zero" });
  const [before] = twin.peekFlash(FSEC, 1);
  return {
    async serve() {
      // A simulated board would else keep the process to itself.
      const simulated = breathing({ probe: await probeOf(twin), clock: twin.clock });
      const session = await connectTarget({ ...simulated, chip, hz: 4_000_000, how: "halt" });
      const host = {
        print: () => {},
        explain: (error: unknown) => [(error as Error).message],
        rest: async (us: number) => {
          await simulated.clock.sleep(Math.min(us, 100));
          await new Promise((resolve) => setImmediate(resolve));
        },
      };
      const serving = { port: 0, policy: "refuse", permits: [], onClose: "halt", onClient: () => {} } as const;
      return serveGdbClients(session, host, serving);
    },
    askKindly: (port) =>
      asDebugger(port, async (ask) => {
        const why = await ask("?");
        if (!/^[TS]/.test(why)) throw new Error(`the core was not halted: ${why}`);
        const place = `${PLACE.address.toString(16)},${(PLACE.bytes.length / 2).toString(16)}`;
        if ((await ask(`M${place}:${PLACE.bytes}`)) !== "OK") throw new Error("RAM was not written");
        const read = await ask(`m${place}`);
        if (read !== PLACE.bytes) throw new Error(`RAM reads as ${read}`);
        // Policy "refuse": no image that would lock the chip is programmed, however its packets were mutilated.
        const [fsec] = twin.peekFlash(FSEC, 1);
        if (fsec !== before && (fsec & 3) !== UNSECURE) throw new Error(`FSEC is ${fsec.toString(16)}`);
      }),
    session: SESSION,
    begins: "anywhere",
    sendsFirst: false,
    http: {
      request: (origin) =>
        new TextEncoder().encode(
          `POST / HTTP/1.1\r\nHost: 127.0.0.1:2331\r\nOrigin: ${origin}\r\nContent-Type: text/plain\r\n\r\n` +
            Buffer.from(frame(`M${FORBIDDEN.toString(16)},4:deadbeef`)).toString("latin1"),
        ),
      executed: async (port) => {
        let read = "";
        await asDebugger(port, async (ask) => {
          read = await ask(`m${FORBIDDEN.toString(16)},4`);
        });
        return read === "deadbeef" ? 1 : 0;
      },
    },
  };
}

/** Asks as the client that debugs; comes again while another one, who is going, is served as that. */
async function asDebugger(
  port: number,
  work: (ask: (packet: string) => Promise<string>) => Promise<void>,
): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    try {
      const ask = asker(socket, deadline);
      const isDebugger = (await ask("qSupported:swbreak+")).includes("QNonStop+");
      if (isDebugger) return await work(ask);
    } finally {
      socket.destroy();
    }
    if (performance.now() > deadline) throw new Error("another client is served for too long");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Sends packets one by one; throws where an answer doesn't come. */
function asker(socket: Socket, deadline: number): (packet: string) => Promise<string> {
  const reader = new RspReader();
  const packets: string[] = [];
  let wake = () => {};
  socket
    .on("data", (data) => {
      for (const event of reader.feed(data))
        if (event.kind === "packet") packets.push(Buffer.from(event.bytes).toString("latin1"));
      wake();
    })
    .on("error", () => {})
    .on("close", () => wake());
  return async (packet) => {
    socket.write(frame(packet));
    const late = setTimeout(() => socket.destroy(), Math.max(deadline - performance.now(), 0));
    while (packets.length === 0 && !socket.destroyed)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    clearTimeout(late);
    const answer = packets.shift();
    if (answer === undefined) throw new Error(`no answer to ${packet.slice(0, 40)}`);
    return answer;
  };
}

const monitor = (line: string): string => `qRcmd,${hexOfText(line)}`;

/** What GDB and LLDB send: reads, a load, points, runs, steps, Ctrl-C, monitor words. */
const SESSION: readonly Uint8Array[] = [
  ...[
    "qSupported:multiprocess+;swbreak+;hwbreak+",
    "QStartNoAckMode",
    "!",
    "?",
    "qXfer:features:read:target.xml:0,1000",
    "qXfer:memory-map:read::0,1000",
    "g",
    "p10",
    "P0=00000020",
    "m20000000,40",
    "x20000000,40",
    "M20000000,4:00bf00bf",
    "X20000004,4:\u0001\u0002\u0003\u0004",
    "Z0,20000000,2",
    "Z1,8000,2",
    "Z2,20000010,4",
    "z0,20000000,2",
    "vFlashErase:00008000,00001000",
    `vFlashWrite:00008000:${"U".repeat(64)}`,
    "vFlashDone",
    "qCRC:8000,40",
    monitor("reset"),
    monitor("why"),
    monitor("memU32 0x20000000"),
    monitor("sleep 1"),
    "vCont;s:1",
    "vCont;r20000000,20000008:1",
    "QNonStop:1",
    "vCont;c",
    "vCont;t",
    "vStopped",
    "QNonStop:0",
    "vRun;",
    "c",
  ].map((packet) => frame(packet)),
  Uint8Array.of(0x03),
  frame("D"),
];
