import { openDevice } from "../../src/host/open-device.ts";
import type { Twin } from "../../src/twin/usb.ts";
import type { Reply, Request, RequestKind, Requests } from "../../src/web/protocol.ts";
import type { BoardHost } from "../../src/web/work/board/board-host.ts";
import { PageWorker } from "../../src/web/work/work.ts";

/** A machine without probes. */
const NO_PROBES: BoardHost = {
  probes: async () => [],
  open: () => Promise.reject(new Error("no probes here")),
};

/** What a page's worker answers in Node, and the events before it. */
class InNode {
  private readonly replies = new Map<number, (reply: Reply) => void>();
  private readonly worker: PageWorker;
  private next = 1;

  constructor(host: BoardHost) {
    this.worker = new PageWorker(host, (reply) => {
      if ("id" in reply && !("event" in reply)) this.replies.get(reply.id)?.(reply);
    });
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

/** The same work on a simulated board, attached to with a chip's name. */
export function boardInNode(twin: Twin) {
  const host: BoardHost = {
    probes: async () => [{ id: "twin", name: "twin" }],
    async open() {
      const probe = await openDevice(twin.hid ?? twin.device, twin.clock);
      return { probe, clock: twin.clock, isVirtual: true, close: () => probe.close() };
    },
  };
  const node = new InNode(host);
  return {
    async ask<Kind extends RequestKind>(kind: Kind, asked: Requests[Kind]["asked"], chip?: string) {
      await node.ask("attach", { probe: "twin", chip, takeOver: false });
      return node.ask(kind, asked);
    },
  };
}
