import { type Clock, MILLISECOND } from "../../base/clock.ts";
import { codeOf, type Json } from "../../base/errors.ts";
import { shownChips } from "../../chips/list.ts";
import { wallClock } from "../../host/wall-clock.ts";
import type { Message, Reply, Request, RequestKind, WorkError, WorkEvent } from "../protocol.ts";
import type { BoardHost } from "./board/board-host.ts";
import { Bench } from "./board/bench.ts";
import type { Handler } from "./context.ts";

const ofBoard = () => import("./board/board-jobs.ts");
const ofLive = () => import("./board/live.ts");

/** Everything that a page can ask for, loaded when it is; a new request is one line here and one in the protocol. */
const HANDLERS: { readonly [Kind in RequestKind]: () => Promise<Handler<Kind>> } = {
  chips: async () => shownChips,
  explain: () => import("./explain.ts").then(({ explain }) => explain),
  compare: () => import("./compare.ts").then(({ compare }) => compare),
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
  live: () => ofLive().then(({ live }) => live),
  control: () => ofLive().then(({ control }) => control),
  serve:
    async () =>
    (ports, { bench }) =>
      bench.serve(ports),
  endServing:
    async () =>
    (_asked, { bench }) =>
      bench.endServing().then(() => null),
  unlock: () => ofBoard().then(({ unlock }) => unlock),
};

/** Requests that change a board: how one of them ended is reported although its page has gone. */
const CHANGING: readonly RequestKind[] = ["flash", "unlock"];

/** A request that is under way. */
interface Running {
  readonly calledOff: AbortController;
  /** What it failed with; undefined where it did not. */
  readonly failed: Promise<unknown>;
  readonly isChanging: boolean;
}

/** One that works for a page: its requests, those that are under way, and the board. */
export class PageWorker {
  private readonly bench: Bench;
  private readonly send: (reply: Reply) => void;
  private readonly clock: Pick<Clock, "now">;
  private readonly running = new Set<Running>();
  private readonly byId = new Map<number, AbortController>();
  private closed: Promise<readonly unknown[]> | undefined;

  constructor(host: BoardHost, send: (reply: Reply) => void, clock: Pick<Clock, "now"> = wallClock) {
    this.bench = new Bench(host);
    this.send = send;
    this.clock = clock;
    this.bench.onServing = (serving) => send({ serving: serving ?? null });
    this.bench.onLost = (why) => void shownError(why).then((lost) => send({ lost: { ...lost, isLost: true } }));
  }

  /** Takes a message of the page, and none any more once it is closed; never rejects. */
  async take(message: Message): Promise<void> {
    if (this.closed) return;
    if ("cancel" in message) return this.byId.get(message.id)?.abort();
    const { id, kind } = message;
    const calledOff = new AbortController();
    const answered = this.answer(message, calledOff.signal);
    const failed = answered.then(({ error }) => error);
    const running = { calledOff, failed, isChanging: CHANGING.includes(kind) };
    this.running.add(running);
    this.byId.set(id, calledOff);
    const { reply } = await answered;
    this.running.delete(running);
    if (this.byId.get(id) === calledOff) this.byId.delete(id);
    this.send(reply);
  }

  /**
   * Calls off everything that is under way, waits until it has ended where it can, and ends the connection to the board.
   * Answers what then went wrong that the page does not show any more: jobs that were broken off, a board whose state
   * could not be kept. Never rejects.
   */
  close(): Promise<readonly unknown[]> {
    this.closed ??= this.endAll();
    return this.closed;
  }

  private async endAll(): Promise<readonly unknown[]> {
    const running = [...this.running];
    for (const { calledOff } of running) calledOff.abort();
    const failed = await Promise.all(running.map(({ failed }) => failed));
    const left = failed.filter((error, i) => error !== undefined && running[i].isChanging);
    return this.bench.end().then(
      () => left,
      (error: unknown) => [...left, error],
    );
  }

  private async answer(
    { id, kind, asked }: Request,
    signal: AbortSignal,
  ): Promise<{ readonly reply: Reply; readonly error?: unknown }> {
    const { bench } = this;
    const wasAttached = bench.isAttached;
    try {
      if (!Object.hasOwn(HANDLERS, kind)) throw new TypeError(`There is no request ${String(kind)}`);
      const handler = (await HANDLERS[kind]()) as Handler<RequestKind>;
      const emit = atMost20PerSecond((event) => this.send({ id, event }), this.clock);
      return { reply: { id, answer: await handler(asked as never, { emit, signal, bench }) } };
    } catch (error) {
      const isLost = wasAttached && !bench.isAttached;
      return { reply: { id, error: { ...(await shownError(error)), isLost } }, error };
    }
  }
}

/** An error as the command line reports it; without a network the words of a first error may be missing. */
async function shownError(error: unknown): Promise<WorkError> {
  const words = await import("./error-words.ts").catch(() => undefined);
  if (!words) return { code: codeOf(error) ?? "internal", message: textOf(error), hints: [] };
  const report = words.errorReport(error, words.inCliWords);
  const { code, message, hints, details } = report;
  return { code, message, hints, report: plain(report), canTakeOver: details?.heldBy === "page" };
}

/** As it goes into JSON: without what is undefined. */
const plain = (report: object): Json => JSON.parse(JSON.stringify(report)) as Json;

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Between two messages of progress, in milliseconds: a picture shows no more. */
const PROGRESS_MS = 50;

/** Passes on everything but progress that comes within 50 ms of the last that was passed on. */
function atMost20PerSecond(emit: (event: WorkEvent) => void, clock: Pick<Clock, "now">): (event: WorkEvent) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (event) => {
    if (event.kind === "progress") {
      const now = clock.now();
      if (now - last < PROGRESS_MS * MILLISECOND) return;
      last = now;
    }
    emit(event);
  };
}
