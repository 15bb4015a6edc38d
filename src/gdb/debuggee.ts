import type { CortexCore } from "../cortex/cortex-core.ts";
import { DEMCR } from "../registers/scs.ts";
import { together } from "../adi/memory.ts";
import type { Session } from "../session/session.ts";
import type { SharedTarget } from "../session/sharing/shared-target.ts";
import type { Debugged } from "./debugged.ts";
import { Download } from "./download.ts";
import type { GdbHost, GdbOptions } from "./host.ts";
import { News } from "./news.ts";
import { Points } from "./points.ts";
import { type GdbRegister, registersOf } from "./registers.ts";
import { RunControl } from "./run.ts";
import { GdbSemihosting } from "./semihosting.ts";
import { SIGNAL, type Stop, type Understood } from "./stop.ts";

/** What one client of the server works on, and what is known of the client. */
export class Debuggee implements Debugged {
  readonly session: Session;
  readonly host: GdbHost;
  readonly options: GdbOptions;
  readonly points: Points;
  readonly semihosting: GdbSemihosting;
  readonly download: Download;
  readonly run: RunControl;
  /** What the client says that it understands. */
  readonly understood: Understood = { swbreak: false, hwbreak: false };
  isExtended = false;
  /** Stops are sent as notifications, and packets are taken while the core runs. */
  isNonStop = false;
  isDetached = false;
  /** Why the core stands; undefined until it was asked for. */
  stop: Stop | undefined;
  /** What `monitor why` answers: the last thing that went wrong, in full. */
  why: readonly string[] = ["nothing has gone wrong yet"];
  /** Lines that the client is to see at its next chance. */
  readonly news = new News();
  private readonly shared: SharedTarget;

  constructor(session: Session, host: GdbHost, options: GdbOptions) {
    this.session = session;
    this.host = host;
    this.options = options;
    this.shared = session.share("debugger");
    this.points = new Points(() => this.core, session.found.chip);
    this.semihosting = new GdbSemihosting(session, host, options);
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

  /** Prints lines on the console, keeps them for `monitor why`, and has the first one ready for the client. */
  report(lines: readonly string[]): void {
    for (const line of lines) this.host.print(line);
    this.why = lines;
    if (lines.length > 0) this.news.push(lines[0]);
  }

  /** Halts the core, has HardFaults stop it, and notes where it stands. */
  async halt(signal: number = SIGNAL.trap): Promise<Stop> {
    await this.core.halt();
    await this.prepare();
    this.stop = await this.run.stopHere(signal);
    return this.stop;
  }

  /** Resets the chip and halts it before its first instruction; a chip that comes up locked throws `target-locked`. */
  async resetAndHalt(): Promise<Stop> {
    await this.session.reset("system", "halt");
    this.semihosting.restart();
    await this.prepare();
    this.stop = await this.run.stopHere(SIGNAL.trap);
    return this.stop;
  }

  /** VC_HARDERR: a HardFault stops the core at its handler's first instruction (ARMv7-M ARM (DDI 0403E), C1.6.5). */
  async prepare(): Promise<void> {
    await together(this.core.memory, async (own) => {
      const [demcr] = await own.run([{ op: "read", address: DEMCR.address, width: 32 }]);
      const value = DEMCR.with(demcr, { VC_HARDERR: 1 });
      if (value !== demcr) await own.run([{ op: "write", address: DEMCR.address, width: 32, value }]);
    });
  }

  /** Takes all points away and lets the core run, or leaves it halted. */
  async leave(then: "run" | "halt"): Promise<void> {
    this.run.abandon();
    await this.run.ended();
    await this.points.clearAll();
    await (then === "run" ? this.core.resume() : this.core.halt());
  }

  /** Notes that the client has set registers: the core doesn't stand where its last stop was any more. */
  movedByClient(): void {
    if (this.stop) this.stop = { signal: this.stop.signal };
  }

  /** Ends the client's part in the target. */
  release(): void {
    this.semihosting.restart();
    this.shared.release();
  }
}
