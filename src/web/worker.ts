import type { Message } from "./protocol.ts";
import type { BoardHost } from "./work/board/board-host.ts";
import { PageWorker } from "./work/work.ts";

// A worker of the page: image, doctor, plan, drivers and the simulated board live here, and the page shows what comes.

const probes = () => import("./browser/browser-host.ts").then(({ browserHost }) => browserHost);

/** This browser's probes, their drivers loaded when one is looked for, and simulated boards. */
const host: BoardHost = {
  probes: () => probes().then((host) => host.probes()),
  open: (id, request) =>
    id === "twin"
      ? import("./work/board/twin-board.ts").then(({ openTwinBoard }) => openTwinBoard(request.chip))
      : probes().then((host) => host.open(id, request)),
};

const worker = new PageWorker(host, (reply) => postMessage(reply));
addEventListener("message", ({ data }: MessageEvent<Message>) => void worker.take(data));
