import type { Request } from "./protocol.ts";
import { work } from "./work/work.ts";

// The worker of the page: image, doctor, plan, drivers and the simulated board live here, and the page shows what comes.

addEventListener("message", ({ data }: MessageEvent<Request>) => void work(data, (reply) => postMessage(reply)));
