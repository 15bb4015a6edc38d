import { HostError } from "../../base/errors.ts";
import { JLINK_PORT } from "../../node/servers/jlink-server.ts";
import { PYOCD_PORT } from "../../node/servers/pyocd-server.ts";
import { parseSelector } from "../../node/selector.ts";
import { type BoardSelector, type ServeOptions, type ServerName, serveTwins } from "../../node/servers/serve.ts";
import { openUart, type UartSink } from "../../node/servers/serve-uart.ts";
import { USBIP_PORT } from "../../node/servers/usbip-server.ts";
import { wallClock } from "../../host/wall-clock.ts";
import { EXIT } from "../exit-codes.ts";
import type { Answer } from "../output.ts";
import { refusedReport } from "../refused-accesses.ts";
import type { OptionsOf } from "../options/sets.ts";
import type { Invocation } from "../verb.ts";

type TwinInvocation = Invocation<OptionsOf<"twin">>;

/** Default port of each server (docs/twin.md, Ports). */
const PORTS: Readonly<Record<ServerName, number>> = {
  jlink: JLINK_PORT,
  pyocd: PYOCD_PORT,
  usbip: USBIP_PORT,
};

/** `twin CHIP[,key=value...]... --jlink[=PORT]`, `--pyocd` or `--usbip`: serves simulated boards until it is interrupted. */
export async function twin(invocation: TwinInvocation): Promise<Answer> {
  const { terminal } = invocation;
  const announce = (name: string, { host, port }: { host: string; port: number }) =>
    terminal.out(`listening ${name} ${host}:${port}\n`);
  const options = readOptions(invocation);
  const end = endOf(invocation);
  const uart = await uartOf(invocation);
  if (uart?.server) announce("uart", uart.server);
  try {
    const served = await serveTwins({ ...options, uart: uart?.take, onListening: announce });
    terminal.out("ready\n");
    await end;
    await served.end();
    uart?.finish?.();
    const fired = served.twins.flatMap(({ faultsFired }) => faultsFired.map((one) => ({ ...one })));
    const refused = refusedReport(served.twins);
    const result = { boards: served.twins.length, faultsFired: fired, busErrors: refused.json };
    return { result, text: refused.lines, exit: EXIT.ok, clock: "virtual" };
  } finally {
    await uart?.server?.close();
  }
}

function readOptions(invocation: TwinInvocation): Omit<ServeOptions, "onListening"> {
  const boards = boardsOf(invocation);
  const ports = portsOf(invocation.options);
  if (Object.keys(ports).length === 0)
    throw new HostError("usage", "Name what to serve: --jlink[=PORT], --pyocd[=PORT] or --usbip[=PORT]");
  const { beacon: beaconMs, pace } = invocation.options;
  return { boards, ports, pace, beaconMs };
}

/** The boards that were named; `--state` and `--fault` are the same as the keys, for a single board. */
function boardsOf({ args, options: { state, fault } }: TwinInvocation): readonly BoardSelector[] {
  if (args.length > 1 && (state ?? fault) !== undefined)
    throw new HostError("usage", "With several boards, write CHIP,state=FILE and CHIP,fault=SPEC");
  return args.map((text) => {
    const board = parseSelector(`twin:${text}`);
    if (board.kind !== "twin") throw new HostError("usage", `"${text}" is no board`);
    const options = { ...board.options, ...(fault !== undefined && { faults: fault }) };
    return { ...board, options, ...(state !== undefined && { stateFile: state }) };
  });
}

function portsOf(options: OptionsOf<"twin">): ServeOptions["ports"] {
  const asked = (Object.keys(PORTS) as ServerName[]).flatMap((name) => {
    const port = options[name];
    return port === undefined ? [] : [[name, port === "usual" ? PORTS[name] : port] as const];
  });
  return Object.fromEntries(asked);
}

async function uartOf({ terminal, options: { uart } }: TwinInvocation): Promise<UartSink | undefined> {
  return uart === undefined ? undefined : openUart(uart, (chunk) => terminal.raw(chunk));
}

/** Ctrl-C or another signal, the end of stdin (`--until-eof`) or of a time (`--for`): what comes first. */
function endOf({ signal, options }: TwinInvocation): Promise<void> {
  const forMs = options.for;
  return new Promise<void>((resolve) => {
    const done = () => resolve();
    signal.addEventListener("abort", done, { once: true });
    if (forMs !== undefined) void wallClock.sleep(forMs * 1000, signal).then(done, done);
    if (options.untilEof) process.stdin.once("end", done).once("error", done).resume();
  });
}
