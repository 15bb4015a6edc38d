import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** An OpenOCD that runs on a board, asked by its Tcl port. */
export interface Openocd {
  /** Runs one command, which has to succeed, and answers its result; throws with OpenOCD's words. */
  tcl(command: string): Promise<string>;
  /** Ends OpenOCD. */
  end(): void;
}

/** Ends each command and each answer on the Tcl port. */
const END = "\x1a";

/** Connects as soon as OpenOCD answers; throws where it has not within this time. */
export async function dialOpenocd(port: number, patienceMs: number): Promise<Openocd> {
  for (const start = performance.now(); performance.now() - start < patienceMs; await sleep(100)) {
    const socket = await connected(port);
    // A forwarded port takes connections before the program behind it listens, and ends them again.
    const openocd = socket && openocdOn(socket);
    if (openocd && (await openocd.tcl("version").catch(() => undefined)) !== undefined) return openocd;
    socket?.destroy();
  }
  throw new Error(`OpenOCD did not answer within ${patienceMs} ms`);
}

function connected(port: number): Promise<Socket | undefined> {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  return new Promise((resolve) => {
    socket.once("connect", () => resolve(socket)).once("error", () => resolve(undefined));
  });
}

function openocdOn(socket: Socket): Openocd {
  const ask = (command: string): Promise<string> =>
    new Promise((resolve, reject) => {
      let answer = "";
      const onClose = () => reject(new Error(`OpenOCD has gone during ${command}: ${answer}`));
      const onData = (chunk: Buffer) => {
        answer += chunk.toString("latin1");
        if (!answer.endsWith(END)) return;
        socket.off("data", onData).off("close", onClose);
        resolve(answer.slice(0, -1));
      };
      socket.on("data", onData).once("close", onClose);
      socket.write(`${command}${END}`);
    });
  socket.on("error", () => {});
  return {
    tcl: async (command) => resultOf(command, await ask(`list [catch {${command}} answer] $answer`)),
    end: () => void socket.write(`shutdown${END}`),
  };
}

/** The result out of a list of the code and it. */
function resultOf(command: string, answer: string): string {
  const match = /^(-?\d+) ?([\s\S]*)$/.exec(answer);
  const result = match?.[2].replace(/^\{([\s\S]*)\}$/, "$1") ?? "";
  if (match?.[1] !== "0") throw new Error(`OpenOCD, ${command}: ${answer}`);
  return result;
}

/** Memory as OpenOCD reads it, in words. */
export async function readWords({ tcl }: Openocd, address: number, count: number): Promise<Uint8Array> {
  const words = (await tcl(`read_memory 0x${address.toString(16)} 32 ${count}`)).split(" ").map(Number);
  return new Uint8Array(Uint32Array.from(words).buffer);
}
