import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Image } from "../../src/image/image.ts";
import { writeSrec } from "../../src/image/write-srec.ts";
import { serveJlink } from "../../src/node/servers/jlink-server.ts";
import type { Twin } from "../../src/twin/usb.ts";
import { hasJudge } from "../../tools/judges.mjs";
import type { SoakOptions } from "../../tools/lib/soak-runner.mjs";
import { board } from "../support/board.ts";
import { Chance } from "../support/chance.ts";
import { Gone, Hang, INTERRUPT, SocketClient } from "./gdb/client.ts";
import { flashSession } from "./gdb/flash-breakpoints.ts";
import { firmware, PLACES, programmed, SECTOR } from "./gdb/firmware.ts";
import { type ServerProcess, startServer } from "./gdb/server-process.ts";

const CHIP = "MK24FN1M0xxx12";
const FLASH_BYTES = 0x100000;

/** No answer takes nearly so long, however busy the machine is. */
const PATIENCE_MS = 60_000;

/** One session in so many is a real GDB's. */
const REAL = 10;

/** One session in so many has breakpoints in flash. */
const FLASH = 4;

/** What was counted over all sessions. */
interface Tally {
  serverKilled: number;
  clientKilled: number;
  bothKilled: number;
  real: number;
  inPart: number;
  patched: number;
  leftovers: number;
  unreported: number;
  hangs: number;
  wrong: number;
}

/**
 * Debugs a board that lives apart from its server: a client loads, sets breakpoints and watchpoints, runs and steps, and it,
 * the server, or both are killed at a random moment. Then the flash has to be what it can be, the next client has to
 * get true answers and to learn of breakpoints that were left, and its load has to bring the board up.
 */
export async function run({ count, seed, out }: SoakOptions): Promise<number> {
  const hasGdb = hasJudge("gdb-multiarch");
  if (!hasGdb) {
    out("skipped: sessions of a real GDB, gdb-multiarch (apt-get install gdb-multiarch)");
    if (process.env["FLASHPROOF_REQUIRE"]?.includes("gdb-multiarch")) return 1;
  }
  const chance = new Chance(seed);
  const twin = board({ flash: "zero" });
  const probe = await serveJlink(twin, { host: "127.0.0.1", port: 0 }, { lockstep: true });
  const folder = mkdtempSync(join(tmpdir(), "flashproof-soak-gdb-"));
  const tally = {
    ...{ serverKilled: 0, clientKilled: 0, bothKilled: 0, real: 0 },
    ...{ inPart: 0, patched: 0, leftovers: 0, unreported: 0, hangs: 0, wrong: 0 },
  };
  const bench: Bench = { twin, folder, chance, tally, probe: probe.port, hasGdb, server: undefined };
  try {
    for (let i = 0; i < count; i++) await session(bench, i);
  } finally {
    await bench.server?.kill();
    await probe.close();
    rmSync(folder, { recursive: true });
  }
  out(
    Object.entries(tally)
      .map(([what, number]) => `${what} ${number}`)
      .join(" "),
  );
  return tally.unreported + tally.hangs + tally.wrong === 0 ? 0 : 1;
}

interface Bench {
  readonly twin: Twin;
  readonly folder: string;
  readonly chance: Chance;
  readonly tally: Tally;
  /** The port of the board's probe. */
  readonly probe: number;
  readonly hasGdb: boolean;
  server: ServerProcess | undefined;
}

/** How far a session had come when it ended. */
interface Reached {
  /** `vFlashDone` was not sent, is under way, or was answered with OK. */
  flash: "before" | "under way" | "after";
  /** Breakpoints and watchpoints that are set for sure, and that no server can have taken away. */
  points: number;
}

/** A session with servers of its own. */
async function flashBreakpoints(bench: Bench): Promise<void> {
  await bench.server?.kill();
  bench.server = undefined;
  const { twin, folder, chance, probe, tally } = bench;
  await flashSession({ twin, folder, chance, probe, tally, chip: CHIP, patienceMs: PATIENCE_MS, debuggerOf });
}

async function session(bench: Bench, number: number): Promise<void> {
  const { chance, twin, tally } = bench;
  const image = firmware(chance);
  const before = twin.peekFlash(0, FLASH_BYTES);
  try {
    if (number % FLASH === FLASH - 1) return await flashBreakpoints(bench);
    bench.server ??= await startServer(bench.probe, CHIP, PATIENCE_MS);
    const isReal = bench.hasGdb && number % REAL === REAL - 1;
    const reached = isReal ? await realSession(bench, image) : await ownSession(bench, image);
    judgeFlash(bench, { before, image, reached });
    await recover(bench, image, reached.points);
  } catch (error) {
    if (error instanceof Hang) tally.hangs++;
    else tally.wrong++;
    console.error(`session ${number}: ${(error as Error).message}`);
    await bench.server?.kill();
    bench.server = undefined;
  }
}

const loaded = (reached: Reached): void => {
  reached.flash = "after";
};

/** What a client sends, in order; each with what it changes once it was answered. */
function packetsOf(image: Image): readonly { readonly packet: string; readonly done?: (reached: Reached) => void }[] {
  const hex = (value: number) => value.toString(16);
  const erases = image.segments.map(({ address, bytes }) => ({
    packet: `vFlashErase:${hex(address)},${hex(bytes.length)}`,
  }));
  const writes = image.segments.flatMap(({ address, bytes }) =>
    Array.from({ length: bytes.length / SECTOR }, (_, i) => ({
      packet: `vFlashWrite:${hex(address + i * SECTOR)}:${Buffer.from(bytes.subarray(i * SECTOR, i * SECTOR + SECTOR)).toString("latin1")}`,
    })),
  );
  const points = (by: number) => (reached: Reached) => {
    reached.points += by;
  };
  return [
    ...["qSupported:swbreak+;hwbreak+", "QStartNoAckMode", "?", "g"].map((packet) => ({ packet })),
    ...erases,
    ...writes,
    { packet: "vFlashDone", done: loaded },
    { packet: `Z1,${hex(PLACES.loop)},2`, done: points(1) },
    ...["vCont;c", "g", "vCont;s:1", "vCont;c"].map((packet) => ({ packet })),
    { packet: `z1,${hex(PLACES.loop)},2`, done: points(-1) },
    { packet: `Z2,${hex(PLACES.counter)},4`, done: points(1) },
    ...["vCont;c", `m${hex(PLACES.counter)},4`].map((packet) => ({ packet })),
    { packet: `z2,${hex(PLACES.counter)},4`, done: points(-1) },
    { packet: "vCont;c" },
    { packet: INTERRUPT },
    { packet: "D" },
  ];
}

/** A client of ours, which ends, or whose server does, a random time after a random packet. */
async function ownSession(bench: Bench, image: Image): Promise<Reached> {
  const { chance, server } = bench;
  if (!server) throw new Error("there is no server");
  const packets = packetsOf(image);
  // One in three ends while the load's job is under way.
  const job = packets.findIndex(({ packet }) => packet === "vFlashDone");
  const last = chance.below(3) === 0 ? job : chance.below(packets.length);
  const reached: Reached = { flash: "before", points: 0 };
  const client = await SocketClient.to(server.port);
  for (const { packet, done } of packets.slice(0, last)) {
    // The core runs until Ctrl-C, whose answer is the stop.
    if (packet === "vCont;c" && reached.flash === "after" && reached.points === 0) client.put(packet);
    else {
      const answer = await client.ask(packet, PATIENCE_MS);
      if (answer.startsWith("E")) throw new Error(`${packet.slice(0, 20)} was answered with ${answer}`);
      done?.(reached);
    }
  }
  const { packet } = packets[last];
  client.put(packet);
  if (packet === "vFlashDone") reached.flash = "under way";
  if (packet.startsWith("z")) reached.points = 0;
  await new Promise((resolve) => setTimeout(resolve, chance.below(chance.pick([2, 40, 400]))));
  const which = await killOne(bench, () => client.drop());
  // A server that outlives its client for a moment may have taken the points away.
  return which === "server" ? reached : { ...reached, points: 0 };
}

/** A real GDB, which ends, or whose server does, within two seconds. */
async function realSession(bench: Bench, image: Image): Promise<Reached> {
  const { chance, server, folder, tally } = bench;
  const file = join(folder, "image.srec");
  const script = join(folder, "script.gdb");
  writeFileSync(file, writeSrec(image));
  const loop = `*0x${PLACES.loop.toString(16)}`;
  const commands = [
    ...["set pagination off", "set confirm off", "set architecture armv7e-m"],
    ...[`target extended-remote 127.0.0.1:${server?.port}`, `load ${file}`, `hbreak ${loop}`, "continue"],
    ...["stepi", "continue", "info registers", "delete", `watch *(int*)0x${PLACES.counter.toString(16)}`],
    ...["continue", "continue", "delete", "continue"],
  ];
  writeFileSync(script, `${commands.join("\n")}\n`);
  const gdb = spawn("gdb-multiarch", ["-nx", "-batch", "-x", script], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => gdb.once("close", () => resolve()));
  await new Promise((resolve) => setTimeout(resolve, chance.below(2000)));
  tally.real++;
  await killOne(bench, () => void gdb.kill("SIGKILL"));
  // What has lost its server ends by itself.
  const late = setTimeout(() => gdb.kill("SIGKILL"), PATIENCE_MS);
  await ended;
  clearTimeout(late);
  return { flash: "under way", points: 0 };
}

/** Kills the client, the server, or the client and then the server. */
async function killOne(bench: Bench, killClient: () => void): Promise<"client" | "server" | "both"> {
  const { chance, tally, server } = bench;
  const which = chance.pick(["client", "server", "both"] as const);
  tally[`${which}Killed`]++;
  if (which !== "server") killClient();
  if (which === "client") return which;
  await server?.kill();
  bench.server = undefined;
  if (which === "server") killClient();
  return which;
}

interface Outcome {
  readonly before: Uint8Array;
  readonly image: Image;
  readonly reached: Reached;
}

/** Before the end of a load nothing has changed, after it all of it has; in between, nothing beside the image's sectors. */
function judgeFlash({ twin, tally }: Bench, { before, image, reached }: Outcome): void {
  const now = twin.peekFlash(0, FLASH_BYTES);
  const after = programmed(before, image);
  const differs = (expected: Uint8Array) => expected.findIndex((byte, i) => byte !== now[i]);
  if (reached.flash === "under way") {
    tally.inPart += differs(before) >= 0 && differs(after) >= 0 ? 1 : 0;
    const elsewhere = before.findIndex((byte, i) => byte !== now[i] && !isInSector(image, i));
    if (elsewhere >= 0) throw new Error(`flash beside the image has changed at 0x${elsewhere.toString(16)}`);
    return;
  }
  const at = differs(reached.flash === "before" ? before : after);
  if (at >= 0) throw new Error(`flash isn't what it was ${reached.flash} the load, at 0x${at.toString(16)}`);
}

const isInSector = (image: Image, at: number): boolean =>
  image.segments.some(({ address, bytes }) => at >= address && at < address + bytes.length);

/** The next client: true reads, no points that are left unreported, and a load that brings the board up. */
async function recover(bench: Bench, image: Image, left: number): Promise<void> {
  const { twin, tally, chance } = bench;
  bench.server ??= await startServer(bench.probe, CHIP, PATIENCE_MS);
  const client = await debuggerOf(bench.server.port);
  const ask = (packet: string) => client.ask(packet, PATIENCE_MS);
  const expect = async (packet: string, pattern: RegExp) => {
    const answer = await ask(packet);
    if (!pattern.test(answer)) throw new Error(`${packet.slice(0, 20)} of the next client was answered with ${answer}`);
  };
  await expect("?", /^T/);
  await expect("qRcmd,776879", /^OK$/);
  if (left > 0) {
    tally.leftovers += left;
    if (!/another debugger has left were cleared/.test(client.printed)) tally.unreported += left;
  }
  // The six comparators of the FPB, and the functions of the DWT's four.
  await expect("me0002008,18", /^0+$/);
  for (const at of ["28", "38", "48", "58"]) await expect(`me00010${at},4`, /^[0-9a-f]0/);
  const at = chance.below(0x10000) & ~0x3f;
  const truth = Buffer.from(twin.peekFlash(at, 0x40)).toString("hex");
  await expect(`m${at.toString(16)},40`, new RegExp(`^${truth}$`));
  const expected = programmed(twin.peekFlash(0, FLASH_BYTES), image);
  const done = packetsOf(image).findIndex(({ packet }) => packet === "vFlashDone");
  for (const { packet } of packetsOf(image).slice(4, done + 1)) await expect(packet, /^OK$/);
  if (!Buffer.from(twin.peekFlash(0, FLASH_BYTES)).equals(Buffer.from(expected)))
    throw new Error("the next client's load has succeeded, and the flash isn't what was loaded");
  await expect(`Z1,${PLACES.loop.toString(16)},2`, /^OK$/);
  const pc = Buffer.from(Uint8Array.of(PLACES.loop, PLACES.loop >> 8, 0, 0)).toString("hex");
  await expect("vCont;c", new RegExp(`^T05.*0f:${pc};.*hwbreak`));
  await expect("D", /^OK$/);
  client.drop();
}

/** Connects as the client that debugs; the one before may be about to be noticed as gone. */
async function debuggerOf(port: number): Promise<SocketClient> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const client = await SocketClient.to(port);
    const answer = await client.ask("qSupported:swbreak+;hwbreak+", PATIENCE_MS).catch((error: unknown) => {
      if (error instanceof Gone) return "";
      throw error;
    });
    if (answer.includes("QNonStop+")) return client;
    client.drop();
    if (performance.now() > deadline) throw new Hang("the client before is served for too long");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
