import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { joinedLines } from "../../src/rtt/pump.ts";
import { serveJlink } from "../../src/node/servers/jlink-server.ts";
import { servePyocd } from "../../src/node/servers/pyocd-server.ts";
import { serveRtt } from "../../src/node/servers/rtt-server.ts";
import { openTcpJlink } from "../../src/node/tcp-jlink.ts";
import { serveUsbip } from "../../src/node/servers/usbip-server.ts";
import { wallClock } from "../../src/host/wall-clock.ts";
import { DebugPort } from "../../src/adi/debug-port.ts";
import type { SoakOptions } from "../../tools/lib/soak-runner.mjs";
import { board } from "../support/board.ts";
import { Chance } from "../support/chance.ts";
import { swoVictim, telnetVictim } from "./garbage/beside-victims.ts";
import { gdbVictim } from "./garbage/gdb-victim.ts";
import type { Victim } from "./garbage/victim.ts";
import { ImportedDevice, importDevice, importRequest, submitFields, urbHeader } from "../support/usbip-client.ts";

/** Servers by the name of their option in `fp twin`, and that of `fp gdbserver`. */
const VICTIMS: { readonly [port: string]: () => Victim } = {
  jlink: jlinkVictim,
  pyocd: pyocdVictim,
  usbip: usbipVictim,
  rtt: rttVictim,
  gdb: gdbVictim,
  telnet: telnetVictim,
  swo: swoVictim,
};

/** How much more memory may be in use when it is over, in bytes. */
const MOST_GROWTH = 16 * 1024 * 1024;
/** Share of the messages after which everything that stays in use has been allocated. */
const WARM = 0.1;
const MESSAGES_A_SESSION = 20;
const SESSIONS_A_LOOK = 50;
/** How long a client waits for the server's first words, in milliseconds. */
const PATIENCE_MS = 10_000;
/** How long it waits for an answer that may not come. */
const SOON_MS = 2;

/**
 * Throws random bytes and mutilated sessions at a server, `count` messages in connections of up to twenty. It must
 * neither crash nor hang nor grow, and serve a good client in between and at the end.
 */
export async function run({ count, seed, port, out }: SoakOptions): Promise<number> {
  const victim = VICTIMS[port ?? "jlink"]?.();
  if (victim === undefined) throw new Error(`--port takes ${Object.keys(VICTIMS).join(", ")}`);
  const chance = new Chance(seed);
  const server = await victim.serve();
  const figures = { messages: 0, connections: 0, kindness: 0, http: 0, executed: 0 };
  let warm = 0;
  while (figures.messages < count) {
    figures.messages += await attack(server.port, victim, chance);
    if (++figures.connections % SESSIONS_A_LOOK === 0) {
      await victim.askKindly(server.port);
      figures.kindness++;
      if (victim.http) {
        await sendOnce(server.port, victim.http.request(chance.pick(ORIGINS)));
        figures.http++;
        figures.executed += await victim.http.executed(server.port);
      }
    }
    if (warm === 0 && figures.messages >= count * WARM) warm = size();
  }
  await victim.askKindly(server.port);
  const growth = size() - warm;
  await server.close();
  const megabytes = (growth / 1024 / 1024).toFixed(1);
  out(
    `messages ${figures.messages} connections ${figures.connections} good clients ${figures.kindness + 1} grown by ${megabytes} MB http ${figures.http} executed ${figures.executed}`,
  );
  return growth < MOST_GROWTH && figures.executed === 0 ? 0 : 1;
}

/** Where a page may come from; none is allowed to reach a probe. */
const ORIGINS = ["https://example.com", "http://127.0.0.1", "http://localhost:5555", "null", "file://"];

/** Sends bytes on a connection of their own, and waits for its end. */
function sendOnce(port: number, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port }).on("error", () => {});
    socket.on("close", () => resolve()).resume();
    socket.write(bytes);
  });
}

/**
 * Memory in use after a full collection, in bytes: the heap and what its buffers hold outside it. Not the resident set: pages
 * that the collector keeps for later made it grow by up to 48 MB on a busy machine, and shrink by as much on the next run.
 */
function size(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/**
 * One connection: waits for the banner, sends messages until it is thrown out, reads or doesn't, and goes. Some spoil
 * most of what they send, some but little, and so get far. Answers how many messages it sent.
 */
async function attack(port: number, { session, begins, sendsFirst }: Victim, chance: Chance): Promise<number> {
  const spoilt = chance.pick([2, 8, 40]);
  const first = begins === "anywhere" ? chance.below(session.length) : 0;
  let sent = 0;
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  socket.on("error", () => {});
  try {
    if (sendsFirst) await firstWords(socket);
    if (chance.below(4) > 0) socket.resume();
    for (; sent < MESSAGES_A_SESSION && !socket.destroyed; sent++) {
      const good = session[(first + sent) % session.length];
      await send(socket, chance.below(spoilt) === 0 ? spoil(session, chance) : good);
      if (chance.below(2) === 0) await somethingHappens(socket);
    }
    if (chance.below(2) === 0) await new Promise<void>((resolve) => void socket.end(resolve));
  } finally {
    socket.destroy();
  }
  return sent;
}

/** Resolves when an answer comes, when the connection ends, or soon. */
function somethingHappens(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(done, SOON_MS);
    function done() {
      clearTimeout(late);
      socket.off("data", done).off("close", done);
      resolve();
    }
    socket.once("close", done);
    if (socket.readableFlowing) socket.once("data", done);
  });
}

function firstWords(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("the server has not said a word")), PATIENCE_MS);
    const done = () => {
      clearTimeout(late);
      resolve();
    };
    socket.once("readable", done).once("close", done);
  });
}

/** Resolves when the socket has taken the bytes, or given up; a server that reads nothing must not stop us. */
function send(socket: Socket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    socket.write(bytes, () => resolve());
    setImmediate(resolve);
  });
}

/** Random bytes, a good message out of sequence, or one that was good. */
function spoil(session: readonly Uint8Array[], chance: Chance): Uint8Array {
  const good = chance.pick(session);
  return chance.pick([() => chance.bytes(1 + chance.below(600)), () => good, () => mutilated(good, chance)])();
}

/** A message with a byte changed, bytes cut out, or bytes put in. */
function mutilated(message: Uint8Array, chance: Chance): Uint8Array {
  const at = chance.below(message.length);
  const [before, after] = [message.subarray(0, at), message.subarray(at)];
  switch (chance.below(3)) {
    case 0:
      return Uint8Array.from([...before, after[0] ^ (1 << chance.below(8)), ...after.subarray(1)]);
    case 1:
      return Uint8Array.from([...before, ...after.subarray(1 + chance.below(4))]);
    default:
      return Uint8Array.from([...before, ...chance.bytes(1 + chance.below(8)), ...after]);
  }
}

const DPIDR = 0x2ba01477;

function jlinkVictim(): Victim {
  // The server is what is looked at here; a chip that runs would only cost time.
  const twin = board({ flash: "zero", execute: false });
  return {
    serve: () => serveJlink(twin, { host: "127.0.0.1", port: 0 }, { lockstep: true }),
    async askKindly(port) {
      const probe = await openTcpJlink("127.0.0.1", port, wallClock);
      try {
        const { id } = await DebugPort.connect(await probe.connect("swd", 4_000_000), wallClock);
        if (id !== DPIDR) throw new Error(`DPIDR is ${id.toString(16)}`);
      } finally {
        await probe.close();
      }
    },
    session: JLINK_SESSION,
    sendsFirst: true,
  };
}

function pyocdVictim(): Victim {
  const twin = board({ flash: "zero", execute: false });
  return {
    serve: () => servePyocd(twin, { host: "127.0.0.1", port: 0 }),
    async askKindly(port) {
      const socket = connect(port, "127.0.0.1");
      const answers = createInterface({ input: socket })[Symbol.asyncIterator]();
      let id: unknown;
      for (const line of PYOCD_LINES) {
        socket.write(`${line}\n`);
        const { status, result, error } = JSON.parse((await answers.next()).value as string) as Record<string, unknown>;
        if (status !== 0) throw new Error(`status ${String(status)} for ${line}: ${String(error)}`);
        if (line.includes("read_dp")) id = result;
      }
      socket.destroy();
      if (id !== DPIDR) throw new Error(`DPIDR is ${String(id)}`);
    },
    session: PYOCD_LINES.map((line) => new TextEncoder().encode(`${line}\n`)),
    sendsFirst: false,
    http: { request: pyocdPost, executed: pyocdExecuted },
  };
}

/** RTT without a target: what reaches channel 0 is sent back to all that are on it. */
function rttVictim(): Victim {
  const encode = (text: string) => new TextEncoder().encode(text);
  return {
    async serve() {
      const server = await serveRtt({ port: 0, banner: BANNER });
      const pump = setInterval(() => {
        const line = joinedLines(server.lines.map((each) => each.line));
        for (const channel of line.channels) {
          const input = line.waiting(channel);
          line.take(channel, input);
          line.sent(channel, input.length);
        }
      }, 2);
      const close = async () => {
        clearInterval(pump);
        await server.close();
      };
      return { host: "127.0.0.1", port: server.port, close };
    },
    async askKindly(port) {
      const socket = connect(port, "127.0.0.1");
      const answers = createInterface({ input: socket })[Symbol.asyncIterator]();
      if ((await answers.next()).value !== BANNER.trimEnd()) throw new Error("the banner is another one");
      socket.write("$$SEGGER_TELNET_ConfigStr=RTTCh;201$$echo\n");
      const { value } = await answers.next();
      socket.destroy();
      if (value !== "echo") throw new Error(`the echo is ${String(value)}`);
    },
    session: [
      "$$SEGGER_TELNET_ConfigStr=RTTCh;1;SetRTTAddr;0x20000000$$",
      "input",
      "$$SEGGER_TELNET_ConfigStr=SetRTTSearchRanges;0x20000000 0x1000, 0x20004000 0x100$$",
      "x".repeat(2000),
      "POST / HTTP/1.1\r\n\r\n",
    ].map(encode),
    sendsFirst: true,
  };
}

const BANNER = "RTT\r\n";

const PULL_RESET = '{"id": 0, "request": "assert_reset", "arguments": [true]}\n';

const pyocdPost = (origin: string): Uint8Array =>
  new TextEncoder().encode(
    `POST / HTTP/1.1\r\nHost: 127.0.0.1:5555\r\nOrigin: ${origin}\r\nContent-Type: text/plain\r\n` +
      `Content-Length: ${PULL_RESET.length}\r\n\r\n${PULL_RESET}`,
  );

/** Whether the reset line is pulled: the one thing that the body asks for. */
async function pyocdExecuted(port: number): Promise<number> {
  const socket = connect(port, "127.0.0.1");
  const answers = createInterface({ input: socket })[Symbol.asyncIterator]();
  socket.write('{"id": 1, "request": "is_reset_asserted", "arguments": []}\n');
  const { result } = JSON.parse((await answers.next()).value as string) as { result?: boolean };
  socket.destroy();
  return result === true ? 1 : 0;
}

function bytes(text: string): Uint8Array {
  return Uint8Array.from(text.split(" "), (byte) => Number.parseInt(byte, 16));
}

function usbipVictim(): Victim {
  const twin = board({ flash: "zero", execute: false });
  return {
    serve: () => serveUsbip([twin], { host: "127.0.0.1", port: 0 }, { lockstep: true }),
    async askKindly(port) {
      const { status, wire } = await importDevice(port, "1-1");
      if (status !== 0) throw new Error(`the import ends with ${status}`);
      const { data } = await new ImportedDevice(wire).controlIn(0x80, 6, 0x0100, 0, 18);
      wire.socket.destroy();
      if (data.readUInt16LE(8) !== SEGGER) throw new Error(`the device's descriptor is ${data.toString("hex")}`);
    },
    session: USBIP_SESSION,
    sendsFirst: false,
  };
}

const SEGGER = 0x1366;

/** An import, then transfers of each kind, one of them called off. */
const USBIP_SESSION: readonly Uint8Array[] = [
  importRequest("1-1"),
  urbHeader(1, 1, true, 0, submitFields(18, bytes("80 06 00 01 00 00 12 00"))),
  urbHeader(1, 2, true, 0, submitFields(255, bytes("80 06 00 02 00 00 ff 00"))),
  urbHeader(1, 3, false, 0, submitFields(0, bytes("00 09 01 00 00 00 00 00"))),
  Buffer.concat([urbHeader(1, 4, false, 2, submitFields(1)), Buffer.of(0x01)]),
  urbHeader(1, 5, true, 1, submitFields(512)),
  urbHeader(1, 6, true, 1, submitFields(64)),
  urbHeader(2, 7, false, 0, Buffer.of(0, 0, 0, 6)),
  Buffer.concat([urbHeader(1, 8, false, 2, submitFields(64)), Buffer.alloc(64, 0xe8)]),
  urbHeader(1, 9, true, 0, submitFields(2, bytes("82 00 00 00 02 00 02 00"))),
];

/** What pyOCD asks first, up to DPIDR, then one of each longer kind. */
const PYOCD_LINES = [
  ["hello", "1"],
  ["open", ""],
  ["readprop", '"capabilities"'],
  ["lock", ""],
  ["connect", '"DEFAULT"'],
  ["swj_sequence", "51, 2251799813685247"],
  ["swj_sequence", "16, 59294"],
  ["swj_sequence", "56, 72057594037927935"],
  ["swj_sequence", "8, 0"],
  ["read_dp", "0"],
  ["write_dp", "0, 30"],
  ["write_dp", "4, 1342177280"],
  ["write_dp", "8, 0"],
  ["write_ap", "0, 587202642"],
  ["write_ap", "4, 536870912"],
  ["write_ap_multiple", "12, [1, 2, 3, 4, 4294967295]"],
  ["read_ap_multiple", "12, 256"],
  ["set_clock", "4000000"],
  ["is_reset_asserted", ""],
  ["swo_start", "1000000"],
  ["swo_read", ""],
  ["swo_stop", ""],
  ["unlock", ""],
].map(([request, given], id) => `{"id": ${id}, "request": "${request}", "arguments": [${given}]}`);

const ones = (count: number) => Array.from({ length: count }, () => "ff").join(" ");
const zeros = (count: number) => Array.from({ length: count }, () => "00").join(" ");

/** What a client of a J-Link asks first, up to DPIDR, then one of each longer kind. */
const JLINK_SESSION: readonly Uint8Array[] = [
  "07 01",
  "07 e8",
  "07 ed",
  "07 f0",
  "07 d4",
  "07 f2",
  "07 07",
  `07 09 64 ${zeros(12)}`,
  "07 c7 ff",
  "07 c7 01",
  "07 dd",
  "07 df",
  "07 c0",
  "07 05 a0 0f",
  `07 cf 00 be 00 ${ones(18)} 00 00 00 00 c0 3f ${ones(7)} 9e e7 ${ones(7)} 00 a5 ${zeros(6)}`,
  "07 cf 00 36 00 ff e0 ff ff ff ff 3f 81 c0 03 00 00 00 00",
  "07 c1 ff ff ff ff",
  `07 f3 ${ones(256)}`,
  "07 eb 64 04 01 00 00 00 00 04 02 00 c2 01 00 00",
  "07 ee 01 00 00 00 00 10 00 00 00",
].map(bytes);
