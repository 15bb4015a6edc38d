import { openSocket, takeToken } from "./socket.ts";
import { type OpenTransport, openWorker } from "../transport.ts";

/** Where the board's probe is: at this browser, or at the machine that `fp ui` runs on. */
export type Backend = "browser" | "machine";

const token = takeToken();

/** What this page works with. */
export const backend: Backend = token === undefined ? "browser" : "machine";

/** The way to the one that owns the probe. */
export const openBoard: OpenTransport = token === undefined ? openWorker : openSocket(token);
