import { MILLISECOND, within } from "../../base/clock.ts";
import { HostError } from "../../base/errors.ts";
import { address32 } from "../../base/u32.ts";
import { nextTurn } from "../../node/event-loop.ts";
import { pacedRest } from "../../node/boards/pacer.ts";
import type { OpenProbe } from "../../node/probes.ts";
import type { AddressRange, ControlBlock } from "../../rtt/control-block.ts";
import { pump } from "../../rtt/pump.ts";
import { blockNotFound, Rtt, type RttPlace } from "../../rtt/rtt.ts";
import { RttError } from "../../rtt/rtt-error.ts";
import { USUAL_RAM } from "../../rtt/search.ts";
import type { Session } from "../../session/session.ts";
import { parseAddress, parseNumber, parseRange } from "../options/numbers.ts";
import type { Answer } from "../output.ts";
import { TerminalLine } from "../rtt-line.ts";
import { withTarget } from "../target.ts";
import { type Invocation, listOption, note, textOption } from "../verb.ts";

/** How often the target is looked at, in its own microseconds. */
const TURN_US = 2_000;

/** A turn takes milliseconds; a probe that holds one up so long is lost. */
const PUMP_MS = 5_000;

/**
 * `rtt`: what the firmware says by RTT, on stdout as it comes, until Ctrl-C, `--for` or `--until`; what is typed goes
 * down. Throws `rtt-not-found` where no control block has been found by then, and `rtt-no-channel`.
 */
export function rtt(invocation: Invocation): Promise<Answer> {
  const wish = readWish(invocation);
  return withTarget(
    invocation,
    async ({ session, open }) => {
      const line = new TerminalLine(wish.channel, invocation);
      const terminated = new AbortController();
      const onTerminate = () => terminated.abort();
      process.once("SIGTERM", onTerminate);
      try {
        const signal = AbortSignal.any([invocation.signal, terminated.signal]);
        return await listen({ ...invocation, signal }, wish, { session, open, line });
      } finally {
        process.off("SIGTERM", onTerminate);
        line.close();
      }
    },
    { connect: "attach" },
  );
}

/** What the options ask for; read before a probe is opened. */
interface Wish {
  readonly channel: number;
  readonly address: number | undefined;
  readonly ranges: readonly AddressRange[];
  readonly forMs: number | undefined;
  readonly until: string | undefined;
}

function readWish(invocation: Invocation): Wish {
  const [address, forMs] = [textOption(invocation, "addr"), textOption(invocation, "for")];
  const channel = parseNumber(textOption(invocation, "channel") ?? "0");
  if (channel > 0xff) throw new HostError("usage", `${channel} is no RTT channel`);
  return {
    channel,
    address: address === undefined ? undefined : parseAddress(address),
    ranges: listOption(invocation, "range").map(parseRange),
    forMs: forMs === undefined ? undefined : parseNumber(forMs),
    until: textOption(invocation, "until"),
  };
}

/** What one call works with. */
interface Bench {
  readonly session: Session;
  readonly open: OpenProbe;
  readonly line: TerminalLine;
}

async function listen(invocation: Invocation, wish: Wish, { session, open, line }: Bench): Promise<Answer> {
  const place = placeOf(wish, session);
  const rtt = new Rtt(session.core.memory, session.clock, place);
  const rest = restOf(open, wish);
  const isOver = endOf(wish, session, line);
  let block: ControlBlock | undefined;
  while (!invocation.signal.aborted && !isOver()) {
    const now = await pump(rtt, line, within(session.clock, PUMP_MS));
    if (now && now.address !== block?.address) meet(invocation, now, wish.channel);
    block = now ?? block;
    await rest(invocation.signal);
  }
  if (!block) throw blockNotFound(place);
  const result = { address: address32(block.address), channel: wish.channel, bytes: line.bytes, text: line.text };
  return { result, text: [], exit: 0, clock: open.clockKind };
}

function endOf({ forMs, until }: Wish, { clock }: Session, line: TerminalLine): () => boolean {
  const end = forMs === undefined ? Number.POSITIVE_INFINITY : clock.now() + forMs * MILLISECOND;
  return () => clock.now() >= end || (until !== undefined && line.text.includes(until));
}

function placeOf({ address, ranges }: Wish, { found }: Session): RttPlace {
  const ram = found.chip?.memory.filter(({ kind }) => kind === "ram") ?? USUAL_RAM;
  return { ranges: ranges.length > 0 ? ranges : ram, ...(address === undefined ? {} : { address }) };
}

/** Whoever says how long gets a simulated board's own time, as fast as it goes; anybody else is a person. */
function restOf({ clock, clockKind }: OpenProbe, { forMs }: Wish): (signal: AbortSignal) => Promise<void> {
  const sleep = clockKind === "virtual" && forMs === undefined ? pacedRest(clock) : inTurns(clock);
  return (signal) => sleep(TURN_US, signal).catch((error) => (signal.aborted ? undefined : Promise.reject(error)));
}

/** Signals and input are heard in between. */
const inTurns = (clock: OpenProbe["clock"]) => async (us: number, signal?: AbortSignal) => {
  await clock.sleep(us, signal);
  await nextTurn();
};

/** Says to people what was found; throws `rtt-no-channel` where the block has no such channel, and never will have. */
function meet(invocation: Invocation, { address, up, down }: ControlBlock, channel: number): void {
  if (channel >= Math.max(up.length, down.length)) {
    const text = `The target has ${up.length} up and ${down.length} down channels of RTT, and none with the number ${channel}`;
    throw new RttError("rtt-no-channel", text, { details: { channel, up: up.length, down: down.length } });
  }
  if (invocation.terminal.errIsTerminal)
    note(invocation, `RTT: control block at ${address32(address)}, channel ${channel}`);
}
