import { HostError } from "../../base/errors.ts";
import { JLINK_PORT } from "../../node/servers/jlink-server.ts";
import { PYOCD_PORT } from "../../node/servers/pyocd-server.ts";
import { parseSelector } from "../../node/selector.ts";
import { type BoardSelector, type ServeOptions, type ServerName, serveTwins } from "../../node/servers/serve.ts";
import { openUart, type UartSink } from "../../node/servers/serve-uart.ts";
import { USBIP_PORT } from "../../node/servers/usbip-server.ts";
import { wallClock } from "../../host/wall-clock.ts";
import { EXIT } from "../exit-codes.ts";
import { parseNumber } from "../options/numbers.ts";
import type { Answer } from "../output.ts";
import { type Invocation, textOption } from "../verb.ts";

/** Default port of each server (docs/twin.md, Ports). */
const PORTS: Readonly<Record<ServerName, number>> = {
  jlink: JLINK_PORT,
  pyocd: PYOCD_PORT,
  usbip: USBIP_PORT,
};

/** `twin CHIP[,key=value...]... --jlink[=PORT]`, `--pyocd` or `--usbip`: serves simulated boards until it is interrupted. */
export async function twin(invocation: Invocation): Promise<Answer> {
  const { terminal } = invocation;
  const say = (name: string, { host, port }: { host: string; port: number }) =>
    terminal.out(`listening ${name} ${host}:${port}\n`);
  const options = readOptions(invocation);
  const end = endOf(invocation);
  const uart = await uartOf(invocation);
  if (uart?.server) say("uart", uart.server);
  try {
    const served = await serveTwins({ ...options, uart: uart?.take, onListening: say });
    terminal.out("ready\n");
    await end.reached;
    await served.end();
    const fired = served.twins.flatMap(({ faultsFired }) => faultsFired.map((one) => ({ ...one })));
    return { result: { boards: served.twins.length, faultsFired: fired }, text: [], exit: EXIT.ok, clock: "virtual" };
  } finally {
    end.forget();
    await uart?.server?.close();
  }
}

function readOptions(invocation: Invocation): Omit<ServeOptions, "onListening"> {
  const boards = boardsOf(invocation);
  const ports = portsOf(invocation);
  if (Object.keys(ports).length === 0)
    throw new HostError("usage", "Name what to serve: --jlink[=PORT], --pyocd[=PORT] or --usbip[=PORT]");
  const beacon = textOption(invocation, "beacon");
  const pace = textOption(invocation, "pace") ?? "wall";
  if (pace !== "wall" && pace !== "lockstep") throw new HostError("usage", `--pace takes wall or lockstep`);
  return { boards, ports, pace, beaconMs: beacon === undefined ? undefined : parseNumber(beacon) };
}

/** The boards that were named; `--state` and `--fault` are the same as the keys, for a single board. */
function boardsOf(invocation: Invocation): readonly BoardSelector[] {
  const [state, fault] = [textOption(invocation, "state"), textOption(invocation, "fault")];
  if (invocation.args.length > 1 && (state ?? fault) !== undefined)
    throw new HostError("usage", "With several boards, write CHIP,state=FILE and CHIP,fault=SPEC");
  return invocation.args.map((text) => {
    const board = parseSelector(`twin:${text}`);
    if (board.kind !== "twin") throw new HostError("usage", `"${text}" is no board`);
    const options = { ...board.options, ...(fault !== undefined && { faults: fault }) };
    return { ...board, options, ...(state !== undefined && { stateFile: state }) };
  });
}

function portsOf({ options }: Invocation): ServeOptions["ports"] {
  const asked = (Object.keys(PORTS) as ServerName[]).filter((name) => options[name] !== undefined);
  return Object.fromEntries(asked.map((name) => [name, portOf(options[name], PORTS[name])]));
}

function portOf(given: Invocation["options"][string], standard: number): number {
  if (typeof given !== "string") return standard;
  const port = parseNumber(given);
  if (port > 0xffff) throw new HostError("usage", `${given} is no TCP port`);
  return port;
}

async function uartOf(invocation: Invocation): Promise<UartSink | undefined> {
  const text = textOption(invocation, "uart");
  return text === undefined ? undefined : openUart(text, (said) => invocation.terminal.raw(said));
}

/** Ctrl-C, SIGTERM, the end of stdin (`--until-eof`) or of a time (`--for`): what comes first. */
function endOf(invocation: Invocation): { readonly reached: Promise<void>; forget(): void } {
  const { signal, options } = invocation;
  const forMs = textOption(invocation, "for");
  const undo: (() => void)[] = [];
  const reached = new Promise<void>((resolve) => {
    const done = () => resolve();
    signal.addEventListener("abort", done, { once: true });
    process.once("SIGTERM", done);
    undo.push(() => process.off("SIGTERM", done));
    if (forMs !== undefined) void wallClock.sleep(parseNumber(forMs) * 1000, signal).then(done, done);
    if (options["untilEof"] === true) process.stdin.resume().once("end", done);
  });
  const forget = () => {
    for (const one of undo) one();
  };
  return { reached, forget };
}
