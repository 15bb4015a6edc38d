import type { Socket } from "node:net";

/** How long a client may take to be gone before the next one is refused, in milliseconds. */
const LEAVING_MS = 500;

/** What happens to a client that comes alone, and to one that comes too many. */
export interface OneClient {
  serve(socket: Socket): Promise<void> | void;
  refuse(socket: Socket): void;
}

/** Lets a server have one client at a time; one who goes just now is waited for. */
export function oneAtATime({ serve, refuse }: OneClient): (socket: Socket) => Promise<void> {
  let client: Socket | undefined;
  return async (socket) => {
    // One that has just gone may have left bytes behind, and is not known to be gone before they are dealt with.
    if (client !== undefined) await closed(client, LEAVING_MS);
    if (client !== undefined && !client.destroyed) {
      refuse(socket);
      return;
    }
    client = socket;
    await serve(socket);
  };
}

/** Resolves once a connection is closed, or after so many milliseconds. */
const closed = (socket: Socket, ms: number): Promise<void> =>
  new Promise((resolve) => {
    if (socket.destroyed) return resolve();
    const late = setTimeout(resolve, ms);
    socket.once("close", () => {
      clearTimeout(late);
      resolve();
    });
  });
