import { createHash } from "node:crypto";
import { MK24FN1M0xxx12 as chip } from "../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { permit } from "../../src/flash/permit.ts";
import type { FlashPlan } from "../../src/flash/plan/plan.ts";
import { findDriver } from "../../src/probe/drivers.ts";
import { type ConnectOptions, connect } from "../../src/session/connect.ts";
import { estimate } from "../../src/flash/plan/estimate.ts";
import { type FlashJob, type FlashReport, flashImage } from "../../src/session/flash-job.ts";
import type { Session } from "../../src/session/session.ts";
import { createTwin, type Twin, type TwinOptions } from "../../src/twin/usb.ts";
import { example, flashBoard } from "../support/board.ts";
import { drawRandomFrom } from "../support/fixed-random.ts";
import { Recorder } from "./recorder.ts";

/** What a job starts from: a board, and how it is connected. */
export interface Setup {
  readonly board?: Partial<Omit<TwinOptions, "state">>;
  /** What stands on the chip: nothing (default), the example's firmware, or bytes that it has otherwise everywhere. */
  readonly holds?: keyof typeof CONTENTS;
  readonly how?: ConnectOptions["how"];
  /** Whether a locked chip is mass-erased on the way. */
  readonly unlock?: boolean;
}

const CONTENTS = {
  firmware: () => example("bootloader-open.hex"),
  /** Every byte of the firmware's wrong but its field: all of its sectors have to be erased. */
  otherwise: () => {
    const image = example("bootloader-open.raw.bin");
    const [segment] = image.segments;
    const bytes = segment.bytes.map((byte, at) => (at >= 0x400 && at < 0x410 ? byte : byte ^ 0x5a));
    return { ...image, segments: [{ ...segment, bytes }] };
  },
} as const;

/** The states of boards that hold something, made once. */
const states = new Map<string, Promise<ReturnType<Twin["snapshot"]>>>();

async function stateWith(holds: keyof typeof CONTENTS) {
  const twin = createTwin({ chip: chip.name, flash: "zero" });
  await flashBoard(twin, CONTENTS[holds](), { permits: [permit("lock")], verifyBy: "read" });
  return twin.snapshot();
}

function stateOf(holds: keyof typeof CONTENTS) {
  const known = states.get(holds) ?? stateWith(holds);
  states.set(holds, known);
  return known;
}

/** What a flash job reported, in few words, so that a report's shape may change. */
type Summary = ReturnType<typeof summaryOf>;

const summaryOf = ({ plan, run, verify, massErased, phases }: FlashReport) => ({
  sectors: plan.sectors.map(({ address, action, found, kept, lost }) => [address, action, found, kept, lost].join(" ")),
  estimateMs: estimate(plan).totalMs,
  run: [run.bytesProgrammed, run.sectorsErased],
  verify: [verify.verdict, verify.compared, verify.declared.length, verify.differences.length],
  massErased,
  phases: Object.values(phases),
});

/** A board whose probe records every packet. */
export class Bench {
  readonly recorder = new Recorder();
  readonly twin: Twin;
  private readonly setup: Setup;
  /** Digests of the plans that the job made, in order. */
  readonly plans: string[] = [];

  private constructor(twin: Twin, setup: Setup) {
    const { hid } = twin;
    const recorded = {
      device: this.recorder.record(twin.device),
      ...(hid ? { hid: this.recorder.record(hid) } : {}),
    };
    this.twin = new Proxy(twin, {
      get: (target, key) => {
        if (key === "device" || key === "hid") return Reflect.get(recorded, key) as unknown;
        return Reflect.get(target, key) as unknown;
      },
    });
    this.setup = setup;
  }

  static async make(setup: Setup): Promise<Bench> {
    const { board = {}, holds } = setup;
    const state = holds ? { state: await stateOf(holds) } : {};
    drawRandomFrom(1);
    return new Bench(createTwin({ chip: chip.name, serial: "59304712", seed: 1, ...board, ...state }), setup);
  }

  /** Works on the connected target; session and probe are closed whatever happens. */
  async onTarget<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const { twin, recorder, setup } = this;
    const device = twin.hid ?? twin.device;
    const driver = findDriver(device);
    if (!driver) throw new Error("no driver for the twin's device");
    const probe = await driver.open(device, twin.clock);
    try {
      const session = await connect({
        probe,
        clock: twin.clock,
        chip,
        hz: 4_000_000,
        how: setup.how ?? "halt",
        onEvent: ({ event }) => {
          recorder.at = `connect, after ${event}`;
        },
        onLocked: async () => (setup.unlock ? "unlock" : "leave"),
      });
      recorder.at = "the job";
      return await work(session);
    } finally {
      recorder.at = "close";
      await probe.close().catch(() => {});
    }
  }

  /** Flashes on the connected target, and remembers the plan's digest. */
  async flash(job: Pick<FlashJob, "image"> & Partial<FlashJob>): Promise<Summary> {
    const { onProgress } = this;
    const onPlan = (plan: FlashPlan) => this.planned(plan);
    const usual = { policy: "refuse", keepRest: true, permits: [], onProgress, onPlan } as const;
    return summaryOf(await this.onTarget((session) => flashImage(session, { ...usual, ...job })));
  }

  /** Remembers a plan's digest. */
  planned({ digest }: FlashPlan): void {
    this.plans.push(digest);
  }

  /** Marks the packets with the phase of the job. */
  readonly onProgress: NonNullable<FlashJob["onProgress"]> = ({ phase }) => {
    this.recorder.at = phase;
  };

  /** SHA-256 over all that stands in flash. */
  get flashHash(): string {
    return createHash("sha256").update(this.twin.peekFlash(0, 0x100000)).digest("hex");
  }
}
