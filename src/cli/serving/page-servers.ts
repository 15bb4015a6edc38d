import type { GdbHost } from "../../gdb/host.ts";
import { inCliWords } from "../../report/advice-words.ts";
import { errorLines } from "../../report/error-report.ts";
import type { ServeProbe } from "../../web/machine/machine-host.ts";
import { version } from "../version.ts";
import { serveCores } from "./gdb-cores.ts";
import { rttBanner, serveRttBeside } from "./rtt-beside.ts";
import { restOf } from "./target-rest.ts";

/**
 * What serves the board of a page to a debugger and to clients of RTT, on the page's own session: the first core, no
 * consent, no Commander, no semihosting; a client that closes its connection leaves the core running.
 */
export const pageServers =
  (print: (line: string) => void): ServeProbe =>
  (open) =>
  async (session, wanted, onClients) => {
    const rest = restOf(open);
    const place = { rtt: {} };
    const banner = await rttBanner(session, `Flashproof ${version()}`);
    const rtt = await serveRttBeside({ session, rest, place, ports: [{ port: wanted.rtt, banner }], note: print });
    const host: GdbHost = { print, explain: (error) => errorLines(error, inCliWords, false), rest };
    let clients = 0;
    const onClient = (what: "came" | "went") => {
      clients += what === "came" ? 1 : -1;
      onClients(clients);
    };
    const serving = { cores: "first", policy: "refuse", permits: [], onClose: "run", place } as const;
    try {
      const gdb = await serveCores(session, host, { ...serving, port: wanted.gdb, note: print, onClient });
      const close = () => Promise.all([gdb.close(), rtt.close()]).then(() => {});
      return { ports: { gdb: gdb.first.port, rtt: rtt.ports[0] }, close };
    } catch (error) {
      await rtt.close();
      throw error;
    }
  };
