import type { Twin } from "../../../src/twin/usb.ts";
import type { Chance } from "../../support/chance.ts";
import { type SocketClient, Hang } from "./client.ts";
import { PLACES, SECTOR } from "./firmware.ts";
import { type ServerProcess, startServer } from "./server-process.ts";

/** What sessions with breakpoints in flash work on. */
export interface FlashBench {
  readonly twin: Twin;
  readonly folder: string;
  readonly chance: Chance;
  readonly probe: number;
  readonly chip: string;
  readonly patienceMs: number;
  readonly tally: { patched: number; unreported: number };
  /** Connects as the client that debugs. */
  readonly debuggerOf: (port: number) => Promise<SocketClient>;
}

const FLASH_BYTES = 0x100000;
const LEFT = /a GDB server that was ended by force/;

/**
 * Sets more breakpoints than there are comparators, lets the core run, and ends client, server or both at a random moment.
 * The flash has to be the firmware's again: at once where the server lives, else by `--restore-breakpoints`; and the next
 * server has to report what was left, and nothing else. Throws for everything that is not so.
 */
export async function flashSession(bench: FlashBench): Promise<void> {
  const { twin, chance } = bench;
  const first = await start(bench, "--flash-breakpoints", "on");
  const own = twin.peekFlash(0, FLASH_BYTES);
  const client = await bench.debuggerOf(first.port);
  const killed = chance.pick(["client", "server"] as const);
  try {
    await patch(bench, client);
  } finally {
    if (killed === "server") await first.kill();
    client.drop();
  }
  if (killed === "client") {
    await untilOwn(bench, own);
    await first.kill();
  }
  const isOwn = holds(bench, own);
  if (!isOwn) bench.tally.patched++;
  const next = await start(bench);
  await next.kill();
  if (!isOwn && !LEFT.test(next.printed())) bench.tally.unreported++;
  if (isOwn && LEFT.test(next.printed())) throw new Error("leftovers are reported of a flash that has none");
  await (await start(bench, "--restore-breakpoints")).kill();
  if (!holds(bench, own)) throw new Error("the flash is not the firmware's after --restore-breakpoints");
}

/** A run or two with breakpoints in two sectors, the last of which may be cut off at any moment. */
async function patch({ chance, patienceMs }: FlashBench, client: SocketClient): Promise<void> {
  const ask = (packet: string) => client.ask(packet, patienceMs);
  const at = () => 0x8000 + SECTOR * chance.below(2) + 2 * chance.below(SECTOR / 2);
  const set = async (places: readonly number[], what: "Z" | "z") => {
    for (const place of places) await ask(`${what}1,${place.toString(16)},2`);
  };
  await ask("?");
  await set([PLACES.loop], "Z");
  const places = Array.from({ length: 8 + chance.below(4) }, at);
  await set(places, "Z");
  if (chance.below(2) === 0) {
    await ask("vCont;c");
    await set(places.slice(0, chance.below(places.length)), "z");
  }
  client.put("vCont;c");
  await new Promise((resolve) => setTimeout(resolve, chance.below(chance.pick([5, 60, 400]))));
}

const start = (bench: FlashBench, ...words: readonly string[]): Promise<ServerProcess> =>
  startServer(bench.probe, bench.chip, bench.patienceMs, { words, env: { XDG_STATE_HOME: bench.folder } });

const holds = ({ twin }: FlashBench, own: Uint8Array): boolean =>
  Buffer.from(twin.peekFlash(0, FLASH_BYTES)).equals(Buffer.from(own));

/** The server gives the sectors their own bytes back once it has noticed that its client is gone. */
async function untilOwn(bench: FlashBench, own: Uint8Array): Promise<void> {
  const deadline = performance.now() + bench.patienceMs;
  while (!holds(bench, own)) {
    if (performance.now() > deadline) throw new Hang("the flash is not given its own bytes back");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
