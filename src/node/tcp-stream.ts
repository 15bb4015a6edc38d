import { connect, type Socket } from "node:net";
import { HostError } from "../base/errors.ts";
import type { ByteStream } from "../pipe/tcp-pipe.ts";
import { PipeError } from "../pipe/pipe.ts";

/** How long a host may take to accept a connection, in milliseconds; libjaylink allows as much. */
const CONNECT_MS = 5000;

/** Opens a TCP connection; throws `HostError` `probe-not-found` with where and why. */
export function openTcpStream(host: string, port: number): Promise<ByteStream> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true, timeout: CONNECT_MS });
    const fail = (why: string, cause?: unknown) => {
      socket.destroy();
      reject(new HostError("probe-not-found", `Nothing answers at ${host}:${port}: ${why}`, { cause }));
    };
    socket.once("timeout", () => fail("no connection in time"));
    socket.once("error", (cause) => fail(cause.message, cause));
    socket.once("connect", () => {
      socket.setTimeout(0).removeAllListeners();
      resolve(streamOf(socket));
    });
  });
}

/** A connected socket as a stream; what is not read stays in the socket. */
function streamOf(socket: Socket): ByteStream {
  let failed: Error | undefined;
  let woken = () => {};
  const wake = () => woken();
  socket.on("readable", wake).on("end", wake);
  socket.on("error", (cause) => {
    failed = cause;
  });
  socket.on("close", wake);
  const gone = () => new PipeError("pipe-failed", "The other side has closed the connection", { cause: failed });
  return {
    send: (bytes) =>
      new Promise((resolve, reject) => socket.write(bytes, (error) => (error ? reject(gone()) : resolve()))),
    async receive() {
      for (;;) {
        const bytes: Buffer | null = socket.read();
        if (bytes !== null) return new Uint8Array(bytes);
        if (socket.destroyed || socket.readableEnded) throw gone();
        await new Promise<void>((resolve) => {
          woken = resolve;
        });
      }
    },
    close: async () => void socket.destroy(),
  };
}
