import { MILLISECOND, within } from "../../base/clock.ts";
import { address32 } from "../../base/u32.ts";
import { yieldToEventLoop } from "../../node/event-loop.ts";
import { pacedRest } from "../../node/boards/pacer.ts";
import type { OpenProbe } from "../../node/probes.ts";
import type { ControlBlock } from "../../rtt/control-block.ts";
import { pump } from "../../rtt/pump.ts";
import { blockNotFound, Rtt, type RttPlace } from "../../rtt/rtt.ts";
import { RttError } from "../../rtt/rtt-error.ts";
import { USUAL_RAM } from "../../rtt/search.ts";
import type { Session } from "../../session/session.ts";
import type { Answer } from "../output.ts";
import { TerminalLine } from "../rtt-line.ts";
import { withTarget } from "../target.ts";
import type { OptionsOf } from "../options/sets.ts";
import { type Invocation, note } from "../verb.ts";

/** How often the target is looked at, in its own microseconds. */
const POLL_US = 2_000;

/** A poll takes milliseconds; a probe that delays one so long is lost. */
const PUMP_MS = 5_000;

/**
 * `rtt`: what the firmware says by RTT, on stdout as it comes, until Ctrl-C, `--for` or `--until`; what is typed goes
 * down. Throws `rtt-not-found` where no control block has been found by then, and `rtt-no-channel`.
 */
export function rtt(invocation: Invocation<OptionsOf<"rtt">>): Promise<Answer> {
  return withTarget(
    invocation,
    async ({ session, open }) => {
      const line = new TerminalLine(invocation.options.channel, invocation);
      try {
        return await listen(invocation, { session, open, line });
      } finally {
        line.close();
      }
    },
    { connect: "attach" },
  );
}

type RttOptions = OptionsOf<"rtt">;

/** What one call works with. */
interface Bench {
  readonly session: Session;
  readonly open: OpenProbe;
  readonly line: TerminalLine;
}

async function listen(invocation: Invocation<RttOptions>, { session, open, line }: Bench): Promise<Answer> {
  const { options } = invocation;
  const place = placeOf(options, session);
  const rtt = new Rtt(session.share("rtt").core.memory, session.clock, place);
  const rest = restOf(open, options);
  const isOver = endOf(options, session, line);
  let block: ControlBlock | undefined;
  while (!invocation.signal.aborted && !isOver()) {
    const now = await pump(rtt, line, within(session.clock, PUMP_MS));
    if (now && now.address !== block?.address) reportBlock(invocation, now, options.channel);
    block = now ?? block;
    await rest(invocation.signal);
  }
  if (!block) throw blockNotFound(place);
  const result = { address: address32(block.address), channel: options.channel, bytes: line.bytes, text: line.text };
  return { result, text: [], exit: 0, clock: open.clockKind };
}

function endOf({ for: forMs, until }: RttOptions, { clock }: Session, line: TerminalLine): () => boolean {
  const end = forMs === undefined ? Number.POSITIVE_INFINITY : clock.now() + forMs * MILLISECOND;
  return () => clock.now() >= end || (until !== undefined && line.text.includes(until));
}

function placeOf({ addr: address, range: ranges }: RttOptions, { found }: Session): RttPlace {
  const ram = found.chip?.memories.filter(({ kind }) => kind === "ram") ?? USUAL_RAM;
  return { ranges: ranges.length > 0 ? ranges : ram, ...(address === undefined ? {} : { address }) };
}

/** With --for a simulated board runs on its own time, as fast as it goes; without it, at a person's pace. */
function restOf({ clock, clockKind }: OpenProbe, { for: forMs }: RttOptions): (signal: AbortSignal) => Promise<void> {
  const sleep = clockKind === "virtual" && forMs === undefined ? pacedRest(clock) : yieldingSleep(clock);
  return (signal) => sleep(POLL_US, signal).catch((error) => (signal.aborted ? undefined : Promise.reject(error)));
}

/** Signals and input are handled in between. */
const yieldingSleep = (clock: OpenProbe["clock"]) => async (us: number, signal?: AbortSignal) => {
  await clock.sleep(us, signal);
  await yieldToEventLoop();
};

/** Notes on a terminal what was found; throws `rtt-no-channel` where the block has no such channel, and never will have. */
function reportBlock(invocation: Invocation, { address, up, down }: ControlBlock, channel: number): void {
  if (channel >= Math.max(up.length, down.length)) {
    const text = `The target has ${up.length} up and ${down.length} down channels of RTT, and none with the number ${channel}`;
    throw new RttError("rtt-no-channel", text, { details: { channel, up: up.length, down: down.length } });
  }
  if (invocation.terminal.errIsTerminal)
    note(invocation, `RTT: control block at ${address32(address)}, channel ${channel}`);
}
