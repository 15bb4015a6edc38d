import type { CortexCore } from "../cortex/cortex-core.ts";
import { DEMCR } from "../registers/scs.ts";
import { together } from "../adi/memory.ts";
import { address32 } from "../base/u32.ts";
import type { SectorChange } from "../session/patches/change.ts";
import type { Session } from "../session/session.ts";
import type { SharedTarget } from "../session/sharing/shared-target.ts";
import type { Debugged } from "./debugged.ts";
import { Download } from "./download.ts";
import type { GdbHost, GdbOptions } from "./host.ts";
import { News } from "./news.ts";
import { Points } from "./points.ts";
import { type GdbRegister, registersOf } from "./registers.ts";
import { RunControl } from "./run.ts";
import { CURRENT, RtosThreads } from "./rtos/threads.ts";
import { GdbSemihosting } from "./semihosting/semihosting.ts";
import { SIGNAL, type Stop, type Understood } from "./stop.ts";

/** Lines that are remembered so that they come once, at most. */
const MOST_NOTED = 1024;

/** What one client of the server works on, and what is known of the client. */
export class Debuggee implements Debugged {
  readonly session: Session;
  readonly host: GdbHost;
  readonly options: GdbOptions;
  /** Aborts once the client has gone, while something of it is still being done. */
  readonly gone: AbortSignal;
  readonly points: Points;
  readonly semihosting: GdbSemihosting;
  readonly threads: RtosThreads;
  readonly download: Download;
  readonly run: RunControl;
  /** What the client says that it understands. */
  readonly understood: Understood;
  isExtended = false;
  /** Stops are sent as notifications, and packets are taken while the core runs. */
  isNonStop = false;
  isDetached = false;
  private hasLooked = false;
  /** Another core was reset, and this one with it, while it stood for the client. */
  private wasReset = false;
  /** Why the core stands; undefined until it was asked for. */
  stop: Stop | undefined;
  /** What `monitor why` answers: the last thing that went wrong, in full. */
  why: readonly string[] = ["nothing has gone wrong yet"];
  /** Lines that the client is to see at its next chance. */
  readonly news = new News();
  private readonly shared: SharedTarget;
  private readonly noted = new Set<string>();
  /** Ends the listening to the session's events. */
  private readonly ignore: () => void;

  constructor(session: Session, host: GdbHost, options: GdbOptions, gone: AbortSignal) {
    this.gone = gone;
    this.session = session;
    this.host = host;
    this.options = options;
    this.understood = { core: options.servedCore?.index ?? 0, swbreak: false, hwbreak: false };
    this.shared = session.share("debugger");
    session.patched.hide();
    this.points = new Points(
      {
        session,
        core: () => this.core,
        mode: options.flashBreakpoints ?? "off",
        isRunning: () => this.run.isRunning,
        onChange: (change, disturbs) => this.reportChange(change, disturbs),
      },
      // Where GDB knows of flash it asks for comparators by itself, so that nothing says what its user wants.
      (wants) => wants === "software" || options.flashBy !== "writes",
      options.servedCore?.ram,
    );
    this.semihosting = new GdbSemihosting(session, host, options, gone);
    this.threads = new RtosThreads(() => ({ core: this.core, clock: session.clock, layouts: options.layouts }));
    this.ignore = session.onEvent(({ event }) => {
      this.threads.forget();
      this.wasReset ||= event === "chip-reset" && this.stop !== undefined && !this.run.isRunning;
    });
    this.download = new Download(this);
    this.run = new RunControl(this);
  }

  /** The core, as the debugger's; throws `target-locked`. */
  get core(): CortexCore {
    return this.shared.core;
  }

  /** The core's registers; the index of each is its number. */
  get registers(): readonly GdbRegister[] {
    return registersOf(this.core.identity);
  }

  /** Prints a line that would come again at each stop. */
  noteOnce(line: string): void {
    if (this.noted.has(line)) return;
    if (this.noted.size >= MOST_NOTED) this.noted.clear();
    this.noted.add(line);
    this.host.print(line);
    this.news.push(line);
  }

  /** Says before a sector is erased for breakpoints which, how often now, and how long it takes where that is felt. */
  private reportChange(change: SectorChange, disturbs: string | undefined): void {
    if (disturbs !== undefined) this.noteOnce(`breakpoints in flash: ${disturbs}`);
    const line = changeLine(change);
    this.host.print(line);
    if (change.estimateMs < FELT_MS) return;
    // GDB waits for a stop now, so that it shows the line.
    void this.semihosting.toGdb?.(new TextEncoder().encode(`${line}\n`));
  }

  /** Prints lines on the console, keeps them for `monitor why`, and has the first one ready for the client. */
  report(lines: readonly string[]): void {
    for (const line of lines) this.host.print(line);
    this.why = lines;
    if (lines.length > 0) this.news.push(lines[0]);
  }

  /** Halts the core, has HardFaults stop it, and notes where it stands. */
  async halt(signal: number = SIGNAL.trap): Promise<Stop> {
    await this.shared.whenFree(() => this.session.halt());
    this.threads.forget();
    await this.prepare();
    this.stop = await this.run.stopHere(signal);
    this.noteRom(this.stop.pc);
    return this.stop;
  }

  /** A core that was reset with another one while it stood runs again: it is halted before the client asks for more. */
  async standAgain(): Promise<void> {
    if (!this.wasReset) return;
    this.wasReset = false;
    const { pc = 0 } = await this.halt();
    this.report([`the chip was reset by way of another core: this one was halted again, at ${address32(pc)}`]);
  }

  /** Resets the chip and halts it before its first instruction; a chip that comes up locked throws `target-locked`. */
  async resetAndHalt(): Promise<Stop> {
    await this.shared.whenFree(() => this.session.reset("system", "halt"));
    this.semihosting.restart();
    this.threads.forget();
    this.threads.selected = CURRENT;
    await this.prepare();
    this.stop = await this.run.stopHere(SIGNAL.trap);
    return this.stop;
  }

  /** VC_HARDERR: a HardFault stops the core at its handler's first instruction (ARMv7-M ARM (DDI 0403E), C1.6.5). */
  async prepare(): Promise<void> {
    if (!this.hasLooked) await this.clearForeign();
    await this.setCatches({ VC_HARDERR: 1 });
  }

  /** Says which points a debugger before has left, ended by force as it was, and takes them away. */
  private async clearForeign(): Promise<void> {
    const { breakpoints, watchpoints } = this.core;
    const addresses = [...(await breakpoints.clearForeign()), ...(await watchpoints.clearForeign())];
    this.hasLooked = true;
    if (addresses.length === 0) return;
    const places = addresses.map(address32).join(", ");
    const line = `${addresses.length} breakpoints or watchpoints that another debugger has left were cleared: ${places}`;
    this.host.print(line);
    this.news.push(line);
  }

  /** Sets vector catches in DEMCR and leaves the others. */
  setCatches(catches: Parameters<typeof DEMCR.with>[1]): Promise<void> {
    return together(this.core.memory, async (own) => {
      const [demcr] = await own.run([{ op: "read", address: DEMCR.address, width: 32 }]);
      const value = DEMCR.with(demcr, catches);
      if (value !== demcr) await own.run([{ op: "write", address: DEMCR.address, width: 32, value }]);
    });
  }

  /**
   * Takes all points away and lets the core run, with no vector catch left, or leaves it halted. A semihosting call that
   * has not been served is passed over.
   */
  async leave(then: "run" | "halt"): Promise<void> {
    this.run.abandon();
    await this.run.ended();
    await this.points.clearAll();
    if (then === "halt") return this.core.halt();
    await this.run.passBkpt();
    await this.setCatches(NO_CATCH);
    await this.core.resume();
  }

  /** Says of a further core that it may not have been started yet. */
  private noteRom(pc: number | undefined): void {
    const { servedCore } = this.options;
    const memories = this.session.found.chip?.memories ?? [];
    if (!servedCore || servedCore.index === 0 || pc === undefined) return;
    const rom = memories.find(({ kind, start, length }) => kind === "rom" && pc >= start && pc < start + length);
    if (rom)
      this.noteOnce(
        `${servedCore.name} stands in the chip's ROM: it waits there until the firmware starts it, or runs a function of the ROM`,
      );
  }

  /** Notes that the client has set registers or stepped: the core doesn't stand where its last stop was any more. */
  movedByClient(): void {
    this.threads.forget();
    if (this.stop) this.stop = { signal: this.stop.signal };
  }

  /** Ends the client's part in the target. */
  release(): void {
    this.ignore();
    this.semihosting.restart();
    this.points.release();
    this.shared.release();
  }
}

/** A pause that a user takes for a hang, in milliseconds. */
const FELT_MS = 500;

/** `breakpoints in flash: the sector at 0x00005000 (4 KB) gets 2, erase 3 of this session`. */
function changeLine({ sector: { address, size }, breakpoints, erases, estimateMs }: SectorChange): string {
  const gets = breakpoints === 0 ? "gets its own bytes back" : `gets ${breakpoints}`;
  const time = estimateMs < FELT_MS ? "" : `; this takes about ${(estimateMs / 1000).toFixed(1)} s`;
  return `breakpoints in flash: the sector at ${address32(address)} (${size / 1024} KB) ${gets}, erase ${erases} of this session${time}`;
}

/** The firmware's own handlers take what happens when no debugger is there. */
const NO_CATCH = {
  VC_HARDERR: 0,
  VC_INTERR: 0,
  VC_BUSERR: 0,
  VC_STATERR: 0,
  VC_CHKERR: 0,
  VC_NOCPERR: 0,
  VC_MMERR: 0,
  VC_CORERESET: 0,
} as const;
