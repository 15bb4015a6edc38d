import type { Reply, Request, RequestKind, Requests, Serving, WorkError, WorkEvent } from "../protocol.ts";
import type { OpenTransport, Transport } from "./transport.ts";

/** What a request came to when it failed. */
export class FailedRequest extends Error {
  readonly error: WorkError;

  constructor(error: WorkError) {
    super(error.message);
    this.error = error;
  }
}

interface Pending {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
  readonly emit: (event: WorkEvent) => void;
}

/** One that works for the page, begun when it is asked first, and the requests that it works on. */
export class Client {
  /** Called when the connection to the board has ended by itself. */
  onLost: ((why: WorkError) => void) | undefined;
  /** Called when what is served to other programs has changed. */
  onServing: ((serving: Serving | undefined) => void) | undefined;
  private readonly open: OpenTransport;
  private transport: Transport | undefined;
  private readonly pending = new Map<number, Pending>();
  private next = 1;

  constructor(open: OpenTransport) {
    this.open = open;
  }

  /** Asks; rejects with `FailedRequest`, also when `stop` ends it. */
  ask<Kind extends RequestKind>(
    kind: Kind,
    asked: Requests[Kind]["asked"],
    emit: (event: WorkEvent) => void = () => {},
  ): Promise<Requests[Kind]["answer"]> {
    const id = this.next++;
    return new Promise<Requests[Kind]["answer"]>((resolve, reject) => {
      this.pending.set(id, { resolve: resolve as (answer: never) => void, reject, emit });
      this.running().post({ id, kind, asked } as Request);
    });
  }

  /** Ends it with everything that it does: a simulated board is gone with it, and nothing else. */
  stop(): void {
    this.end({ code: "aborted", message: "Stopped.", hints: [] });
  }

  /** Calls off what is under way: each ends where it can, a flash job between two sectors. */
  cancel(): void {
    for (const id of this.pending.keys()) this.transport?.post({ id, cancel: true });
  }

  private running(): Transport {
    this.transport ??= this.open(
      (reply) => this.take(reply),
      (why) => this.end(why),
    );
    return this.transport;
  }

  private take(reply: Reply): void {
    if ("lost" in reply) this.onLost?.(reply.lost);
    else if ("serving" in reply) this.onServing?.(reply.serving ?? undefined);
    else this.takeAnswer(reply);
  }

  private takeAnswer(reply: Extract<Reply, { id: number }>): void {
    const pending = this.pending.get(reply.id);
    if (!pending) return;
    if (!("event" in reply)) this.pending.delete(reply.id);
    if ("event" in reply) pending.emit(reply.event);
    else if ("error" in reply) pending.reject(new FailedRequest(reply.error));
    else pending.resolve(reply.answer as never);
  }

  private end(error: WorkError): void {
    this.transport?.end();
    this.transport = undefined;
    for (const { reject } of this.pending.values()) reject(new FailedRequest(error));
    this.pending.clear();
    this.onLost?.({ ...error, isLost: true });
  }
}
