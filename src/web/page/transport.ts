import type { Message, Reply, WorkError } from "../protocol.ts";

/** A way to one that works for the page. */
export interface Transport {
  post(message: Message): void;
  /** Ends it with everything that it does. */
  end(): void;
}

/** Makes a transport: `take` receives each reply, `ended` why there will be no more. */
export type OpenTransport = (take: (reply: Reply) => void, ended: (why: WorkError) => void) => Transport;

/** A worker of this browser. */
export const openWorker: OpenTransport = (take, ended) => {
  const worker = new Worker(new URL("../worker.ts", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => take(data));
  worker.addEventListener("error", ({ message }) =>
    ended({
      code: "unexpected",
      message: `The worker ended: ${message ?? "it can't be loaded"}`,
      hints: ["Load the page again."],
    }),
  );
  return { post: (message) => worker.postMessage(message), end: () => worker.terminate() };
};
