import type { Clock } from "../../../src/base/clock.ts";
import { openDevice } from "../../../src/host/open-device.ts";
import type { Twin } from "../../../src/twin/usb.ts";
import type { Reply, Request, RequestKind, Requests, WorkEvent } from "../../../src/web/protocol.ts";
import type { BoardHost, OpenRequest } from "../../../src/web/work/board/board-host.ts";
import { PageWorker } from "../../../src/web/work/work.ts";

/** A machine without probes. */
const NO_PROBES: BoardHost = {
  probes: async () => [],
  open: () => Promise.reject(new Error("no probes here")),
};

/** What a page's worker answers in Node, and the events before it. */
export class InNode {
  readonly worker: PageWorker;
  private readonly replies = new Map<number, (reply: Reply) => void>();
  private next = 1;

  constructor(host: BoardHost, onEvent: (event: WorkEvent) => void = () => {}, clock?: Clock) {
    const take = (reply: Reply) => {
      if ("event" in reply) onEvent(reply.event);
      else if ("id" in reply) this.replies.get(reply.id)?.(reply);
    };
    this.worker = new PageWorker(host, take, clock);
  }

  /** Calls off the request that was asked last. */
  cancel(): void {
    void this.worker.take({ id: this.next - 1, cancel: true });
  }

  /** Asks; throws the error's report as JSON. */
  async ask<Kind extends RequestKind>(kind: Kind, asked: Requests[Kind]["asked"]): Promise<Requests[Kind]["answer"]> {
    const id = this.next++;
    const reply = new Promise<Reply>((resolve) => this.replies.set(id, resolve));
    void this.worker.take({ id, kind, asked } as Request);
    const answer = await reply;
    if (!("answer" in answer)) throw new Error(JSON.stringify(answer));
    return answer.answer as Requests[Kind]["answer"];
  }
}

/** What the same work about files answers in Node. */
export const askInNode = <Kind extends RequestKind>(
  kind: Kind,
  asked: Requests[Kind]["asked"],
): Promise<Requests[Kind]["answer"]> => new InNode(NO_PROBES).ask(kind, asked);

/** A machine with a simulated board; `onOpen` and `onClose` are called when its probe is opened, and when it is given back. */
export const hostOf = (
  twin: Twin,
  onOpen: (request: OpenRequest) => void = () => {},
  onClose: () => void = () => {},
): BoardHost => ({
  probes: async () => [{ id: "twin", name: "twin" }],
  async open(_id, request) {
    const probe = await openDevice(twin.hid ?? twin.device, twin.clock);
    onOpen(request);
    return { probe, clock: twin.clock, isVirtual: true, close: () => probe.close().finally(onClose) };
  },
});

/** The same work on a simulated board, attached to with a chip's name. */
export function boardInNode(twin: Twin) {
  const node = new InNode(hostOf(twin));
  return {
    async ask<Kind extends RequestKind>(kind: Kind, asked: Requests[Kind]["asked"], chip?: string) {
      await node.ask("attach", { probe: "twin", chip, takeOver: false });
      return node.ask(kind, asked);
    },
  };
}
