import { codeOf } from "../../../src/base/errors.ts";
import type { GdbOptions } from "../../../src/gdb/host.ts";
import { serveGdbClients } from "../../../src/node/servers/gdb-server.ts";
import { board, onTarget } from "../../support/board.ts";

/** Serves a blank K24 to what `client` does at its port; answers what that answers, and the lines of the console. */
export async function onServedBoard<T>(
  client: (port: number) => Promise<T>,
  options: Partial<GdbOptions> = {},
): Promise<{ readonly result: T; readonly console: readonly string[] }> {
  const lines: string[] = [];
  const result = await onTarget(board({ flash: "zero" }), async (session) => {
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
      return await client(server.port);
    } finally {
      await server.close();
    }
  });
  return { result, console: lines };
}
