import type { GdbHost, ServedCore } from "../../gdb/host.ts";
import { RamBreakpoints } from "../../gdb/ram-breakpoints.ts";
import { type GdbServing, serveGdbClients } from "../../node/servers/gdb-server.ts";
import type { TcpServer } from "../../node/servers/tcp-server.ts";
import { openOtherCore, otherCores } from "../../session/connecting/other-core.ts";
import type { Session } from "../../session/session.ts";

/** A core that is served, and its port. */
export interface CorePort {
  readonly core: string;
  readonly port: number;
}

/** Servers of GDB, the first core's first. */
export interface CoreServers {
  readonly first: TcpServer;
  readonly ports: readonly CorePort[];
  close(): Promise<void>;
}

/** Which cores are served, and how lines about them are printed. */
export interface CoresServing extends GdbServing {
  readonly cores: "all" | "first";
  /** Prints a line that is no client's. */
  readonly note: (line: string) => void;
}

/** A core's name where no chip is named. */
const UNNAMED = "core0";

/**
 * Serves the first core at a port, and each other one that has a debug port of its own at the ports behind it; flash jobs, SWO
 * and RTT are the first one's. A core that can't be reached is noted, and the others are served. Throws what `listen` throws
 * for the first core's port.
 */
export async function serveCores(session: Session, host: GdbHost, serving: CoresServing): Promise<CoreServers> {
  const name = session.found.chip?.cores[0].name ?? UNNAMED;
  const others = await reachOthers(session, serving);
  if (others.length === 0) return serversOf([{ name, server: await serveGdbClients(session, host, serving) }]);
  const ram = new RamBreakpoints(others.length + 1, serving.note);
  const servedCore = { name, index: 0, ram };
  const first = await serveGdbClients(session, host, { ...serving, servedCore });
  const servers = [{ name, server: first }];
  for (const { core, session: own } of others) {
    const served = { name: core.name, index: core.index, ram, jobsBy: name };
    const server = await serveOther(own, host, serving, served).catch((error: unknown) =>
      serving.note(`${core.name} is not served: ${(error as Error).message}`),
    );
    if (server) servers.push({ name: core.name, server });
  }
  return serversOf(servers);
}

function serversOf(servers: readonly { readonly name: string; readonly server: TcpServer }[]): CoreServers {
  return {
    first: servers[0].server,
    ports: servers.map(({ name, server: { port } }) => ({ core: name, port })),
    close: async () => {
      await Promise.all(servers.map(({ server }) => server.close()));
    },
  };
}

async function reachOthers(session: Session, { cores, flashBreakpoints, note }: CoresServing) {
  const { chip } = session.found;
  if (!chip || cores === "first") return [];
  const reached: { readonly core: ReturnType<typeof otherCores>[number]; readonly session: Session }[] = [];
  for (const core of otherCores(chip)) {
    if (flashBreakpoints !== undefined && flashBreakpoints !== "off") {
      // A core would run into the other one's BKPTs in flash, and each step over one erases a sector under both.
      note(`${core.name} is not served: with breakpoints in flash one core alone is`);
      continue;
    }
    try {
      reached.push({ core, session: await openOtherCore(session, core) });
    } catch (error) {
      note(`${core.name} is not served: ${(error as Error).message}`);
    }
  }
  return reached;
}

/** What is one for the chip is left to the first core's server: RTT's place, SWO, the Commander, the kernel's threads. */
function serveOther(own: Session, host: GdbHost, serving: CoresServing, servedCore: ServedCore): Promise<TcpServer> {
  const { place: _place, swo: _swo, layouts: _layouts, ...rest } = serving;
  const { commander: _commander, ...ownHost } = host;
  const port = serving.port === 0 ? 0 : serving.port + servedCore.index;
  const print = (line: string) => host.print(`${servedCore.name}: ${line}`);
  return serveGdbClients(own, { ...ownHost, print }, { ...rest, port, servedCore });
}
