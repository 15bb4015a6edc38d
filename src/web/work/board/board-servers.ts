import { HostError } from "../../../base/errors.ts";
import { SessionError } from "../../../session/session-error.ts";
import type { Session } from "../../../session/session.ts";
import type { ServerPorts, Serving } from "../../protocol.ts";
import type { BoardServers, ServeBoard } from "./board-host.ts";

/** The servers for other programs on one board's session; without them nothing is served. */
export class ServersOfBoard {
  /** Called when a debugger has come or gone, and when nothing is served any more. */
  onChange: (serving: Serving | undefined) => void = () => {};
  private servers: BoardServers | undefined;
  private clients = 0;

  /** Serves in place of what was served before. Throws `usage` where this host serves nothing, and what `listen` throws. */
  async start(serve: ServeBoard | undefined, session: Session, wanted: ServerPorts): Promise<Serving> {
    if (!serve) throw new HostError("usage", "A browser serves no debugger: flashproof ui does");
    checkPorts(wanted);
    await this.end();
    this.clients = 0;
    this.servers = await serve(session, wanted, (clients) => {
      this.clients = clients;
      if (this.servers) this.onChange(this.shown(this.servers));
    });
    return this.shown(this.servers);
  }

  /** Ends every client's connection, and listens no more; a debugger's core is left running. */
  async end(): Promise<void> {
    const { servers } = this;
    this.servers = undefined;
    if (!servers) return;
    this.onChange(undefined);
    await servers.close();
  }

  /** Whether RTT is read for clients of its own: what is read once is read for good. */
  get hasRtt(): boolean {
    return this.servers !== undefined;
  }

  /** Throws `lease-busy` while a debugger is connected: the core is its. */
  refuseDebugged(): void {
    if (!this.servers || this.clients === 0) return;
    throw new SessionError("lease-busy", "A debugger is connected, and the core is its: end its session first");
  }

  private readonly shown = ({ ports }: BoardServers): Serving => ({ ...ports, gdbClients: this.clients });
}

function checkPorts({ gdb, rtt }: ServerPorts): void {
  const isPort = (port: number) => Number.isInteger(port) && port >= 0 && port <= 0xffff;
  if (isPort(gdb) && isPort(rtt)) return;
  throw new HostError("usage", `A port is a number of 0 to ${0xffff}; 0 takes a free one`);
}
