import { connect, type Socket } from "node:net";

/** A TCP client with what it has received. */
export interface TcpClient {
  readonly socket: Socket;
  /** All bytes that have come, as Latin-1. */
  received(): string;
  end(): void;
}

/** Connects to a port of this machine. */
export async function tcpClient(port: number): Promise<TcpClient> {
  const socket = connect(port, "127.0.0.1");
  let received = "";
  socket.on("data", (data) => {
    received += data.toString("latin1");
  });
  socket.on("error", () => {});
  await new Promise<void>((resolve, reject) => void socket.once("connect", resolve).once("error", reject));
  return { socket, received: () => received, end: () => void socket.destroy() };
}

/** Looks again and again; the test's own deadline ends it. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => void setTimeout(resolve, 5));
}
