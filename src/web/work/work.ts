import { CHIPS } from "../../chips/list.ts";
import { inCliWords } from "../../report/advice-words.ts";
import { errorReport } from "../../report/error-report.ts";
import type { Reply, Request, RequestKind, Requests, WorkEvent } from "../protocol.ts";

type Handler<Kind extends RequestKind> = (
  asked: Requests[Kind]["asked"],
  emit: (event: WorkEvent) => void,
) => Requests[Kind]["answer"] | Promise<Requests[Kind]["answer"]>;

/** Everything that a page can ask for, loaded when it is; a new request is one line here and one in the protocol. */
const HANDLERS: { readonly [Kind in RequestKind]: () => Promise<Handler<Kind>> } = {
  chips: async () => () => CHIPS.map(({ name, vendor, family }) => ({ name, vendor, family })),
  explain: () => import("./explain.ts").then(({ explain }) => explain),
  plan: () => import("./plan.ts").then(({ plan }) => plan),
  rehearse: () => import("./rehearse.ts").then(({ rehearse }) => rehearse),
};

/** Works on one request and sends what comes of it; never rejects. */
export async function work({ id, kind, asked }: Request, send: (reply: Reply) => void): Promise<void> {
  try {
    const handler = (await HANDLERS[kind]()) as Handler<RequestKind>;
    send({
      id,
      answer: await handler(
        asked as never,
        fewer((event) => send({ id, event })),
      ),
    });
  } catch (error) {
    const { code, message, hints } = errorReport(error, inCliWords);
    send({ id, error: { code, message, hints } });
  }
}

/** Progress is reported at most so many times in a phase: a picture shows no more. */
const STEPS = 40;

/** Passes progress on that moves a bar, and everything else. */
function fewer(emit: (event: WorkEvent) => void): (event: WorkEvent) => void {
  let shown = "";
  return (event) => {
    if (event.kind === "progress") {
      const place = `${event.phase} ${Math.floor((event.done * STEPS) / Math.max(1, event.total))}`;
      if (place === shown) return;
      shown = place;
    }
    emit(event);
  };
}
