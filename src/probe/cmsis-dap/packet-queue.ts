import type { BatchProgress } from "../swd/batch-progress.ts";
import type { SwdResponse } from "../swd/swd-transfer.ts";
import type { RunResult, TransferRun } from "../swd/transfer-link.ts";
import type { DapLink, PendingCommand } from "./dap-link.ts";
import { type DapPacket, nextPacket } from "./packets.ts";
import { EXECUTE, type RowOutcome, TRANSFER, TRANSFER_BLOCK } from "./transfer.ts";

/**
 * Sends packets until the run ends, the caller aborts or the target fails, and fetches every response that is under
 * way whatever happens: one left behind would be taken for the next one's.
 */
export async function runPackets(link: DapLink, run: TransferRun, progress: BatchProgress): Promise<RunResult> {
  const flying: Flying[] = [];
  const sent: DapPacket[] = [];
  // Without overrun detection nothing may stand behind what is open, not even in its own packet.
  const limits = run.overrunDetection ? link.limits : { ...link.limits, count: 1, isAtomic: false };
  let next = run.from;
  let reached: RunResult = { done: run.from, ack: "ok", pending: false };
  let called: { readonly off: unknown } | undefined;
  for (;;) {
    while (next < run.to && flying.length < limits.count && reached.ack === "ok" && !called) {
      called = calledOff(run);
      if (called) break;
      const packet = nextPacket(run.transfers, next, run.to, limits, sent);
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
  readonly flight: PendingCommand<RowOutcome>;
}

const launch = (link: DapLink, { kind, parts, transfers }: DapPacket): Promise<PendingCommand<RowOutcome>> =>
  kind === "atomic" ? link.send(EXECUTE, parts) : link.send(kind === "block" ? TRANSFER_BLOCK : TRANSFER, transfers);

/** Keeps the words that came; what a failure left unfetched stays unanswered. */
function keep(
  { transfers }: DapPacket,
  { done, ack, words }: RowOutcome,
  at: number,
  progress: BatchProgress,
): RunResult {
  const acknowledged = transfers.slice(0, done);
  let taken = 0;
  const answers = acknowledged.flatMap((transfer): SwdResponse[] => {
    if (transfer.word !== undefined) return [{ ack: "ok", word: 0 }];
    return taken < words.length ? [{ ack: "ok", word: words[taken++] }] : [];
  });
  progress.take(acknowledged, answers);
  return { done: at + done, ack, pending: ack !== "ok" && transfers[done - 1]?.reg.port === "ap" };
}

function calledOff({ check }: TransferRun): { readonly off: unknown } | undefined {
  try {
    check();
    return undefined;
  } catch (off) {
    return { off };
  }
}
