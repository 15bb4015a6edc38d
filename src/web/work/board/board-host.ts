import type { OpenedProbe } from "../../../entry/library.ts";
import type { Session } from "../../../session/session.ts";
import type { ProbeRow, ServerPorts } from "../../protocol.ts";
import type { Traffic } from "../timeline.ts";

/** Where a page's probes come from: this browser's USB, or this machine. */
export interface BoardHost {
  /** The probes that may be opened. */
  probes(): Promise<readonly ProbeRow[]>;
  /**
   * Opens a probe for this page alone; with `takeOver` another page that holds it and has no job is asked to give it up,
   * and `onAsked` is called when another page asks this one. Throws `probe-not-found`, `usb-busy` with `heldBy: "page"`
   * in its details, and what USB throws.
   */
  open(id: string, how: OpenRequest): Promise<HostProbe>;
}

/** How a probe is opened. */
export interface OpenRequest {
  /** The chip that was named: a simulated board is one of it. */
  readonly chip: string | undefined;
  readonly takeOver: boolean;
  /** Another page wants the probe: true where this one gives it up. */
  readonly onAsked: () => boolean;
  /** The probe was unplugged. */
  readonly onGone: () => void;
}

/** Servers for other programs on a page's session; closing them ends their clients' connections. */
export interface BoardServers {
  readonly ports: ServerPorts;
  close(): Promise<void>;
}

/** Serves a board to a debugger and to clients of RTT; `onClients` is called with how many debuggers are connected. */
export type ServeBoard = (
  session: Session,
  wanted: ServerPorts,
  onClients: (clients: number) => void,
) => Promise<BoardServers>;

/** An open probe, and whether its clock is a simulated board's own. */
export interface HostProbe extends OpenedProbe {
  readonly isVirtual: boolean;
  /** What goes over its wire, where that is counted. */
  readonly traffic?: Traffic;
  /** What a simulated board has sent by its UART since the last call. */
  readonly takeUart?: () => string;
  /** Serves its target to other programs; absent in a browser, where nothing can be served. */
  readonly serve?: ServeBoard;
}
