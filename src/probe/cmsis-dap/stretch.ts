import type { BatchProgress } from "../swd/batch-progress.ts";
import type { SwdAnswer } from "../swd/swd-transfer.ts";
import type { Reached, Stretch } from "../swd/transfer-lane.ts";
import type { DapLink, Flight } from "./dap-link.ts";
import { type DapPacket, nextPacket } from "./packets.ts";
import { type RowOutcome, TRANSFER, TRANSFER_BLOCK } from "./transfer.ts";

/**
 * Sends packets until the stretch, the caller's patience or the target's is over, and fetches every answer that is under
 * way whatever happens: one left behind would be taken for the next one's.
 */
export async function runStretch(link: DapLink, stretch: Stretch, progress: BatchProgress): Promise<Reached> {
  const flying: Flying[] = [];
  const sent: DapPacket[] = [];
  const most = stretch.overrunDetection ? link.limits.count : 1;
  let next = stretch.from;
  let reached: Reached = { done: stretch.from, ack: "ok", owed: false };
  let called: { readonly off: unknown } | undefined;
  for (;;) {
    while (next < stretch.to && flying.length < most && reached.ack === "ok" && !called) {
      called = calledOff(stretch);
      if (called) break;
      const packet = nextPacket(stretch.transfers, next, stretch.to, link.limits, sent);
      sent.push(packet);
      flying.push({ packet, flight: await launch(link, packet) });
      next += packet.transfers.length;
    }
    const landing = flying.shift();
    if (!landing) break;
    const outcome = await link.receive(landing.flight);
    if (reached.ack === "ok") reached = keep(landing.packet, outcome, reached.done, progress);
  }
  if (called && reached.ack === "ok") throw called.off;
  return reached;
}

interface Flying {
  readonly packet: DapPacket;
  readonly flight: Flight<RowOutcome>;
}

const launch = (link: DapLink, { kind, transfers }: DapPacket): Promise<Flight<RowOutcome>> =>
  link.send(kind === "block" ? TRANSFER_BLOCK : TRANSFER, transfers);

/** Keeps the words that came; what a failure left unfetched stays unanswered. */
function keep(
  { transfers }: DapPacket,
  { done, ack, words }: RowOutcome,
  at: number,
  progress: BatchProgress,
): Reached {
  const acknowledged = transfers.slice(0, done);
  let taken = 0;
  const answers = acknowledged.flatMap((transfer): SwdAnswer[] => {
    if (transfer.word !== undefined) return [{ ack: "ok", word: 0 }];
    return taken < words.length ? [{ ack: "ok", word: words[taken++] }] : [];
  });
  progress.take(acknowledged, answers);
  return { done: at + done, ack, owed: ack !== "ok" && transfers[done - 1]?.reg.port === "ap" };
}

function calledOff({ check }: Stretch): { readonly off: unknown } | undefined {
  try {
    check();
    return undefined;
  } catch (off) {
    return { off };
  }
}
