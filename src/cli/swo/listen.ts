import { MILLISECOND } from "../../base/clock.ts";
import { yieldToEventLoop } from "../../node/event-loop.ts";
import { pacedRest } from "../../node/boards/pacer.ts";
import type { OpenProbe } from "../../node/probes.ts";
import type { Session } from "../../session/session.ts";
import { SwoCapture, type SwoWanted } from "../../session/swo/capture.ts";
import { SwoDecoder } from "../../swo/decoder.ts";
import type { SwoPacket } from "../../swo/packet.ts";

/** How often the probe is asked, in microseconds: 2 Mbit/s fill a buffer of 4 KB in 20 ms. */
const POLL_US = 2_000;

/** What listening needs. */
export interface Listening {
  readonly session: Session;
  readonly open: OpenProbe;
  readonly signal: AbortSignal;
  /** Milliseconds after which it ends, on a simulated board in its own time; until the signal where absent. */
  readonly forMs: number | undefined;
  /** Takes what came with each look, in bytes and decoded. */
  take(bytes: Uint8Array, packets: readonly SwoPacket[]): void;
  /** Whether it is to end now. */
  isOver?(): boolean;
}

/** What was captured on the whole. */
export interface Capture {
  readonly capture: SwoCapture;
  readonly bytes: number;
  /** How often the probe had lost bytes. */
  readonly losses: number;
}

/** Has the target send by SWO, and takes what it sends until the end; throws what `SwoCapture.start` throws. */
export async function listenToSwo(listening: Listening, wanted: SwoWanted): Promise<Capture> {
  const { session, open, signal, forMs, take } = listening;
  const capture = await SwoCapture.start(session, wanted, { signal });
  const decoder = new SwoDecoder();
  const rest = restOf(open, forMs);
  const end = forMs === undefined ? Number.POSITIVE_INFINITY : session.clock.now() + forMs * MILLISECOND;
  let [bytes, losses] = [0, 0];
  try {
    while (!signal.aborted && session.clock.now() < end && !listening.isOver?.()) {
      await rest(POLL_US, signal).catch((error: unknown) => (signal.aborted ? undefined : Promise.reject(error)));
      const piece = await capture.read();
      bytes += piece.bytes.length;
      if (piece.lost) losses++;
      take(piece.bytes, decoder.feed(piece.bytes));
    }
  } finally {
    await capture.stop();
  }
  return { capture, bytes, losses };
}

/** With an end given a simulated board runs on its own time, as fast as it goes; without one, at the wall's pace. */
function restOf({ clock, clockKind }: OpenProbe, forMs: number | undefined) {
  if (clockKind === "virtual" && forMs === undefined) return pacedRest(clock);
  return async (us: number, signal?: AbortSignal) => {
    await clock.sleep(us, signal);
    await yieldToEventLoop();
  };
}
