import type { Reply, Request, RequestKind, Requests, WorkError, WorkEvent } from "../protocol.ts";

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

/** The worker, and the requests that it works on. */
export class Client {
  private worker: Worker | undefined;
  private readonly pending = new Map<number, Pending>();
  private next = 1;

  /** Asks the worker; rejects with `FailedRequest`, also when `stop` ends it. */
  ask<Kind extends RequestKind>(
    kind: Kind,
    asked: Requests[Kind]["asked"],
    emit: (event: WorkEvent) => void = () => {},
  ): Promise<Requests[Kind]["answer"]> {
    const id = this.next++;
    return new Promise<Requests[Kind]["answer"]>((resolve, reject) => {
      this.pending.set(id, { resolve: resolve as (answer: never) => void, reject, emit });
      this.running().postMessage({ id, kind, asked } as Request);
    });
  }

  /** Ends the worker with everything that it does: a simulated board is gone with it, and nothing else. */
  stop(): void {
    this.end({ code: "aborted", message: "Stopped.", hints: [] });
  }

  private running(): Worker {
    this.worker ??= this.start();
    return this.worker;
  }

  private start(): Worker {
    const worker = new Worker(new URL("../worker.ts", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => this.take(data));
    worker.addEventListener("error", ({ message }) => {
      this.end({
        code: "unexpected",
        message: `The worker ended: ${message ?? "it can't be loaded"}`,
        hints: ["Load the page again."],
      });
    });
    return worker;
  }

  private take(reply: Reply): void {
    const pending = this.pending.get(reply.id);
    if (!pending) return;
    if (!("event" in reply)) this.pending.delete(reply.id);
    if ("event" in reply) pending.emit(reply.event);
    else if ("error" in reply) pending.reject(new FailedRequest(reply.error));
    else pending.resolve(reply.answer as never);
  }

  private end(error: WorkError): void {
    this.worker?.terminate();
    this.worker = undefined;
    for (const { reject } of this.pending.values()) reject(new FailedRequest(error));
    this.pending.clear();
  }
}
