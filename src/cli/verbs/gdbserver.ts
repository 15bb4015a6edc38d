import { checkConsents } from "../../flash/run.ts";
import { effectiveImage } from "../../protection/effective-image.ts";
import type { GdbHost, SwoControl } from "../../gdb/host.ts";
import { serveTerminal, type TerminalServer } from "../../node/servers/terminal-server.ts";
import { filesFor } from "../semihosting-host.ts";
import { unixSeconds, wallClock } from "../../host/wall-clock.ts";
import type { OpenProbe } from "../../node/probes.ts";
import { inCliWords } from "../../report/advice-words.ts";
import { errorLines } from "../../report/error-report.ts";
import type { Permit } from "../../flash/permit.ts";
import type { HostFiles } from "../../semihosting/host.ts";
import type { Session } from "../../session/session.ts";
import { rawPermit } from "../../session/write-memory.ts";
import { permitsOf, policyOf } from "../options/consents.ts";
import { layoutsIn } from "../../gdb/rtos/kernels.ts";
import type { KernelLayouts } from "../../gdb/rtos/layout.ts";
import { ImageError } from "../../image/image.ts";
import { namedElfs, readImagesForChip } from "../image-files.ts";
import { unknownLocksLines } from "../../report/locks-report.ts";
import type { NamedPlace } from "../../rtt/places.ts";
import type { Answer } from "../output.ts";
import { serveCores } from "../serving/gdb-cores.ts";
import { rttBanner, serveRttBeside } from "../serving/rtt-beside.ts";
import { serveSwoBeside } from "../serving/swo-beside.ts";
import { restOf } from "../serving/target-rest.ts";
import { version } from "../version.ts";
import type { OptionsOf } from "../options/sets.ts";
import { withTarget } from "../target.ts";
import { type Invocation, note } from "../verb.ts";

type GdbInvocation = Invocation<OptionsOf<"gdbserver">>;

/** `gdbserver [ELF]`: serves the target to one GDB at a time, until Ctrl-C, `--single-run` or `--for`. */
export function gdbserver(invocation: GdbInvocation): Promise<Answer> {
  judgeImage(invocation);
  const files = filesFor(invocation);
  const layouts = layoutsOf(invocation);
  return withTarget(invocation, ({ session, open }) => serve(invocation, { session, open, files, layouts }), {
    connect: "attach",
  });
}

/** Says before anything is connected what `load` will think of the file. */
function judgeImage(invocation: GdbInvocation): void {
  if (invocation.args.length === 0) return;
  const { image, chip } = readImagesForChip(invocation);
  const policy = policyOf(invocation);
  try {
    checkConsents({ policy, needs: effectiveImage(image, chip, policy).needs }, permitsOf(invocation));
  } catch (error) {
    note(invocation, "load will refuse this file:");
    for (const line of errorLines(error, inCliWords, false)) note(invocation, line);
  }
}

/** Where a kernel in the file has its structures; what of its debug information can't be read is noted. */
function layoutsOf(invocation: GdbInvocation): KernelLayouts | undefined {
  const [elf] = namedElfs(invocation);
  try {
    return elf && layoutsIn(elf);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    note(invocation, `${error.message}: the usual offsets of kernels are taken`);
    return undefined;
  }
}

/** What is served, beside what the command line has. */
interface Served extends Omit<Bench, "place"> {
  readonly files: HostFiles;
  readonly layouts: KernelLayouts | undefined;
}

async function serve(invocation: GdbInvocation, { session, open, files, layouts }: Served): Promise<Answer> {
  // A locked chip has nothing to debug: said before a client waits for an answer.
  const { identity } = session.core;
  const end = new AbortController();
  let clients = 0;
  const place = { rtt: {} };
  const beside = await serveBeside(invocation, { session, open, place });
  const { terminal } = beside;
  const semihosting = { files, unixSeconds, ...(terminal && { terminal }) };
  const server = await serveCores(
    session,
    { ...hostOf(invocation, session, open), semihosting },
    {
      semihosting: semihostingOf(invocation),
      port: invocation.options.port,
      cores: invocation.options.cores,
      note: (line) => note(invocation, line),
      policy: policyOf(invocation),
      permits: grantsOf(invocation),
      onClose: invocation.options.onClose,
      flashBreakpoints: invocation.options.flashBreakpoints,
      ...(invocation.options.rtt && { place }),
      ...(beside.swo && { swo: beside.swo }),
      ...(layouts && { layouts }),
      onClient: (what) => {
        printLine(invocation, what === "came" ? `Connected to 127.0.0.1` : "GDB has closed the connection");
        if (what === "came") clients++;
        else if (invocation.options.singleRun) end.abort();
      },
    },
  ).catch(async (error: unknown) => {
    await beside.close();
    throw error;
  });
  try {
    const chip = session.found.chip?.name ?? "no chip is named: there is no memory map, and load can't program flash";
    printLine(invocation, `${identity.name}, ${chip}`);
    for (const line of session.found.chip ? unknownLocksLines(session.found.chip) : []) printLine(invocation, line);
    const { first, ports } = server;
    printLine(invocation, `listening gdb ${first.host}:${first.port}`);
    for (const { core, port } of ports.slice(1)) printLine(invocation, `listening gdb ${first.host}:${port} (${core})`);
    for (const line of beside.lines) printLine(invocation, line);
    printLine(invocation, "no authentication: every program on this machine can connect");
    printLine(invocation, "Waiting for GDB connection...");
    await untilEnd(invocation, end.signal);
  } finally {
    await beside.close();
    await server.close();
  }
  return {
    result: { port: server.first.port, ports: server.ports.map((each) => ({ ...each })), clients },
    text: [],
    exit: 0,
    clock: open.clockKind,
  };
}

/** On stdout, where IDEs look for it; with `--json` that has the result alone. */
const printLine = ({ terminal, options }: GdbInvocation, line: string): void =>
  options.json ? terminal.err(`${line}\n`) : terminal.out(`${line}\n`);

/** What the server's command line agrees to, for `load`, raw writes and the Commander's lines. */
const grantsOf = (invocation: GdbInvocation): readonly Permit[] => [
  ...permitsOf(invocation),
  ...(invocation.options.raw ? [rawPermit()] : []),
];

/** What is served beside GDB on the same session. */
interface Beside {
  /** A line for each port. */
  readonly lines: readonly string[];
  /** The firmware's console by semihosting. */
  readonly terminal?: TerminalServer;
  readonly swo?: SwoControl;
  close(): Promise<void>;
}

interface Bench {
  readonly session: Session;
  readonly open: OpenProbe;
  readonly place: { readonly rtt: NamedPlace };
}

const semihostingOf = ({ options }: GdbInvocation) => ({
  isEnabled: options.semihosting,
  commandLine: options.semihostingArgs ?? "",
  exits: options.exitOnSemihosting,
  fileIo: options.semihostingFileio,
});

async function serveBeside(invocation: GdbInvocation, bench: Bench): Promise<Beside> {
  const { telnetPort, swoPort } = invocation.options;
  const servers: Beside[] = [];
  const close = async () => {
    for (const server of servers) await server.close();
  };
  try {
    servers.push(await serveRtt(invocation, bench));
    if (swoPort !== undefined) servers.push(await serveSwo(invocation, bench, swoPort));
    if (telnetPort !== undefined) servers.push(await serveConsole(telnetPort));
  } catch (error) {
    await close();
    throw error;
  }
  const [terminal] = servers.flatMap((server) => server.terminal ?? []);
  const [swo] = servers.flatMap((server) => server.swo ?? []);
  const lines = servers.flatMap((server) => server.lines);
  return { lines, close, ...(terminal && { terminal }), ...(swo && { swo }) };
}

async function serveConsole(port: number): Promise<Beside> {
  const terminal = await serveTerminal(port);
  return { lines: [`listening terminal ${terminal.host}:${terminal.port}`], terminal, close: terminal.close };
}

async function serveSwo(invocation: GdbInvocation, { session, open }: Bench, port: number): Promise<Beside> {
  const print = (line: string) => note(invocation, line);
  const served = await serveSwoBeside({ session, port, rest: restOf(open), startsByItself: true, note: print });
  return { lines: [`listening swo 127.0.0.1:${served.port}`], swo: served.control, close: served.close };
}

async function serveRtt(invocation: GdbInvocation, { session, open, place }: Bench): Promise<Beside> {
  const { rtt, rttPort } = invocation.options;
  if (!rtt) return { lines: [], close: async () => {} };
  const served = await serveRttBeside({
    session,
    place,
    rest: restOf(open),
    ports: [{ port: rttPort, banner: await rttBanner(session, `Flashproof ${version()}`) }],
    note: (line) => note(invocation, line),
  });
  return { lines: served.ports.map((port) => `listening rtt 127.0.0.1:${port}`), close: served.close };
}

const hostOf = (invocation: GdbInvocation, session: Session, open: OpenProbe): GdbHost => ({
  print: (line) => note(invocation, line),
  explain: (error) => errorLines(error, inCliWords, false),
  rest: restOf(open),
  commander: async (line, io) => {
    const { serverLines } = await import("../commander/server-lines.ts");
    const grants = { folder: invocation.terminal.folder, permits: grantsOf(invocation) };
    return serverLines(session, open, grants)(line, io);
  },
});

/** Ctrl-C or another signal, `--single-run`, or `--for`: what comes first. */
async function untilEnd({ signal, options }: GdbInvocation, end: AbortSignal): Promise<void> {
  const forMs = options.for;
  await new Promise<void>((resolve) => {
    const done = () => resolve();
    if (signal.aborted || end.aborted) return done();
    signal.addEventListener("abort", done, { once: true });
    end.addEventListener("abort", done, { once: true });
    if (forMs !== undefined) void wallClock.sleep(forMs * 1000, signal).then(done, done);
  });
}
