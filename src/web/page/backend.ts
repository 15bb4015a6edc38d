import { type OpenTransport, openWorker } from "./transport.ts";

/** Where the board's probe is: at this browser, or at the machine that `fp ui` runs on. */
export type Backend = "browser" | "machine";

/** What this page works with. */
export const backend: Backend = "browser";

/** The way to the one that owns the probe. */
export const openBoard: OpenTransport = openWorker;
