import { MILLISECOND } from "../../base/clock.ts";
import { CHIPS } from "../../chips/list.ts";
import { wallClock } from "../../host/wall-clock.ts";
import { inCliWords } from "../../report/advice-words.ts";
import { errorReport } from "../../report/error-report.ts";
import type { Message, Reply, Request, RequestKind, WorkError, WorkEvent } from "../protocol.ts";
import type { BoardHost } from "./board/board-host.ts";
import { Bench } from "./board/bench.ts";
import type { Handler } from "./context.ts";

const ofBoard = () => import("./board/board-jobs.ts");

/** Everything that a page can ask for, loaded when it is; a new request is one line here and one in the protocol. */
const HANDLERS: { readonly [Kind in RequestKind]: () => Promise<Handler<Kind>> } = {
  chips: async () => () => CHIPS.map(({ name, vendor, family }) => ({ name, vendor, family })),
  explain: () => import("./explain.ts").then(({ explain }) => explain),
  plan: () => import("./plan.ts").then(({ plan }) => plan),
  rehearse: () => import("./rehearse.ts").then(({ rehearse }) => rehearse),
  probes:
    async () =>
    (_asked, { bench }) =>
      bench.probes(),
  detach:
    async () =>
    (_asked, { bench }) =>
      bench.detach().then(() => null),
  attach: () => ofBoard().then(({ attach }) => attach),
  planOnBoard: () => ofBoard().then(({ planOnBoard }) => planOnBoard),
  flash: () => ofBoard().then(({ flash }) => flash),
  verify: () => ofBoard().then(({ verify }) => verify),
  read: () => ofBoard().then(({ read }) => read),
  unlock: () => ofBoard().then(({ unlock }) => unlock),
};

/** One that works for a page: its requests, those that are under way, and the board. */
export class PageWorker {
  readonly bench: Bench;
  private readonly send: (reply: Reply) => void;
  private readonly running = new Map<number, AbortController>();
  private readonly ends = new Set<Promise<unknown>>();

  constructor(host: BoardHost, send: (reply: Reply) => void) {
    this.bench = new Bench(host);
    this.send = send;
    this.bench.onLost = (why) => send({ lost: { ...shownError(why), isLost: true } });
  }

  /** Takes a message of the page; never rejects. */
  async take(message: Message): Promise<void> {
    if ("cancel" in message) return this.running.get(message.id)?.abort();
    const calledOff = new AbortController();
    this.running.set(message.id, calledOff);
    const answered = this.answer(message, calledOff.signal);
    this.ends.add(answered);
    this.send(await answered);
    this.ends.delete(answered);
    this.running.delete(message.id);
  }

  /** Calls off everything that is under way, waits until it has ended where it can, and ends the connection to the board. */
  async close(): Promise<void> {
    for (const calledOff of this.running.values()) calledOff.abort();
    await Promise.allSettled(this.ends);
    await this.bench.end();
  }

  private async answer({ id, kind, asked }: Request, signal: AbortSignal): Promise<Reply> {
    const { bench } = this;
    const wasAttached = bench.isAttached;
    try {
      if (!Object.hasOwn(HANDLERS, kind)) throw new TypeError(`There is no request ${String(kind)}`);
      const handler = (await HANDLERS[kind]()) as Handler<RequestKind>;
      const emit = atMost20PerSecond((event) => this.send({ id, event }));
      return { id, answer: await handler(asked as never, { emit, signal, bench }) };
    } catch (error) {
      return { id, error: { ...shownError(error), isLost: wasAttached && !bench.isAttached } };
    }
  }
}

function shownError(error: unknown): WorkError {
  const { code, message, hints, details } = errorReport(error, inCliWords);
  return { code, message, hints, canTakeOver: details?.heldBy === "page" };
}

/** Between two messages of progress: a picture shows no more. */
const PROGRESS_MS = 50;

/** Passes on the first progress of each phase and at most one in 50 ms, and everything else. */
function atMost20PerSecond(emit: (event: WorkEvent) => void): (event: WorkEvent) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (event) => {
    if (event.kind === "progress") {
      const now = wallClock.now();
      if (now - last < PROGRESS_MS * MILLISECOND) return;
      last = now;
    }
    emit(event);
  };
}
