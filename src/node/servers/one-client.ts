import type { Socket } from "node:net";

/** How long a client may take to be gone before the next one is refused, in milliseconds. */
const LEAVING_MS = 500;

/** What happens to a client that comes alone, and to one that comes too many. */
export interface OneClient {
  /** Resolves when nothing of the client is left: it may have gone before what it asked was done. */
  serve(socket: Socket): Promise<void>;
  refuse(socket: Socket): void;
}

/** Lets a server have one client at a time; one who goes just now is waited for. */
export function oneAtATime({ serve, refuse }: OneClient): (socket: Socket) => Promise<void> {
  let serving: Promise<void> | undefined;
  return async (socket) => {
    if (serving) await Promise.race([serving, later(LEAVING_MS)]);
    if (serving) {
      refuse(socket);
      return;
    }
    serving = serve(socket);
    await serving.finally(() => {
      serving = undefined;
    });
  };
}

const later = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
