import { type Io, within } from "../../base/clock.ts";
import { checkIo } from "../../base/deadlines.ts";
import { codeOf } from "../../base/errors.ts";
import type { SwoPiece, SwoReceiver } from "../../probe/probe.ts";
import { dividersFor, isNear, samplePeriod, type SwoSpeed } from "../../swo/speed.ts";
import { runUse } from "../procedure-uses.ts";
import type { Session } from "../session.ts";
import { SessionError } from "../session-error.ts";
import type { SharedTarget } from "../sharing/shared-target.ts";
import { measureCoreHz } from "./core-clock.ts";
import { checkItm, setUpTrace, stopTrace, type SwoContent } from "./setup.ts";

/** How long the two ends may take to agree on a speed, in milliseconds. */
const SETTLE_MS = 5_000;

/** What is wanted of the SWO pin. */
export interface SwoWanted {
  /** A bit for each stimulus port. */
  readonly ports: number;
  readonly exceptions?: boolean;
  readonly timestamps?: boolean;
  /** Samples of PC, as many as half of the wire holds. */
  readonly samples?: boolean;
  /** The trace clock in hertz; measured where it is not given, for which the core has to run. */
  readonly clockHz?: number;
  /** The fastest speed of the pin, in hertz. */
  readonly mostHz: number;
}

/** A probe that listens to a target that sends. */
export class SwoCapture {
  /** The speed that both ends have. */
  readonly speed: SwoSpeed;
  /** The trace clock, in hertz. */
  readonly traceHz: number;
  /** What the target was asked to send. */
  readonly content: SwoContent;
  private readonly session: Session;
  private readonly shared: SharedTarget;
  private readonly receiver: SwoReceiver;
  private readonly ignore: () => void;
  private wasReset = false;

  private constructor(session: Session, shared: SharedTarget, receiver: SwoReceiver, found: Found) {
    this.session = session;
    this.shared = shared;
    this.receiver = receiver;
    this.speed = found.speed;
    this.traceHz = found.traceHz;
    this.content = found.content;
    this.ignore = session.onEvent(({ event }) => {
      if (event === "reset") this.wasReset = true;
    });
  }

  /**
   * Finds a speed that the target's trace clock and the probe can both make, begins to listen, and has the target send. The
   * core runs on. Throws `swo-unsupported` where the core, the chip or the probe can't, or no speed fits both.
   */
  static async start(session: Session, wanted: SwoWanted, io: Io = {}): Promise<SwoCapture> {
    const { clock, found } = session;
    const bounded = within(clock, SETTLE_MS, io);
    const receiver = found.probe.swo;
    if (!receiver) throw new SessionError("swo-unsupported", "This probe has no receiver for SWO");
    const shared = session.share("rtt");
    let listens = false;
    try {
      const { memory } = shared.core;
      await checkItm(memory, bounded);
      await runUse(found, found.chip, "trace", bounded);
      const traceHz = wanted.clockHz ?? found.chip?.traceHz ?? (await measureCoreHz(memory, clock, bounded));
      const speed = await agree(session, receiver, traceHz, wanted.mostHz, bounded);
      const { samples, mostHz: _, clockHz: __, ...rest } = wanted;
      const content = { ...rest, ...(samples && { samples: samplePeriod(traceHz, speed.hz) }) };
      listens = true;
      await receiver.start(speed.probeHz, bounded);
      await setUpTrace(memory, speed.divider, content, bounded);
      return new SwoCapture(session, shared, receiver, { speed, traceHz, content });
    } catch (error) {
      // What went wrong first is what is reported.
      if (listens) await receiver.stop().catch(() => {});
      shared.release();
      throw error;
    }
  }

  /** What has come since the last time. After a reset of the chip its pin and its trace units are set up again first. */
  async read(io: Io = {}): Promise<SwoPiece> {
    if (this.wasReset) await this.setUpAgain(io);
    return this.receiver.read({ priority: "rtt", ...io });
  }

  /** Ends it: the probe listens no more, and the target sends nothing any more, as far as it can be reached. */
  async stop(): Promise<void> {
    this.ignore();
    try {
      await this.receiver.stop();
      await stopTrace(this.shared.core.memory, within(this.session.clock, SETTLE_MS));
    } catch (error) {
      if (!["memory-fault", "target-locked", "lease-busy", "session-closed"].includes(codeOf(error) ?? "")) throw error;
    } finally {
      this.shared.release();
    }
  }

  /** A chip in reset refuses; the next call tries again. */
  private async setUpAgain(io: Io): Promise<void> {
    const { found } = this.session;
    try {
      await runUse(found, found.chip, "trace", io);
      await setUpTrace(this.shared.core.memory, this.speed.divider, this.content, io);
      this.wasReset = false;
    } catch (error) {
      if (codeOf(error) !== "memory-fault") throw error;
    }
  }
}

interface Found {
  readonly speed: SwoSpeed;
  readonly traceHz: number;
  readonly content: SwoContent;
}

/** The fastest speed not above the wanted one that both can make; throws `swo-unsupported`. */
async function agree(
  { clock }: Session,
  receiver: SwoReceiver,
  traceHz: number,
  mostHz: number,
  io: Io,
): Promise<SwoSpeed> {
  for (const divider of dividersFor(traceHz, mostHz)) {
    checkIo(clock, io, "a speed for SWO that target and probe both make");
    const hz = traceHz / divider;
    const probeHz = await receiver.speedFor(hz, io);
    if (probeHz > 0 && isNear(probeHz, hz)) return { divider, hz, probeHz };
  }
  const text = `No speed up to ${Math.round(mostHz)} Hz can be made both of a trace clock of ${Math.round(traceHz)} Hz and by the probe`;
  throw new SessionError("swo-unsupported", text, { details: { traceHz: Math.round(traceHz), mostHz } });
}
