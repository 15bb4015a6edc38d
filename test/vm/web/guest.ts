import { connect, createServer } from "node:net";
import { BROWSER, DEVTOOLS, PAGE } from "./ports.ts";

/** Leads each connection to a port of one address on to another one. */
function forward(host: string, port: number, to: { readonly host: string; readonly port: number }): void {
  createServer((socket) => {
    const further = connect(to.port, to.host);
    for (const [from, into] of [
      [socket, further],
      [further, socket],
    ] as const) {
      from.on("error", () => into.destroy());
      from.pipe(into);
    }
  }).listen(port, host);
}

// The host's files: QEMU's name for its 127.0.0.1.
forward("127.0.0.1", PAGE, { host: "10.0.2.2", port: Number(process.env["FILES"]) });
forward("0.0.0.0", DEVTOOLS, { host: "127.0.0.1", port: BROWSER });
