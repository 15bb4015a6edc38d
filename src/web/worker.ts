import { browserHost } from "./browser/browser-host.ts";
import type { Message } from "./protocol.ts";
import { PageWorker } from "./work/work.ts";

// A worker of the page: image, doctor, plan, drivers and the simulated board live here, and the page shows what comes.

const worker = new PageWorker(browserHost, (reply) => postMessage(reply));
addEventListener("message", ({ data }: MessageEvent<Message>) => void worker.take(data));
