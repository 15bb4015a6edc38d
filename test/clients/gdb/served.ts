import { codeOf } from "../../../src/base/errors.ts";
import type { GdbOptions } from "../../../src/gdb/host.ts";
import { serveGdbClients } from "../../../src/node/servers/gdb-server.ts";
import type { Session } from "../../../src/session/session.ts";
import type { Twin } from "../../../src/twin/usb.ts";
import { onTarget } from "../../support/board.ts";

/** What a client did, and what stood on the server's console. */
export interface Served<T> {
  readonly result: T;
  readonly console: readonly string[];
}

/** Serves a board to what `client` does at its port. */
export async function served<T>(
  twin: Twin,
  client: (port: number, session: Session, console: readonly string[]) => Promise<T>,
  options: Partial<GdbOptions> & { readonly withoutChip?: boolean } = {},
): Promise<Served<T>> {
  const lines: string[] = [];
  const result = await onTarget(
    twin,
    async (session) => {
      const host = {
        print: (line: string) => void lines.push(line),
        explain: (error: unknown) => [`error: ${(error as Error).message}`, `code: ${codeOf(error)}`],
        rest: async (us: number) => {
          await session.clock.sleep(us);
          await new Promise((resolve) => setImmediate(resolve));
        },
      };
      const serving = {
        port: 0,
        policy: "refuse",
        permits: [],
        onClose: "halt",
        onClient: () => {},
        ...options,
      } as const;
      const server = await serveGdbClients(session, host, serving);
      try {
        return await client(server.port, session, lines);
      } finally {
        await server.close();
      }
    },
    options,
  );
  return { result, console: lines };
}
