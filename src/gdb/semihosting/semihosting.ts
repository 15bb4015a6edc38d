import { MICROSECOND } from "../../base/clock.ts";
import type { CortexCore } from "../../cortex/cortex-core.ts";
import { ERRNO, SemihostingFailure } from "../../semihosting/failure.ts";
import type { HostConsole, HostFiles } from "../../semihosting/host.ts";
import { Semihosting } from "../../semihosting/semihosting.ts";
import { calledOperation, isSemihostingCall, serveCall } from "../../semihosting/serve-call.ts";
import type { Session } from "../../session/session.ts";
import type { GdbHost, GdbOptions } from "../host.ts";
import { FileIo } from "./file-io.ts";
import { GdbFiles } from "./gdb-files.ts";

/** Where the firmware's output goes, as J-Link's `IOclient` has it: bits for the terminal's port and for GDB. */
const CLIENT = { terminal: 1, gdb: 2 } as const;

/** No host's files at all. */
const refuse = async (): Promise<never> => {
  throw new SemihostingFailure(ERRNO.EACCES, "the host gives no files");
};
const NO_FILES: HostFiles = { open: refuse, remove: refuse, rename: refuse };

/** What became of a BKPT that the core stands at. */
export type CallResult =
  /** It is no semihosting call, or semihosting is off: `words` say so where it is one. */
  | { readonly kind: "not-served"; readonly words?: string }
  /** The core stands behind it, halted. */
  | { readonly kind: "served" }
  /** The client has interrupted the run while the call waited for input: the core stands where it did. */
  | { readonly kind: "interrupted" }
  | { readonly kind: "exit"; readonly code: number; readonly words: string };

/** A line without an end is printed once it is so long. */
const LONGEST_LINE = 4096;

/** Semihosting for the firmware that one client debugs. */
export class GdbSemihosting {
  isEnabled: boolean;
  /** A mask of `CLIENT`. */
  clients: number;
  /** What SYS_GET_CMDLINE answers. */
  commandLine: string;
  /** Files, console, clock and commands are those of GDB's machine. */
  isFileIo: boolean;
  /** Requests to GDB. */
  readonly fileIo: FileIo;
  /** Sends output to GDB, which shows it only while it waits for a stop; absent at other times. */
  toGdb: ((bytes: Uint8Array) => Promise<void>) | undefined;
  private readonly session: Session;
  private readonly host: GdbHost;
  private readonly terminal: HostConsole | undefined;
  private readonly gdbFiles: GdbFiles;
  private readonly gone: AbortSignal;
  private hasWarned = false;
  private running: Semihosting;
  private started: number;
  private line = "";
  private readonly decoder = new TextDecoder();

  /** `gone` aborts once the client has gone. */
  constructor(session: Session, host: GdbHost, { semihosting }: GdbOptions, gone: AbortSignal) {
    this.gone = gone;
    this.fileIo = new FileIo(gone);
    this.gdbFiles = new GdbFiles(this.fileIo);
    this.session = session;
    this.host = host;
    this.isEnabled = semihosting?.isEnabled ?? false;
    this.commandLine = semihosting?.commandLine ?? "";
    this.isFileIo = semihosting?.fileIo ?? false;
    this.clients = CLIENT.terminal | CLIENT.gdb;
    this.terminal = host.semihosting?.terminal;
    this.started = session.clock.now();
    this.running = this.begin();
  }

  /** Forgets the files that the firmware has open: it begins anew. */
  restart(): void {
    this.endLine();
    this.gdbFiles.restart();
    void this.running.close();
    this.running = this.begin();
    this.started = this.session.clock.now();
  }

  /** Performs the call of a core that stands at a BKPT of the firmware's own. */
  async serve(core: CortexCore, pc: number, signal: AbortSignal): Promise<CallResult> {
    if (!(await isSemihostingCall(core, pc))) return { kind: "not-served" };
    if (!this.isEnabled) {
      const name = await calledOperation(core);
      const words = `the core stopped at BKPT 0xAB, a semihosting call (${name}), and semihosting is off: --semihosting or monitor semihosting enable turns it on`;
      return { kind: "not-served", words };
    }
    this.beginFileIo(signal);
    try {
      const exit = await serveCall(core, this.running, pc, signal);
      if (!exit) return { kind: "served" };
      this.endLine();
      await this.running.close();
      return exit;
    } catch (error) {
      if (signal.aborted || this.gone.aborted) return { kind: "interrupted" };
      throw error;
    }
  }

  private beginFileIo(signal: AbortSignal): void {
    this.fileIo.begin(signal);
    if (!this.isFileIo || this.fileIo.client || this.hasWarned) return;
    this.hasWarned = true;
    this.host.print("in non-stop mode GDB has no File-I/O: the firmware's calls for files and input fail");
  }

  private begin(): Semihosting {
    const { host, session, gdbFiles } = this;
    const own = host.semihosting;
    const files = () => (this.isFileIo ? gdbFiles : (own?.files ?? NO_FILES));
    return new Semihosting({
      files: {
        open: (name, mode) => files().open(name, mode),
        remove: (name) => files().remove(name),
        rename: (from, to) => files().rename(from, to),
      },
      console: {
        write: (bytes, stream) => this.print(bytes, stream),
        read: (most, signal) => this.read(most, signal),
        isTerminal: async (stream) => !this.isGdbsConsole || gdbFiles.isTerminal(stream),
      },
      commandLine: () => this.commandLine,
      elapsedUs: () => (session.clock.now() - this.started) / MICROSECOND,
      unixSeconds: () => (this.isFileIo ? gdbFiles.unixSeconds() : (own?.unixSeconds() ?? 0)),
      system: (command) => this.system(command),
    });
  }

  /** GDB is asked for input, and gets output as requests: no terminal's port is there, or it isn't wanted. */
  private get isGdbsConsole(): boolean {
    return this.isFileIo && (this.clients & CLIENT.gdb) !== 0 && this.input === undefined;
  }

  /** The terminal that input comes from. */
  private get input(): HostConsole | undefined {
    return this.clients & CLIENT.terminal ? this.terminal : undefined;
  }

  private async system(command: string): Promise<number> {
    if (this.isFileIo) return this.gdbFiles.system(command);
    throw new SemihostingFailure(ERRNO.ENOSYS, "no command of the host's is executed");
  }

  private async print(bytes: Uint8Array, stream: "out" | "err"): Promise<void> {
    if (this.clients & CLIENT.terminal) await this.terminal?.write(bytes, "out");
    if (!(this.clients & CLIENT.gdb)) return;
    if (this.isFileIo && this.fileIo.client) await this.gdbFiles.write(bytes, stream);
    else if (this.toGdb) await this.toGdb(bytes);
    else this.printLines(bytes);
  }

  /** GDB shows nothing in non-stop mode: then the server's console does, line by line. */
  private printLines(bytes: Uint8Array): void {
    const [first, ...more] = this.decoder.decode(bytes, { stream: true }).split("\n");
    this.line += first;
    for (const line of more) {
      this.host.print(this.line);
      this.line = line;
    }
    if (this.line.length >= LONGEST_LINE) this.endLine();
  }

  /** Prints what stands there of a line. */
  private endLine(): void {
    if (this.line !== "") this.host.print(this.line);
    this.line = "";
  }

  /** Without a terminal's port and without File-I/O, input is at its end. */
  private async read(most: number, signal: AbortSignal): Promise<Uint8Array> {
    if (this.isGdbsConsole) return this.gdbFiles.read(most);
    return this.input?.read(most, signal) ?? new Uint8Array(0);
  }
}
