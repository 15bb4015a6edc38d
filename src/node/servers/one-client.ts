import type { Connection } from "./connection.ts";

/** How long a client may take to be gone before the next one is one too many, in milliseconds. */
const LEAVING_MS = 500;

/** What happens to a client that comes alone, and to one that comes too many. */
export interface OneClient {
  /** Resolves when nothing of the client is left: it may have gone before what it asked was done. */
  serve(connection: Connection): Promise<void>;
  /** One too many: it is refused, or served in another way until it is gone. */
  serveOther(connection: Connection): void | Promise<void>;
}

/** Lets a server have one client at a time; one who goes just now is waited for. */
export function oneAtATime({ serve, serveOther }: OneClient): (connection: Connection) => Promise<void> {
  let serving: Promise<void> | undefined;
  return async (connection) => {
    if (serving) await Promise.race([serving.catch(() => {}), later(LEAVING_MS)]);
    if (serving) return serveOther(connection);
    serving = serve(connection);
    await serving.finally(() => {
      serving = undefined;
    });
  };
}

const later = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
