import { printableLine } from "../../base/printable.ts";
import { codeOf } from "../../base/errors.ts";
import { type DeviceName, findDevice } from "../../commander/language/device-name.ts";
import { deviceError } from "../../commander/words/device-words.ts";
import { V7_86E } from "../../commander/texts/v7-86e/banner.ts";
import { type Permit, permit } from "../../flash/permit.ts";
import type { GdbHost } from "../../gdb/host.ts";
import { type OpenProbe, openProbe } from "../../node/probes.ts";
import { onceEnding } from "../../node/process/signals.ts";
import { serveGdbClients } from "../../node/servers/gdb-server.ts";
import { unixSeconds } from "../../host/wall-clock.ts";
import type { TcpServer } from "../../node/servers/tcp-server.ts";
import { inCliWords } from "../../report/advice-words.ts";
import { errorLines } from "../../report/error-report.ts";
import { connect } from "../../session/connect.ts";
import type { Session } from "../../session/session.ts";
import { probe } from "../options/named.ts";
import { resolveOptions } from "../options/resolve.ts";
import { readSettings } from "../options/settings-files.ts";
import type { Streams, Terminal } from "../output.ts";
import { printing } from "../printing.ts";
import { deviceFinder } from "../packs/device-finder.ts";
import { reportLeftovers } from "../serving/leftovers.ts";
import { rttBanner, serveRttBeside } from "../serving/rtt-beside.ts";
import { serveSwoBeside } from "../serving/swo-beside.ts";
import { restOf } from "../serving/target-rest.ts";
import { filesOfShim } from "../semihosting-host.ts";
import { SETTINGS_KEYS } from "../verbs.ts";
import { type GdbServerOptions, parseGdbServerOptions } from "./gdb-server-options.ts";

/** Exit codes of J-Link's GDB server (UM08001 3.3.2), as a process shows them: -1 is 255. */
const ENDED = { other: 255, port: 254, target: 253, arguments: 251, device: 250, probe: 249 } as const;

/** The wire's speed where the caller leaves it open, in hertz. */
const USUAL_HZ = 4_000_000;

/** J-Link's lines before anything is connected. */
const startLines = (argv: readonly string[], { port, swoPort, telnetPort, device, hz }: GdbServerOptions) => [
  `SEGGER J-Link GDB Server ${V7_86E.version} Command Line Version`,
  "",
  `Flashproof's stand-in; no SEGGER software`,
  "",
  `Command line: ${argv.join(" ")}`,
  "-----GDB Server start settings-----",
  `GDBInit file:                  none`,
  `GDB Server Listening port:     ${port}`,
  `SWO raw output listening port: ${swoPort}`,
  `Terminal I/O port:             ${telnetPort}`,
  "Accept remote connection:      localhost only",
  "------J-Link related settings------",
  "J-Link Host interface:         USB",
  "------Target related settings------",
  `Target device:                 ${device ?? "unspecified"}`,
  "Target interface:              SWD",
  `Target interface speed:        ${hz === undefined ? "auto" : `${hz / 1000}kHz`}`,
  "Target endian:                 little",
  "",
];

/** Runs as J-Link's GDB server does, with its options, texts and exit codes. */
export async function runJlinkGdbServer(argv: readonly string[], streams: Streams): Promise<number> {
  const terminal = printing(streams);
  const print = (line: string) => terminal.out(`${printableLine(line)}\n`);
  let options: GdbServerOptions;
  try {
    options = parseGdbServerOptions(argv);
  } catch (error) {
    print(`ERROR: Bad command line: ${(error as Error).message}`);
    return ENDED.arguments;
  }
  const [head, ...rest] = startLines(argv, options);
  print(head);
  for (const word of options.unknown) print(`WARNING: Unknown command line parameter ${word} found.`);
  for (const line of rest) print(line);
  if (options.isStrict && options.unknown.length > 0) return ENDED.arguments;
  const findStored = deviceFinder(terminal.env);
  const device =
    options.device === undefined ? undefined : await findDevice(options.device, { findDevice: findStored });
  if (device?.kind === "unknown") {
    explain(terminal, deviceError(device));
    print(`ERROR: Unknown device name ${options.device ?? ""} specified.`);
    return ENDED.device;
  }
  return withBoard(terminal, print, { options, device });
}

/** What is served: the caller's options, and the device that they name. */
interface Wanted {
  readonly options: GdbServerOptions;
  readonly device: DeviceName | undefined;
}

async function withBoard(terminal: Terminal, print: (line: string) => void, wanted: Wanted): Promise<number> {
  print("Connecting to J-Link...");
  let open: OpenProbe;
  try {
    open = await openProbe(selectorOf(wanted.options, terminal));
  } catch (error) {
    explain(terminal, error);
    print("Connecting to J-Link failed. Connected correctly?");
    print("GDBServer will be closed...");
    print("Shutting down...");
    return ENDED.probe;
  }
  try {
    return await withSession(terminal, print, { ...wanted, open });
  } finally {
    await open.close();
  }
}

/** The probe that the command line names, else FLASHPROOF_PROBE or the settings' `probe`. */
function selectorOf({ usb, ip }: GdbServerOptions, { env, folder }: Terminal): string | undefined {
  const { project, user } = readSettings(folder, env, SETTINGS_KEYS);
  const files = [project, user].filter((file) => file !== undefined);
  const settings = resolveOptions({ probe }, {}, { env, files });
  if (settings.probe?.startsWith("twin:")) return settings.probe;
  if (ip !== undefined) return `ip:${ip}`;
  return usb === undefined ? settings.probe : `jlink:${usb}`;
}

interface Bench extends Wanted {
  readonly open: OpenProbe;
}

async function withSession(terminal: Terminal, print: (line: string) => void, bench: Bench): Promise<number> {
  const { open, options, device } = bench;
  const { probe: opened, clock } = open;
  print("J-Link is connected.");
  print(`Firmware: ${opened.info.product}`);
  print(`S/N: ${opened.info.serial}`);
  print("Checking target voltage...");
  print("Connecting to target...");
  let session: Session;
  try {
    session = await connect({
      ...(device?.chip && { chip: device.chip }),
      probe: opened,
      clock,
      hz: options.hz ?? USUAL_HZ,
      how: options.halts ? "halt" : "attach",
      onLocked: async () => "leave",
    });
    // A locked chip has nothing to debug.
    void session.core;
    const print = noteOn(terminal);
    await reportLeftovers(session, { env: terminal.env, restores: false, warn: print, note: print });
  } catch (error) {
    explain(terminal, error);
    print("ERROR: Could not connect to target.");
    print(
      "Target connection failed. GDBServer will be closed...Restoring target state and closing J-Link connection...",
    );
    print("Shutting down...");
    return ENDED.target;
  }
  try {
    return await serve(terminal, print, { ...bench, session });
  } finally {
    await session.close();
  }
}

function explain(terminal: Terminal, error: unknown): void {
  for (const line of errorLines(error, inCliWords, false)) terminal.err(`flashproof: ${printableLine(line)}\n`);
}

async function serve(
  terminal: Terminal,
  print: (line: string) => void,
  { open, options, device, session }: Bench & { readonly session: Session },
): Promise<number> {
  const end = new AbortController();
  const forget = onceEnding(() => end.abort());
  const servers: Closing[] = [];
  const place = { rtt: {} };
  const permits = device?.allowsSecurity ? [permit("lock")] : [];
  try {
    const rtt = await rttOf(options, session, terminal);
    const beside = await serveRttBeside({ session, place, rest: restOf(open), ...rtt });
    servers.push(beside);
    const swo = await serveSwoBeside({ session, ...swoOf(options, open, terminal) });
    servers.push(swo);
    const semihosting = { files: filesOfShim(noteOn(terminal)), terminal: beside.consoles[0], unixSeconds };
    const server = await serveGdbClients(
      session,
      { ...hostOf(terminal, session, open, permits), semihosting },
      {
        port: options.port,
        flashBy: "writes",
        policy: device?.allowsSecurity ? "as-image" : "keep-open",
        permits,
        onClose: "run",
        flashBreakpoints: "ask",
        place,
        swo: swo.control,
        onClient: (what) => {
          if (what === "came") print("Connected to 127.0.0.1");
          else if (options.isSingleRun) end.abort();
          else terminal.out("Waiting for GDB connection...");
        },
      },
    );
    servers.push(server);
    print(`Listening on TCP/IP port ${server.port}`);
    print("Connected to target");
    terminal.out("Waiting for GDB connection...");
    await ended(end.signal, terminal.signal);
    print("");
    print("Shutting down...");
    return 0;
  } catch (error) {
    if (codeOf(error) !== "port-in-use") throw error;
    explain(terminal, error);
    print("ERROR: Failed to open listener port");
    return ENDED.port;
  } finally {
    forget();
    for (const server of servers) await server.close();
  }
}

type Closing = Pick<TcpServer, "close">;

/** J-Link's server has the terminal's port, and that of J-Link's RTT where no other program has it. */
const rttOf = async ({ telnetPort, rttPort }: GdbServerOptions, session: Session, terminal: Terminal) => ({
  ports: [
    // The text is recalled (unsure).
    { port: telnetPort, banner: `SEGGER J-Link GDB Server ${V7_86E.version} - Terminal output channel\r\n` },
    { port: rttPort, banner: await rttBanner(session, V7_86E.version), isOptional: true },
  ],
  note: noteOn(terminal),
});

/** Callers connect to the port for SWO at once, and have it begin by a monitor command. */
const swoOf = ({ swoPort }: GdbServerOptions, open: OpenProbe, terminal: Terminal) => ({
  port: swoPort,
  rest: restOf(open),
  startsByItself: false,
  note: noteOn(terminal),
});

const noteOn = (terminal: Terminal) => (line: string) => terminal.err(`flashproof: ${printableLine(line)}\n`);

const hostOf = (terminal: Terminal, session: Session, open: OpenProbe, permits: readonly Permit[]): GdbHost => ({
  print: noteOn(terminal),
  explain: (error: unknown) => errorLines(error, inCliWords, false),
  rest: restOf(open),
  commander: async (line, io) => {
    const { serverLines } = await import("../commander/server-lines.ts");
    return serverLines(session, open, { folder: terminal.folder, permits })(line, io);
  },
});

const ended = (own: AbortSignal, given: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of given ? [own, given] : [own]) {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    }
  });
