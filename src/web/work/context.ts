import type { Requests, RequestKind, WorkEvent } from "../protocol.ts";
import type { Bench } from "./board/bench.ts";

/** What a request is worked on with. */
export interface WorkContext {
  readonly emit: (event: WorkEvent) => void;
  /** The request was called off. */
  readonly signal: AbortSignal;
  /** The board that the page works on. */
  readonly bench: Bench;
}

/** What answers one kind of request. */
export type Handler<Kind extends RequestKind> = (
  asked: Requests[Kind]["asked"],
  context: WorkContext,
) => Requests[Kind]["answer"] | Promise<Requests[Kind]["answer"]>;
